"""The commands that show what a result rests on: what differs, which claims hold. Parse, call, print, as in ``cli``."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from siege_sim.cli import folders

if TYPE_CHECKING:
    from siege_sim.model.scenario import Scenario
    from siege_sim.results.run import RunResult


def diff_command(
    first: Annotated[
        str, typer.Argument(metavar="A", help="A scenario by name or file, or a folder that a command wrote.")
    ],
    second: Annotated[str, typer.Argument(metavar="B", help="What A is laid beside.")],
    seed: Annotated[
        int | None, typer.Option(min=0, help="Play scenarios with this seed, and say when the runs part.")
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, help="With --seed: stop after so many days.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what differs as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print no progress.")] = False,
) -> None:
    """Say what differs between scenarios, runs or sweeps.

    Of runs it also says on which day they part. Many runs (`run --runs`, `sweep`) are laid beside others of their kind.
    """
    from siege_sim.cli.progress import day_progress
    from siege_sim.reports.differences import run_pair_text, run_tables_text, values_text
    from siege_sim.results.files import json_text
    from siege_sim.runner.diff import side_by_side
    from siege_sim.runner.run import run

    if days is not None and seed is None:
        raise typer.BadParameter("--days says how long scenarios are played; give --seed too")

    def play(scenario: Scenario, seed: int, days: int | None) -> RunResult:
        with day_progress(scenario, min(days or scenario.days, scenario.days), quiet or as_json) as progress:
            return run(scenario, seed, days, progress)

    found = side_by_side(first, second, seed, days, play)
    if as_json:
        print(json_text(found.data()), end="")
        return
    parts = [values_text(values, found.names, of) for of, values in found.values.items()]
    parts += [] if found.runs is None else [run_pair_text(found.runs)]
    parts += [] if found.tables is None else [run_tables_text(found.tables)]
    parts += ["Play both to see on which day they part: --seed 1"] if found.can_be_played and not found.same else []
    print("\n\n".join(parts))


def check_command(
    claims: Annotated[str, typer.Argument(metavar="CLAIMS", help="A claims file, or a shipped one's name.")],
    only: Annotated[
        list[str] | None, typer.Option("--claim", metavar="NAME", help="Check this claim alone; repeat for more.")
    ] = None,
    runs: Annotated[
        int | None, typer.Option(min=1, max=100_000, help="Runs of each scenario; by default as the file says.")
    ] = None,
    audit: Annotated[
        bool,
        typer.Option(
            "--audit", help="Also with other seeds, smaller and larger rows of people, another order of agents."
        ),
    ] = False,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a value in all scenarios.")
    ] = None,
    kept: Annotated[
        Path | None, typer.Option("--keep", metavar="DIR", help="Keep the runs here, and play no run that is there.")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; by default one for each processor.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but claims that fail.")] = False,
) -> None:
    """Check claims about scenarios on runs; 1 if one fails.

    It plays what the claims of a file need, with the same seeds for all scenarios. Claims about an experiment are
    checked on its sweep, in results/NAME-sweep or --keep; runs that are missing there are played first.
    """
    from siege_sim.cli.progress import counted
    from siege_sim.reports.claims import claims_text
    from siege_sim.results.files import check_folder, json_text
    from siege_sim.runner.check_claims import check_claims, claims_request
    from siege_sim.runner.check_sweep_claims import SweepClaimsRequest, check_sweep_claims
    from siege_sim.runner.finished_runs import runs_kept_beside, runs_kept_in

    request = claims_request(claims, only or (), runs, settings or (), audit)
    if kept is not None:
        check_folder(kept)
    bar = counted(request.file.name, "run", request.total_runs, quiet or as_json)
    if isinstance(request, SweepClaimsRequest):
        with bar as progress:
            used = workers or os.cpu_count() or 1
            findings = check_sweep_claims(request, used, kept, progress, partial(typer.echo, err=True))
    else:
        beside = folders.RESULTS / f"{request.file.name}-check"
        with runs_kept_in(kept) if kept else runs_kept_beside(beside) as finished, bar as progress:
            findings = check_claims(request, workers, progress, finished)
    if as_json:
        print(json_text(findings.data()), end="")
    elif not quiet or findings.failing:
        print(claims_text(findings))
    if findings.failing:
        raise typer.Exit(1)


TRUST_COMMANDS: dict[str, Callable[..., None]] = {"diff": diff_command, "check": check_command}
