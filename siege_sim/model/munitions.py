"""Kinds of munition: over what area each hurts people, by where they are, and what it ruins.

Areas are those within which people are affected, with a process's chances of being killed, buried or wounded. They
come from what is on record of whole sieges, not from handbooks: there are duds, empty rooms, and people who lie down.
One table serves every case; docs/fire.md says what it was held against.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal, get_args

AirMunition = Literal["general_purpose_bomb", "barrel_bomb", "guided_bomb"]
"""What aircraft drop."""
ShellKind = Literal["mortar", "heavy_shell", "rocket"]
"""What guns, mortars and launchers fire."""


@dataclass(frozen=True)
class Munition:
    """One kind, or the mean over several.

    Attributes:
        open_m2: area for people outdoors on open ground.
        street_m2: area for people outdoors between houses, whose walls stop fragments.
        indoors_m2: area for people in houses.
        cellar_m2: area for people in cellars and shelters.
        fighters_m2: area in which fighters in cover are killed.
        ruined_m2: ground on which buildings are ruined.
        p_destroyed: chance that a hit puts a place such as a hospital out for good.
        p_closed: chance that it closes it for repair otherwise.
        stock_burnt: share of the food in a place that a hit destroys.
    """

    open_m2: float
    street_m2: float
    indoors_m2: float
    cellar_m2: float
    fighters_m2: float
    ruined_m2: float
    p_destroyed: float
    p_closed: float
    stock_burnt: float


MUNITIONS: Mapping[str, Munition] = {
    # Bombs of the 250 kg class. Indoors: 440 civilians killed by 950 large impacts in eastern Aleppo (HRW, 2016).
    # Ruins: a median radius of 16.3 m over 3,364 sites there (Columbia CSR).
    "general_purpose_bomb": Munition(3000.0, 1300.0, 800.0, 95.0, 45.0, 835.0, 0.1, 0.5, 0.25),
    # Improvised, dropped from helicopters: 506 civilians killed by 4,045 of them in Aleppo in 2016 (SNHR).
    "barrel_bomb": Munition(1000.0, 400.0, 130.0, 20.0, 18.0, 600.0, 0.07, 0.5, 0.25),
    # Guided bombs and rockets of 50 to 250 kg on positions: 0.05-0.2 civilians killed each in Mosul's east (2016-17).
    "guided_bomb": Munition(1500.0, 600.0, 250.0, 50.0, 90.0, 500.0, 0.2, 0.5, 0.25),
    # 122 to 210 mm: about 0.1 killed a shell or bomb in Leningrad, where shells killed half of them (1941).
    "heavy_shell": Munition(400.0, 150.0, 50.0, 4.0, 2.2, 20.0, 0.001, 0.03, 0.03),
    # 81 to 120 mm: 0.004-0.012 civilians killed by a shell in Sarajevo (1992-94), two of three of them mortar rounds;
    # no general hospital was ever put out of service there.
    "mortar": Munition(150.0, 30.0, 3.0, 0.0, 0.55, 1.0, 0.0, 0.01, 0.005),
    # 107 to 122 mm from multiple launchers, and improvised rockets: no count was found; between the two (assumed).
    "rocket": Munition(400.0, 120.0, 40.0, 4.0, 1.4, 15.0, 0.001, 0.03, 0.03),
}
"""Every kind by its name in scenarios."""

AIR_MUNITIONS: tuple[str, ...] = get_args(AirMunition)
SHELL_KINDS: tuple[str, ...] = get_args(ShellKind)


@dataclass(frozen=True)
class MunitionScale:
    """What a process's parameters make of the table: factors on its areas and chances.

    Attributes:
        people: on the areas for people.
        fighters: on the area for fighters.
        ruins: on the ground that is ruined.
        destroyed: on the chance to destroy a place.
        closed: on the chance to close one.
        burnt: on the share of its food that burns.
    """

    people: float = 1.0
    fighters: float = 1.0
    ruins: float = 1.0
    destroyed: float = 1.0
    closed: float = 1.0
    burnt: float = 1.0


def mean_munition(weights: Mapping[str, float], scale: MunitionScale) -> Munition:
    """Return an average hit: the mean over kinds by weight, with the factors of a process.

    Args:
        weights: weights by name of a kind; at least one is positive.
        scale: the factors.
    """
    total = sum(weights.values())
    mean = {
        field.name: sum(weight * getattr(MUNITIONS[name], field.name) for name, weight in weights.items()) / total
        for field in fields(Munition)
    }
    return Munition(
        open_m2=mean["open_m2"] * scale.people,
        street_m2=mean["street_m2"] * scale.people,
        indoors_m2=mean["indoors_m2"] * scale.people,
        cellar_m2=mean["cellar_m2"] * scale.people,
        fighters_m2=mean["fighters_m2"] * scale.fighters,
        ruined_m2=mean["ruined_m2"] * scale.ruins,
        p_destroyed=min(mean["p_destroyed"] * scale.destroyed, 1.0),
        p_closed=min(mean["p_closed"] * scale.closed, 1.0),
        stock_burnt=min(mean["stock_burnt"] * scale.burnt, 1.0),
    )


def p_of_hits(p: float, hits: int) -> float:
    """Return the chance that one of several hits does what each does with chance ``p``."""
    return float(1.0 - (1.0 - p) ** hits)
