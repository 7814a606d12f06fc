"""Where every rendering of the civilians' day starts: people, ground, stores, and the rules' numbers.

The columns of ``siege_sim``, the plain-Mesa twin and the bare array loop all start from one ``Start``. Nothing is
imported here but NumPy, so that a process which measures the twin or the bare loop holds nothing else.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class People:
    """The households of day 0, an entry each."""

    persons: IntArray
    children: IntArray
    wounded: IntArray
    cell_index: IntArray
    food_kcal: FloatArray
    mass_loss: FloatArray
    fear_of_strikes: FloatArray
    fear_of_reprisal: FloatArray
    buying_power: FloatArray


@dataclass(frozen=True)
class Ground:
    """The cells, an entry each, row by row; nothing changes hands.

    Attributes:
        shape: rows and columns.
        pocket: the pocket each cell belongs to, -1 outside.
        danger: what the people of a cell fear.
        roofs: intact floor area, the pull of a cell on those who look for shelter.
        next_to_third_party: pocket cells that touch a third party's ground.
        next_to_besieger: pocket cells that touch besieger-held ground.
    """

    shape: tuple[int, int]
    pocket: IntArray
    danger: FloatArray
    roofs: FloatArray
    next_to_third_party: BoolArray
    next_to_besieger: BoolArray


@dataclass(frozen=True)
class Stores:
    """What each pocket has: kcal of flour, aid and traders' food, kcal its ovens bake a day, hospital beds."""

    flour_kcal: list[float]
    aid_kcal: list[float]
    traders_kcal: list[float]
    ovens_kcal: list[float]
    beds: list[float]


@dataclass(frozen=True)
class Start:
    """Everything the civilians' day needs.

    ``rules`` holds the parameters of each process under its name, for example ``rules.hunger.adaptation``.
    """

    people: People
    ground: Ground
    stores: Stores
    rules: SimpleNamespace

    @property
    def households(self) -> int:
        """How many households there are."""
        return self.people.persons.size

    @property
    def pockets(self) -> int:
        """How many pockets there are."""
        return len(self.stores.beds)

    def write(self, file: Path) -> None:
        """Write it for another process."""
        file.write_bytes(pickle.dumps(self))


def read_start(file: Path) -> Start:
    """Read what ``Start.write`` wrote."""
    start = pickle.loads(file.read_bytes())
    assert isinstance(start, Start)
    return start
