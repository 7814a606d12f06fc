"""Who holds ground: the garrison, the besieger, and any number of third parties; what pages call them.

In code the words are always these; a scenario names its sides, and every page, table and sentence takes the labels
from it. Codes stand in the ``holder`` layer and the ``side`` column: the garrison is 1, the besieger 2, third parties
follow in the order of the scenario.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated

from pydantic import StringConstraints

from siege_sim.schema.block import Block, Problem

NOBODY, GARRISON, BESIEGER, FIRST_THIRD_PARTY = 0, 1, 2, 3
"""Who holds a cell; also the side of a unit."""

SMALLEST_POCKET_CELLS = 3
"""Smaller scraps of the garrison's ground count as cut-off positions, not as a pocket."""

GARRISON_NAME, BESIEGER_NAME = "garrison", "besieger"
"""The words for the two sides in files."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[^{}\n]+$")]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]


class Side(Block):
    """A side as pages name and draw it."""

    label: Label
    """What it is called in a sentence, without "the": `free companies`, `royal army`."""
    ground: Label | None = None
    """What its ground is called, where people "left to" it: `royal lands`; by default `the` and the label."""
    colour: Colour | None = None
    """Its colour on maps, as `#rrggbb`; by default one of the program's own."""

    @property
    def the(self) -> str:
        """The label in a sentence."""
        return f"the {self.label}"

    @property
    def heading(self) -> str:
        """The label at the beginning of a line."""
        return self.label[0].upper() + self.label[1:]

    @property
    def ground_label(self) -> str:
        """What its ground is called."""
        return self.ground or self.the


class Sides(Block):
    """The two sides of the siege, and the third parties that hold ground of their own."""

    garrison: Side = Side(label="garrison")
    """The besieged armed groups."""
    besieger: Side = Side(label="besieger")
    """Who besieges them."""
    third_parties: dict[Name, Side] = {}
    """Others who hold ground, by a name of the scenario's choosing."""

    def problems(self) -> Iterator[Problem]:
        """Yield third parties that are called like one of the two sides."""
        for name in self.third_parties:
            if name in (GARRISON_NAME, BESIEGER_NAME, "nobody"):
                yield ("third_parties", name), f"'{name}' is reserved by the program; give this party another name"

    @cached_property
    def by_name(self) -> dict[str, Side]:
        """Every side by the name that files use."""
        return {GARRISON_NAME: self.garrison, BESIEGER_NAME: self.besieger, **self.third_parties}

    @cached_property
    def codes(self) -> dict[str, int]:
        """The code of every side by name."""
        return {name: code for code, name in enumerate(self.by_name, GARRISON)}

    @cached_property
    def third_party_codes(self) -> dict[str, int]:
        """The codes of the third parties by name, in the order of the scenario."""
        return {name: self.codes[name] for name in self.third_parties}

    def name_of(self, code: int) -> str:
        """Return the name of the side with a code."""
        return list(self.by_name)[code - GARRISON]

    def with_code(self, code: int) -> Side:
        """Return the side with a code."""
        return self.by_name[self.name_of(code)]

    def fill(self, template: str) -> str:
        """Return a text with the sides' labels in the place of names in braces.

        ``{garrison}`` becomes ``the free companies``, ``{Garrison}`` ``Free companies``, and ``{garrison_ground}`` what
        their ground is called; likewise for the besieger.
        """
        return template.format_map(self._words) if "{" in template else template

    @cached_property
    def _words(self) -> dict[str, str]:
        words: dict[str, str] = {}
        for name, side in (("garrison", self.garrison), ("besieger", self.besieger)):
            words |= {name: side.the, name.capitalize(): side.heading, f"{name}_ground": side.ground_label}
        return words
