"""What is measured, in which order, and how often."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PERSON_A_ROW = ["population.persons_per_household=1"]
COARSE = ["population.persons_per_household=50"]
COARSE_ROWS = 5_000
"""How many rows that makes."""

Case = tuple[str, str, dict[str, Any]]
"""A key for the ratios, the name of the case, and its arguments."""


@dataclass(frozen=True)
class Plan:
    """How much is measured.

    Attributes:
        sizes: numbers of households for the civilians' day.
        days: days of the civilians' day.
        rounds: how often everything is measured in turn, so that a busy minute of the machine does not fall on one
            case alone; the fastest counts.
        repeats: how often a whole run is repeated in a round.
        seconds: how long the fast ones are repeated in a round.
        seeds: runs of the coarse sweep.
        person_days: days of the run with every person a row; None for the whole run.
        variants: whether the columns are also measured with books and outcomes, and the twin on a grid.
    """

    sizes: tuple[int, ...] = (10_000, 46_296)
    days: int = 20
    rounds: int = 3
    repeats: int = 2
    seconds: float = 1.5
    seeds: int = 5
    person_days: int | None = None
    variants: bool = True

    def starts(self, folder: Path) -> Iterator[dict[str, Any]]:
        """Yield the arguments for writing each start."""
        for households in self.sizes:
            yield {"file": _start(folder, households), "households": households, "days": self.days}

    def cases(self, folder: Path) -> Iterator[Case]:
        """Yield the cases in the order of measuring."""
        for number in range(self.rounds):
            yield from self._whole_runs()
            if number == 0:
                yield self._every_person_a_row()
            for households in self.sizes:
                yield from self._civilians_day(households, _start(folder, households))
                if number == 0 and self.variants:
                    yield from self._variants(households, _start(folder, households))

    def _whole_runs(self) -> Iterator[Case]:
        aleppo = {"label": "Aleppo, a household a row", "settings": [], "repeats": self.repeats}
        yield "aleppo", "aleppo", aleppo
        coarse = {"label": "Aleppo, 50 persons a row", "settings": COARSE, "repeats": 1, "seeds": self.seeds}
        yield "coarse", "sweep", coarse

    def _every_person_a_row(self) -> Case:
        key = "persons" if self.person_days is None else "persons at first"
        label = {"label": "Aleppo, every person a row", "settings": PERSON_A_ROW}
        return key, "aleppo", {**label, "repeats": self.repeats, "days": self.person_days}

    def _civilians_day(self, households: int, start_file: str) -> Iterator[Case]:
        started = {"start_file": start_file, "days": self.days}
        columns = {"households": households, "days": self.days, "seconds": self.seconds, "processes_alone": True}
        yield f"processes@{households}", "columns", {"label": "civilians' processes", **columns}
        yield f"bare@{households}", "bare", {"label": "bare array loop", "seconds": self.seconds, **started}
        yield f"twin@{households}", "twin", {"label": "plain-Mesa twin", "on_grid": False, **started}

    def _variants(self, households: int, start_file: str) -> Iterator[Case]:
        started = {"start_file": start_file, "days": self.days}
        columns = {"households": households, "days": self.days, "seconds": self.seconds, "processes_alone": False}
        yield f"columns@{households}", "columns", {"label": "civilians, books and outcomes", **columns}
        yield f"grid twin@{households}", "twin", {"label": "the twin on a Mesa grid", "on_grid": True, **started}


QUICK = Plan(sizes=(10_000,), days=10, rounds=1, repeats=1, person_days=10, variants=False)
"""A first look in half a minute."""


@dataclass(frozen=True)
class SweepPlan:
    """How much is measured of sweeps.

    Attributes:
        runs: runs of Aleppo, and of the plain-Mesa twin.
        runs_a_part: how many runs are written as one part.
        driven: numbers of runs that are driven without being played; the last sweep is resumed.
        twin_days: days of each run of the twin; as many as one of Aleppo has, on average.
    """

    runs: int = 200
    runs_a_part: tuple[int, ...] = (1, 15, 100)
    driven: tuple[int, ...] = (1_000, 10_000, 100_000)
    twin_days: int = 95

    def starts(self, folder: Path) -> Iterator[dict[str, Any]]:
        """Yield the arguments for writing the twin's start."""
        yield {"file": _start(folder, COARSE_ROWS), "households": COARSE_ROWS, "days": self.twin_days}

    def cases(self, folder: Path) -> Iterator[Case]:
        """Yield the cases in the order of measuring."""
        place = {"folder": str(folder)}
        for count in (1, 2):
            label = f"Aleppo, 50 persons a row, by {count}"
            yield f"sweep by {count}", "aleppo_sweep", {"label": label, **place, "runs": self.runs, "workers": count}
        for runs in self.runs_a_part:
            size = {"runs_a_part": runs, "parts": max(3, 200 // runs)}
            yield f"store@{runs}", "store", {"label": f"parts of {runs} runs", **place, **size}
        for runs in self.driven:
            yield f"driver@{runs}", "driver", {"label": f"driver of {runs:,} runs", **place, "runs": runs}
        last = self.driven[-1]
        yield "resume", "resume", {"label": f"resuming {last:,} runs", **place, "runs": last}
        twin = {"start_file": _start(folder, COARSE_ROWS), "days": self.twin_days, "runs": self.runs}
        for count in (1, 2):
            label = f"mesa.batch_run of the twin, by {count}"
            yield f"batch by {count}", "batch", {"label": label, **twin, "processes": count}


QUICK_SWEEPS = SweepPlan(runs=6, driven=(200, 2_000), twin_days=20)

PROFILES: tuple[tuple[str, list[str]], ...] = (("Aleppo, a household a row", []), ("Aleppo, 50 persons a row", COARSE))
"""The runs that ``--profile`` takes apart: label and settings."""


def _start(folder: Path, households: int) -> str:
    return str(folder / f"start_{households}.pickle")
