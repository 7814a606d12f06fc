"""The commands about folders of results: sweeps, and what a run has left. Parse, call, print, as in ``cli``."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from siege_sim.cli import folders

if TYPE_CHECKING:
    from siege_sim.analysis.but_for import ButForFindings
    from siege_sim.results.run import CompactRun, RunResult
    from siege_sim.runner.but_for import ButForRequest


def sweep_command(
    experiment: Annotated[
        str, typer.Argument(metavar="EXPERIMENT", help="An experiment file, or a shipped one's name.")
    ],
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; by default one for each processor.")] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Run on the cluster of this Dask scheduler.")
    ] = None,
    out: Annotated[
        str | None, typer.Option(metavar="DIR", help="Folder or fsspec URL; one that was stopped continues.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first so many runs of the design.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check everything and estimate the time; run nothing.")
    ] = False,
    only_failed: Annotated[bool, typer.Option("--only-failed", help="Repeat what failed, and nothing else.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Read every part whole before going on.")] = False,
    per_worker: Annotated[bool, typer.Option("--per-worker", help="Show each worker's progress.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Run an experiment: many runs by a design. Started again, it continues where it was stopped."""
    from siege_sim.cli.sweep import SweepOptions, forecast, run_plan
    from siege_sim.experiments.plan import load_plan

    plan = load_plan(experiment)
    options = SweepOptions(workers or os.cpu_count() or 1, scheduler, out, limit, only_failed, check, per_worker, quiet)
    print(forecast(plan, options)) if dry_run else run_plan(plan, options)


def status_command(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="Folder or URL that `sweep` has written.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Show how far a sweep is, what failed and why."""
    from siege_sim.results.files import json_text
    from siege_sim.results.status import status_of, status_text

    found = status_of(folder)
    print(json_text(found) if as_json else status_text(found) + "\n", end="")


def export_command(
    target: Annotated[str, typer.Argument(metavar="RESULT", help="Folder of a run; folder or URL of a sweep.")],
    out: Annotated[Path, typer.Option(help="File for gpkg, netcdf and ema (.tar.gz); new folder for the others.")],
    form: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="csv, parquet, hxl, datapackage or ro-crate; of a run gpkg, geojson or netcdf; of a sweep ema.",
        ),
    ] = "csv",
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
) -> None:
    """Write a run or a sweep for GIS, xarray, spreadsheets, HDX."""
    from siege_sim.exports.formats import export_results

    print(export_results(target, form, out, force))


def plot_command(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="A results folder that `run` has written.")],
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="By default the run's own figures/.")] = None,
    figures: Annotated[
        list[str] | None, typer.Option("--figure", metavar="NAME", help="Draw this figure; repeat for more.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace figures that are in --out.")] = False,
) -> None:
    """Draw the figures of a run that is on disk."""
    from siege_sim.plots.stored import plot_run

    drawn = plot_run(folder, out, figures or [], force)
    folders.print_note(drawn.note)
    print(f"{drawn.folder}: {', '.join(f'{picture.name}.png' for picture in drawn.pictures)}")


def report_command(
    target: Annotated[str, typer.Argument(metavar="RESULT", help="Folder of a run; folder or URL of a sweep.")],
    out: Annotated[Path | None, typer.Option(help="The HTML file; by default report.html in the folder.")] = None,
    outcomes: Annotated[
        list[str] | None, typer.Option("--outcome", metavar="NAME", help="Of a sweep: show this outcome; repeatable.")
    ] = None,
    figures: Annotated[
        list[str] | None, typer.Option("--figure", metavar="NAME", help="Draw this figure; repeat for more.")
    ] = None,
    cases: Annotated[
        list[str] | None,
        typer.Option("--cases", metavar="CONDITION", help="In which worlds is, e.g., died_of_hunger>500? Repeatable."),
    ] = None,
    by: Annotated[str | None, typer.Option(metavar="FACTOR", help="Separate survival curves by this factor.")] = None,
    png: Annotated[Path | None, typer.Option(metavar="DIR", help="Write the figures as PNG files there too.")] = None,
    among: Annotated[
        int | None, typer.Option(min=2, max=10_000, metavar="N", help="Of a run: show it among N runs of other seeds.")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="With --among: processes.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print no progress.")] = False,
) -> None:
    """Write the report of a run or a sweep as one HTML page."""
    from siege_sim.analysis.sweep import ReportOptions
    from siege_sim.reports.stored import write_stored_report

    options = ReportOptions(tuple(outcomes or ()), tuple(figures or ()), tuple(cases or ()), by)
    if among is None and workers is not None:
        raise typer.BadParameter("--workers says something about --among; leave it out")
    others = None if among is None else partial(_others, among, workers, quiet)
    written = write_stored_report(target, out, options, png, others)
    folders.print_note(written.note)
    print(f"Report: {written.file}")
    if written.indices is not None:
        print(f"Sensitivity indices: {written.indices}")


def _others(runs: int, workers: int | None, quiet: bool, result: RunResult) -> list[CompactRun]:
    """Play other runs of a run's scenario, and show how far that is."""
    from siege_sim.cli.progress import counted
    from siege_sim.runner.others import other_runs

    with counted(str(result.manifest["scenario"]["name"]), "run", runs, quiet) as progress:
        return other_runs(result, runs, workers, progress)


def why_command(
    result: Annotated[Path, typer.Argument(metavar="RESULT", help="A results folder that `run` has written.")],
    quarter: Annotated[str | None, typer.Option(help="Why this quarter fell.")] = None,
    stock: Annotated[
        str | None, typer.Option(help="Why this store, market, bakery or hospital was lost or empty.")
    ] = None,
    ending: Annotated[bool, typer.Option("--ending", help="Why the siege ended as it did (the default).")] = False,
    but_for: Annotated[
        str | None,
        typer.Option(
            metavar="EVENT",
            help="Play it again without this and say whether it still came about: a number from events.csv, a dated "
            "action's name, or NAME@DAY.",
        ),
    ] = None,
    lasting: Annotated[int, typer.Option(min=1, max=3650, help="With --but-for: for so many days.")] = 1,
    runs: Annotated[int, typer.Option(min=0, max=10_000, help="With --but-for: ask further seeds 1, 2, ... too.")] = 0,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; by default one for each processor.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print no progress.")] = False,
) -> None:
    """Explain why something happened in a run, event by event."""
    from siege_sim.results.files import json_text
    from siege_sim.results.run import explain_folder

    if (quarter is not None) + (stock is not None) + ending > 1:
        raise typer.BadParameter("choose one of --quarter, --stock and --ending")
    if but_for is None and (lasting != 1 or runs):
        raise typer.BadParameter("--lasting and --runs say something about --but-for; name what is left out")
    answer = explain_folder(result, quarter, stock)
    data, sentences = answer.as_data(), answer.sentences
    if but_for is not None:
        from siege_sim.runner.but_for import ButForRequest

        found = _without(ButForRequest(result, but_for, quarter, stock, lasting, runs), workers, quiet or as_json)
        data, sentences = {**data, "but_for": found.data()}, [*sentences, "", *found.sentences]
    print(json_text(data) if as_json else "\n".join(sentences) + "\n", end="")


def _without(request: ButForRequest, workers: int | None, silent: bool) -> ButForFindings:
    """Play a run without something, and show how far that is."""
    from siege_sim.cli.progress import counted
    from siege_sim.runner.but_for import but_for

    with counted("but for it", "seed", request.runs + 1, silent or not request.runs) as progress:
        return but_for(request, workers, progress)


def replay_command(
    results: Annotated[
        list[Path], typer.Argument(metavar="RESULT [OTHER]", help="A results folder, or two for runs side by side.")
    ],
    out: Annotated[Path, typer.Option(help="The page to write.")] = Path("replay.html"),
    force: Annotated[bool, typer.Option("--force", help="Replace the page if it is there.")] = False,
    stored_only: Annotated[
        bool, typer.Option("--stored-only", help="Show what the folder has stored; repeat no run.")
    ] = False,
    language: Annotated[str, typer.Option(help="The language of the page: en, de.")] = "en",
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Write a run, or two side by side, as one offline page."""
    from siege_sim.viewer.replay import write_replay

    if len(results) > 2:
        raise typer.BadParameter("give one results folder, or two")
    notes = write_replay(results, out, force, stored_only, language=language)
    if not quiet:
        print("\n".join([*notes, f"{out}: written; open it in a browser"]))


COMMANDS: dict[str, Callable[..., None]] = {
    "sweep": sweep_command,
    "status": status_command,
    "export": export_command,
    "report": report_command,
    "plot": plot_command,
    "why": why_command,
    "replay": replay_command,
}
"""In the order in which ``siege-sim --help`` names them."""
