"""Running one scenario many times, for the terminal."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from siege_sim.cli import folders

if TYPE_CHECKING:
    from siege_sim.analysis.ensemble import EnsembleFindings
    from siege_sim.model.scenario import Scenario
    from siege_sim.runner.finished_runs import FinishedRuns


@dataclass(frozen=True)
class EnsembleOptions:
    """What was asked for on the command line.

    Attributes:
        scenario: name or file of the scenario.
        runs: how many runs.
        seed: the first seed.
        workers: how many processes; by default one for each processor.
        by: dates for the map of lost ground.
        days: stop each run after so many days.
        settings: changes, as ``key=value``.
        out: where results go; by default under ``results/``.
        force: replace what is there.
        no_plots: write tables only.
        as_json: print the findings as JSON.
        quiet: print nothing but errors.
        uncertain: draw parameters for each run too.
        draws_from: the calibration that they are drawn from; their plausible ranges without it.
    """

    scenario: str
    runs: int
    seed: int
    workers: int | None
    by: tuple[str, ...]
    days: int | None
    settings: tuple[str, ...]
    out: Path | None
    force: bool
    no_plots: bool
    as_json: bool
    quiet: bool
    uncertain: bool = False
    draws_from: Path | None = None

    @property
    def command(self) -> str:
        """What has to be typed to repeat it."""
        words = ["siege-sim", "run", self.scenario, "--runs", str(self.runs)]
        words += [] if self.seed == 1 else ["--seed", str(self.seed)]
        words += [] if self.days is None else ["--days", str(self.days)]
        words += [word for setting in self.settings for word in ("--set", setting)]
        words += ["--uncertain"] * self.uncertain
        words += [] if self.draws_from is None else ["--draws-from", str(self.draws_from)]
        return shlex.join([*words, *(word for when in self.by for word in ("--by", when))])


def run_many_times(options: EnsembleOptions) -> None:
    """Run a scenario many times, write what the runs say, and print it in words."""
    from siege_sim.analysis.ensemble_tables import ensemble_data
    from siege_sim.loading.scenario import load_scenario
    from siege_sim.reports.ensemble import print_ensemble, write_ensemble
    from siege_sim.results.files import check_target, json_text, new_folder
    from siege_sim.runner.finished_runs import runs_kept_beside

    chosen = load_scenario(options.scenario, options.settings)
    by = dates_of(options.by, chosen, options.days)
    silent = options.quiet or options.as_json
    target = options.out or folders.unused_folder(_folder_name(chosen, options), options.force, silent)
    check_target(target, options.force)
    with runs_kept_beside(target) as finished:
        findings = _findings(chosen, options, by, finished, silent)
        with new_folder(target, options.force) as folder:
            write_ensemble(findings, folder, options.command, with_page=not options.no_plots)
    if options.as_json:
        print(json_text({**ensemble_data(findings), "folder": str(target)}), end="")
    elif not options.quiet:
        print_ensemble(findings, target, with_page=not options.no_plots)


def _folder_name(chosen: Scenario, options: EnsembleOptions) -> str:
    seeds = "" if options.seed == 1 else f"-from{options.seed}"
    days = folders.stopped_after(chosen, options.days)
    return f"{folders.called(chosen)}-runs{options.runs}{seeds}{days}"


def _findings(
    chosen: Scenario, options: EnsembleOptions, by: tuple[date, ...], finished: FinishedRuns, silent: bool
) -> EnsembleFindings:
    from siege_sim.analysis.ensemble import ensemble_findings
    from siege_sim.cli.progress import counted
    from siege_sim.runner.draws import draws_for
    from siege_sim.runner.ensemble import run_set

    seeds = range(options.seed, options.seed + options.runs)
    draws = draws_for([chosen], options.runs, options.draws_from) if options.uncertain else None
    with counted(chosen.name, "run", options.runs, silent) as progress:
        runs = run_set(chosen, seeds, options.days, options.workers, progress, finished, draws)
    return ensemble_findings(runs, by)


def dates_of(texts: tuple[str, ...], chosen: Scenario, days: int | None) -> tuple[date, ...]:
    """Return the dates of texts such as ``2016-12-01`` or ``day 40``, which must lie within the runs."""
    clock, last = chosen.clock, min(days or chosen.days, chosen.days)
    found = []
    for text in texts:
        plain = text.strip().removeprefix("day").strip()
        try:
            when = clock.date_of(int(plain)) if plain.isdigit() else date.fromisoformat(plain)
        except (ValueError, OverflowError):
            raise typer.BadParameter(f"--by {text}: neither a date such as {clock.end} nor a day number") from None
        if not 0 <= (when - clock.start).days <= last:
            raise typer.BadParameter(f"--by {text}: the runs go from {clock.start} to {clock.date_of(last)}")
        found.append(when)
    return tuple(found)
