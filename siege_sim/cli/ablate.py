"""Trying every mechanism and lever of cases, for the terminal."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from siege_sim.cli import folders

if TYPE_CHECKING:
    from siege_sim.analysis.ablation import SwitchKind


class Switching(StrEnum):
    """What an ablation switches."""

    MECHANISM = "mechanism"
    ACTION = "action"
    WHAT_IF = "what-if"


def ablate_command(
    cases: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CASES]", help="Scenarios by name or file; by default all shipped cases."),
    ] = None,
    runs: Annotated[int, typer.Option(min=1, max=100_000, help="Pairs of runs: seeds 1, 2, ...")] = 20,
    only: Annotated[list[Switching] | None, typer.Option("--only", help="Switch these alone; repeat for more.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; by default one for each processor.")] = None,
    days: Annotated[int | None, typer.Option(min=1, help="Stop each run after so many days.")] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Change a value in all scenarios; population.persons_per_household is 50 if it is not set.",
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the results; by default one under results/.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing results folder.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the effects as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Show what each mechanism and lever of a case changes.

    Switch off every mechanism and lever of cases, one by one: what changes?
    """
    from siege_sim.cli.progress import counted
    from siege_sim.reports.ablation import print_ablation, write_ablation
    from siege_sim.results.files import check_target, json_text, new_folder
    from siege_sim.runner.ablate import SWITCH_KINDS, ablation_request, run_ablation
    from siege_sim.runner.finished_runs import runs_kept_beside

    kinds = tuple(cast("SwitchKind", one.value.replace("-", "_")) for one in only or ()) or SWITCH_KINDS
    request = ablation_request(cases or [], runs, days, settings or [], kinds)
    names = [one.case.name for one in request.cases]
    target = out or folders.unused_folder(f"{'-'.join(names[:3])}-ablate", force, quiet or as_json)
    check_target(target, force)
    with runs_kept_beside(target) as finished:
        with counted(", ".join(names), "run", request.total_runs, quiet or as_json) as progress:
            findings = run_ablation(request, workers, progress, finished)
        with new_folder(target, force) as folder:
            write_ablation(findings, folder, request.command)
    if as_json:
        print(json_text(findings.data()), end="")
    elif not quiet:
        print_ablation(findings, target)
