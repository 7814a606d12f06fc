"""The numbers of a run that are compared: what each is called, its unit, and how it is read off a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from siege_sim.errors import ResultError, did_you_mean

ENDING = "outcome"
"""The name of how a run ended: the one that is not a number."""


@dataclass(frozen=True)
class Quantity:
    """A number of a run.

    Attributes:
        name: as in ``siege-sim list outcomes`` and in a run's summary.
        label: in words.
        unit: its unit; ``share ...`` is shown in per cent.
        reading: a ``count`` from day 0 is read at the end; a ``state`` is the mean of the days on which there were
            people in the pocket; ``held`` is the mean of all days, also those after the siege has ended; ``whole`` is
            one number for the run, which may be missing; ``ending`` is no number.
        daily: whether it has a value on every day.
        event: in words, what has to happen so that the number is there at all; empty when it always is.
    """

    name: str
    label: str
    unit: str
    reading: Literal["count", "state", "held", "whole", "ending"]
    daily: bool = False
    event: str = ""


OF_THE_RUN = (
    Quantity(ENDING, "How the siege ended", "share of runs", "ending"),
    Quantity("end_day", "Days until the siege ended", "days", "whole"),
    Quantity("days_to_half", "Day half the ground was lost", "days", "whole", event="Half the ground lost"),
    Quantity("day_pocket_split", "Day the pocket was cut in two", "days", "whole", event="Pocket cut in two"),
    Quantity("excess_deaths", "Civilians killed or dead of hunger", "persons", "whole"),
    Quantity("person_days_of_hunger", "Person-days of hunger", "person-days", "whole"),
    Quantity("government_fighters_free", "Government side set free", "fighters", "whole", event="Siege ended"),
    Quantity("rebels_free", "Rebels evacuated", "fighters", "whole", event="Siege ended"),
    Quantity("sorties_a_day_free", "Sorties a day set free", "sorties", "whole", event="Siege ended"),
)
"""Numbers of a run as a whole, from its summary."""

HELD = ("rebel_area_share", "civilians_in_pocket")
"""Outcomes of a day that go on to mean something when the siege is over: what is held then is nothing, or all."""

STATES = (
    "pockets", "displaced_inside", "rebels_fit", "regime_fit", "heavy_impacts", "hospitals_working", "bakeries_working",
    "food_stock_kcal", "food_days_left", "kcal_eaten_per_person", "mean_body_mass_loss", "ipc_phase", "condemnation",
)  # fmt: skip
"""Other outcomes of a day that go up and down, so that the last value says little; the rest counts from day 0."""

USUAL = (
    "civilians_killed", "died_of_hunger", "civilians_wounded", "west_civilians_killed",
    "rebel_area_share", "end_day", "days_to_half", "day_pocket_split", "outcome",
    "kcal_eaten_per_person", "mean_body_mass_loss", "person_days_of_hunger",
    "civilians_in_pocket", "left_to_kurdish", "left_to_government", "left_by_road", "came_under_new_holder",
    "evacuated", "rebels_killed", "regime_killed",
)  # fmt: skip
"""What is compared when nothing is named. The first is the one that decides when enough runs were played."""


def known_quantities(outcomes: Iterable[tuple[str, str, str]]) -> dict[str, Quantity]:
    """Return every quantity by name.

    Args:
        outcomes: name, unit and label of the outcomes of a day.
    """
    daily = [_daily(*outcome) for outcome in outcomes]
    return {quantity.name: quantity for quantity in (*OF_THE_RUN, *daily)}


def _daily(name: str, unit: str, label: str) -> Quantity:
    if name in STATES or name in HELD:
        return Quantity(name, f"{label} (mean)", unit, "held" if name in HELD else "state", daily=True)
    return Quantity(name, label, unit, "count", daily=True)


def chosen_quantities(names: Sequence[str], known: Mapping[str, Quantity]) -> tuple[Quantity, ...]:
    """Return the quantities of some names, each once; the usual ones when there are no names.

    Raises:
        ResultError: for a name that is not known.
    """
    for name in names:
        if name not in known:
            raise ResultError(
                f"--outcomes {name}: no outcome is called so{did_you_mean(name, known)}; see `siege-sim list outcomes`"
            )
    return tuple(known[name] for name in dict.fromkeys(names or USUAL))


@dataclass(frozen=True)
class Target:
    """Runs are added until the 95 % interval of a difference is no wider than so much."""

    name: str
    width: float


def target_of(text: str, chosen: Sequence[Quantity]) -> Target:
    """Return what ``--until`` asks for: ``WIDTH`` for the first outcome that is compared, or ``OUTCOME=WIDTH``.

    Raises:
        ResultError: for what is not so, with the way out.
    """
    name, equals, width_text = text.rpartition("=")
    numbers = {quantity.name: quantity for quantity in chosen if quantity.reading != "ending"}
    if not numbers:
        raise ResultError(
            f"--until {text}: no number is compared whose interval could be narrow; name one in --outcomes"
        )
    name = name.strip() if equals else next(iter(numbers))
    if name not in numbers:
        raise ResultError(f"--until {text}: '{name}' is not a number that is compared{did_you_mean(name, numbers)}")
    try:
        width = float(width_text)
    except ValueError:
        width = float("nan")
    if not 0.0 < width < float("inf"):
        raise ResultError(
            f"--until {text}: '{width_text}' is not a width above 0; write for example --until {name}=200, "
            f"in {numbers[name].unit}"
        )
    return Target(name, width)
