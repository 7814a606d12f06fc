"""The numbers of a run that are compared: what each is called, its unit, and how it is read off a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import Literal

from siege_sim.errors import ResultError, did_you_mean
from siege_sim.results.endings import ENDING


@dataclass(frozen=True)
class ComparedQuantity:
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


DEFAULT_COMPARED = (
    "civilians_killed", "died_of_hunger", "civilians_wounded", "besieger_civilians_killed",
    "garrison_area_share", "end_day", "days_to_half", "day_pocket_split", "ending",
    "kcal_eaten_per_person", "mean_body_mass_loss", "person_days_of_hunger",
    "civilians_in_pocket", "left_to_*", "left_by_road", "came_under_new_holder",
    "evacuated", "garrison_killed", "besieger_killed",
)  # fmt: skip
"""What is compared when nothing is named, as far as all scenarios have it; a star stands for any ending of a name. The
first is the one that decides when there are enough runs."""


def usual_place(name: str) -> int:
    """Return the place of an outcome among those that are usually compared, to sort by; the last for any other."""
    return DEFAULT_COMPARED.index(name) if name in DEFAULT_COMPARED else len(DEFAULT_COMPARED)


def whole_run_quantity(name: str, label: str, unit: str, event: str) -> ComparedQuantity:
    """Return a quantity that is one number, or the ending, of a run as a whole."""
    return ComparedQuantity(name, label, unit, "ending" if name == ENDING else "whole", event=event)


def daily_quantity(name: str, label: str, unit: str, reading: Literal["count", "state", "held"]) -> ComparedQuantity:
    """Return a quantity that has a value on every day."""
    return ComparedQuantity(name, label if reading == "count" else f"{label} (mean)", unit, reading, daily=True)


def compared_quantities(names: Sequence[str], known: Mapping[str, ComparedQuantity]) -> tuple[ComparedQuantity, ...]:
    """Return the quantities of some names, each once; the usual ones when there are no names.

    Raises:
        ResultError: for a name that is not known.
    """
    for name in names:
        if name not in known:
            raise ResultError(
                f"--outcomes {name}: there is no such outcome{did_you_mean(name, known)}; see `siege-sim list outcomes`"
            )
    wanted = names or [name for usual in DEFAULT_COMPARED for name in known if fnmatch(name, usual)]
    return tuple(known[name] for name in dict.fromkeys(wanted))


@dataclass(frozen=True)
class Target:
    """Runs are added until the 95 % interval of a difference has at most this width."""

    name: str
    width: float


def target_of(text: str, chosen: Sequence[ComparedQuantity]) -> Target:
    """Return what ``--until`` asks for: ``WIDTH`` for the first outcome that is compared, or ``OUTCOME=WIDTH``.

    Raises:
        ResultError: for what is not so, with the way out.
    """
    name, equals, width_text = text.rpartition("=")
    numbers = {quantity.name: quantity for quantity in chosen if quantity.reading != "ending"}
    if not numbers:
        raise ResultError(f"--until {text}: none of the compared outcomes is a number; name one in --outcomes")
    name = name.strip() if equals else next(iter(numbers))
    if name not in numbers:
        raise ResultError(f"--until {text}: '{name}' is not one of the compared numbers{did_you_mean(name, numbers)}")
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
