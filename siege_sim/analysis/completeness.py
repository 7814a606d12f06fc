"""How much of a sweep is there, and what that means for what is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from siege_sim.analysis.quantities import finished_runs
from siege_sim.errors import ResultError

if TYPE_CHECKING:
    from siege_sim.results.sweep import Sweep


@dataclass(frozen=True)
class Completeness:
    """Counts of a sweep's runs and points.

    Attributes:
        planned: runs that the design has.
        finished: runs that came to their end.
        failed: runs that raised an error.
        points: points of the design.
        whole: points of which every replication is finished.
        empty: points without any finished run.
    """

    planned: int
    finished: int
    failed: int
    points: int
    whole: int
    empty: int

    @property
    def absent(self) -> int:
        """Runs that have not been tried."""
        return self.planned - self.finished - self.failed

    @property
    def is_whole(self) -> bool:
        """Whether every planned run is finished."""
        return self.finished == self.planned

    @property
    def sentences(self) -> list[str]:
        """What is missing and what follows from it; empty when nothing is missing."""
        if self.is_whole:
            return []
        texts = [f"{self.finished:,} of {self.planned:,} planned runs are finished"]
        if self.failed:
            texts.append(f"{self.failed:,} failed")
        if self.absent:
            texts.append(f"{self.absent:,} have not been run")
        result = ["; ".join(texts) + "."]
        result.append(
            f"{self.whole:,} of {self.points:,} points are complete. Estimates of a point use the runs it has; "
            "differences use seeds that both points have; indices leave out every block of a sample with a missing run."
        )
        if self.failed:
            result.append(
                "Failed runs are rarely a random sample of all runs: if they cluster, the results below may be biased."
            )
        return result


def completeness(sweep: Sweep) -> Completeness:
    """Count what there is of a sweep."""
    runs, replications = finished_runs(sweep), int(sweep.manifest["replications"])
    per_point = runs.groupby("point").size().reindex(sweep.design["point"], fill_value=0)
    failed = int((sweep.runs["status"] == "failed").sum())
    return Completeness(
        sweep.planned, len(runs), failed, len(per_point), int((per_point >= replications).sum()),
        int((per_point == 0).sum()),
    )  # fmt: skip


def require_runs(sweep: Sweep) -> None:
    """Refuse a sweep of which no run is finished.

    Raises:
        ResultError: names what is there.
    """
    found = completeness(sweep)
    if not found.finished:
        raise ResultError(
            f"no run of '{sweep.manifest.get('name', 'the sweep')}' is finished ({found.planned:,} planned, "
            f"{found.failed:,} failed), so there is nothing to report; continue with `siege-sim sweep`"
        )


def seeds_text(sweep: Sweep) -> str:
    """Return which seeds the finished runs have, in short."""
    seeds = sorted({int(seed) for seed in finished_runs(sweep)["seed"]})
    if len(seeds) == 1:
        return f"seed {seeds[0]}"
    if len(seeds) == seeds[-1] - seeds[0] + 1:
        return f"seeds {seeds[0]} to {seeds[-1]}"
    shown = ", ".join(str(seed) for seed in seeds[:4])
    return f"{len(seeds):,} seeds ({shown}{', ...' if len(seeds) > 4 else ''})"


def runs_text(sweep: Sweep) -> str:
    """Return in short how many runs and seeds there are: ``1,200 runs (60 points x 20), seeds 1 to 20``."""
    found, replications = completeness(sweep), int(sweep.manifest["replications"])
    what = f"{found.points:,} points x {replications:,}"
    if not found.is_whole:
        what = f"of {found.planned:,} planned: {what}"
    return f"{found.finished:,} runs ({what}), {seeds_text(sweep)}"
