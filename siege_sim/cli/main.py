"""The command line: parse, call, print, exit code. No logic of its own; some commands stand in ``results``."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from siege_sim.cli import ablate, calibrate, compare, folders, lessons, mapping, results, score, trust
from siege_sim.cli.options import SetOption
from siege_sim.errors import ScenarioError, SiegeError, StoppedError, printable
from siege_sim.runner.signals import comes_of_ctrl_c, ignore_stop_signals, treat_stop_signals_as_ctrl_c

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from siege_sim.results.run import RunResult

LONGEST_MESSAGE = 20_000
"""Characters of what is printed about an error."""

YOUNG_OBJECTS = 50_000
"""How many new objects there are before the garbage collector looks for what is not used any more."""

EXIT_OK, KNOWN_ERROR, USAGE, BUG, INTERRUPTED = 0, 1, 2, 3, 130

app = typer.Typer(
    help="Simulate a siege: what was likely, and what would have changed it.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
)

ScenarioArgument = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A name from `list scenarios`, or a YAML file.")
]


def main(arguments: list[str] | None = None, *, by_two: bool = False) -> int:
    """Run the command line and return its exit code.

    Args:
        arguments: as in a shell; those of this process by default.
        by_two: whether figures may be drawn by a second process, too.
    """
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it reports on its caches, which nobody asked for
    try:
        code = app(arguments, standalone_mode=False, obj=by_two)
    except StoppedError as stopped:
        print(stopped, file=sys.stderr)
        return INTERRUPTED
    except SiegeError as error:
        _print_error(error)
        return KNOWN_ERROR
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except MemoryError:
        print("error: memory ran out; ask for less, such as fewer workers, rows or runs", file=sys.stderr)
        return KNOWN_ERROR
    except OSError as error:
        _print_error(_of_the_system(error))
        return KNOWN_ERROR
    except Exception as error:
        if hasattr(error, "show") and hasattr(error, "exit_code"):  # the parser's own errors
            error.show()
            return int(error.exit_code)
        if not comes_of_ctrl_c(error):
            return _report_bug()
        code = INTERRUPTED
    if code == INTERRUPTED:
        print("interrupted; nothing was written", file=sys.stderr)
    return code if isinstance(code, int) else EXIT_OK


def _print_error(error: SiegeError) -> None:
    lines = printable(str(error), LONGEST_MESSAGE).splitlines()
    print("\n".join(f"error: {line}" for line in lines), file=sys.stderr)


def _of_the_system(error: OSError) -> SiegeError:
    """Return in words what the system refused, such as a full disk or output that nobody takes."""
    what = f"{error.filename}: " if error.filename else "output cannot be written or input read: "
    return SiegeError(f"{what}{error.strerror or error}; solve this and run the command again")


def _report_bug() -> int:
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    with tempfile.NamedTemporaryFile("w", prefix=f"siege-sim-{stamp}-", suffix=".log", delete=False) as log:
        traceback.print_exc(file=log)
    print(f"this is a bug in siege-sim, sorry; details are in {log.name}", file=sys.stderr)
    return BUG


def entry() -> None:
    """Run as the console command."""
    if hasattr(signal, "SIGPIPE"):  # end quietly, like other tools, when nobody reads on
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    treat_stop_signals_as_ctrl_c()
    gc.set_threshold(YOUNG_OBJECTS)  # nearly all that imports make stays: looking through it often is a tenth of a list
    _open_what_is_closed()
    try:
        code = _flushed(main(by_two=True))
        gc.freeze()  # what is there goes with the process: no need to look through it once more
        ignore_stop_signals()  # or Ctrl-C while Python itself ends would print a traceback that says nothing
    except KeyboardInterrupt:
        code = INTERRUPTED
    sys.exit(code)


def _open_what_is_closed() -> None:
    """Let what is printed go nowhere where a shell has closed an output (``2>&-``)."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115


def _flushed(code: int) -> int:
    """Write what is left of the output, and return the exit code: an error where it cannot be written."""
    try:
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python would try once more and complain
        _print_error(_of_the_system(error))
        return code or KNOWN_ERROR
    return code


def _show_version(wanted: bool) -> None:
    if wanted:
        from siege_sim._version import __version__

        print(f"siege-sim {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """Simulate a siege: what was likely, and what would have changed it."""


@app.command("run")
def run_command(
    context: typer.Context,
    scenario: ScenarioArgument,
    seed: Annotated[int, typer.Option(min=0, help="The run's seed; the first of them with --runs.")] = 1,
    runs: Annotated[
        int | None, typer.Option(min=1, max=100_000, help="Run it so many times, and say what is likely.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="With --runs: processes; by default one for each processor.")
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(metavar="DATE", help="With --runs: map the ground lost by this date or day; repeat for more."),
    ] = None,
    uncertain: Annotated[
        bool, typer.Option("--uncertain", help="With --runs: draw parameters for each run from their plausible ranges.")
    ] = False,
    draws_from: Annotated[
        Path | None,
        typer.Option(metavar="FIT", help="With --uncertain: draw from this calibration's folder, or a shipped fit."),
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, help="Stop after so many days.")] = None,
    settings: SetOption = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the results; by default one under results/.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing results folder.")] = False,
    no_plots: Annotated[bool, typer.Option("--no-plots", help="Write tables only: no figures, no report.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Run a scenario once, or many times with --runs.

    It writes tables, figures and a report.
    """
    if draws_from is not None and not uncertain:
        raise typer.BadParameter("--draws-from belongs to --uncertain; say both")
    if runs is not None:
        from siege_sim.cli.ensemble import EnsembleOptions, run_many_times

        run_many_times(
            EnsembleOptions(
                scenario, runs, seed, workers, tuple(by or ()), days, tuple(settings or ()), out, force, no_plots,
                as_json, quiet, uncertain, draws_from,
            )
        )  # fmt: skip
        return
    if workers is not None or by or uncertain:
        raise typer.BadParameter("--workers, --by and --uncertain belong to --runs; say how many runs")
    from siege_sim.loading.scenario import load_scenario
    from siege_sim.results.files import check_target, json_text, new_folder

    chosen = load_scenario(scenario, settings or [])
    silent = quiet or as_json
    target, before = (out, None) if out else folders.run_folder(chosen, seed, days, force, silent)
    if before is None:
        check_target(target, force)
        if not silent:
            _print_notes(chosen.notes())
    from siege_sim.cli.progress import day_progress
    from siege_sim.runner.second_drawer import second_drawer

    with second_drawer(bool(context.obj) and before is None and not no_plots) as drawer:
        if before is None:
            from siege_sim.runner.run import run

            with day_progress(chosen, min(days or chosen.days, chosen.days), silent) as progress:
                result = run(chosen, seed, days, progress)
        else:
            result = before
        if not silent:
            from siege_sim.reports.summary import print_summary

            print_summary(result)
        if before is None:
            with new_folder(target, force) as folder:
                result.write(folder)
                if not no_plots:
                    _illustrate(result, folder, silent, drawer)
        elif not no_plots and not (target / "report.html").exists():
            folders.add_to(target, lambda folder: _illustrate(result, folder, silent))
    if as_json:
        print(
            json_text({**result.summary, "seed": seed, "scenario": chosen.name, "folder": str(target)}),
            end="",
        )
    elif not quiet:
        print(f"Results: {target}")
        if not no_plots:
            print(f"Report:  {target / 'report.html'}")


MOST_NOTES = 5


def _print_notes(notes: list[str]) -> None:
    """Say what a scenario lacks because mechanisms are off, where their names do not say it."""
    for note in notes[:MOST_NOTES]:
        print(f"note: {note}", file=sys.stderr)
    if len(notes) > MOST_NOTES:
        print(f"note: {len(notes) - MOST_NOTES} more mechanisms are off; the report lists them", file=sys.stderr)


def _illustrate(result: RunResult, folder: Path, silent: bool, drawer: Executor | None = None) -> None:
    from siege_sim.plots import names_for
    from siege_sim.plots.fonts import missing_note
    from siege_sim.reports.run import write_report
    from siege_sim.runner.second_drawer import pictures_by

    if not silent:
        print("drawing figures ...", file=sys.stderr)
    (folder / "figures").mkdir()
    pictures = pictures_by(drawer, result, names_for(result))
    for picture in pictures:
        picture.write(folder / "figures")
    write_report(result, pictures, folder / "report.html")
    folders.print_note(missing_note(picture.missing for picture in pictures), silent)


RUNNING_COMMANDS: dict[str, Callable[..., None]] = {
    "score": score.score_command,
    "calibrate": calibrate.calibrate_command,
    "compare": compare.compare_command,
    "ablate": ablate.ablate_command,
}

for name, command in {
    **RUNNING_COMMANDS,
    **trust.TRUST_COMMANDS,
    **results.COMMANDS,
    **mapping.MAPPING_COMMANDS,
    **lessons.LESSON_COMMANDS,
}.items():
    app.command(name)(command)


@app.command("dashboard")
def dashboard_command(
    scenario: ScenarioArgument = "aleppo_2016",
    host: Annotated[str, typer.Option(help="The address to listen on; by default this machine alone.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 for any that is free.")] = 8765,
    open_browser: Annotated[bool, typer.Option("--open", help="Open a browser window.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="The seed of the runs.")] = 1,
    for_a_class: Annotated[
        bool,
        typer.Option(
            "--class",
            help="For many readers: each has a process of their own, under caps, and what nobody uses is suspended.",
        ),
    ] = False,
    sessions: Annotated[
        int | None, typer.Option(min=1, max=1000, help="How many readers at once. [8; with --class 30]")
    ] = None,
    idle_minutes: Annotated[
        float | None,
        typer.Option(min=0.1, help="After so long an unused session makes room. [120; with --class it is 20]"),
    ] = None,
    most_days: Annotated[
        int | None, typer.Option(min=1, help="Days of the longest run. [3650; with --class 1250]")
    ] = None,
    memory_mb: Annotated[
        int | None, typer.Option(min=50, help="With --class: memory that a session may take, in MB. [200]")
    ] = None,
    behind: Annotated[
        str, typer.Option(help="The public address, where a proxy shows it: https://example.org/siege/")
    ] = "",
    own_lessons: Annotated[
        list[Path] | None,
        typer.Option("--lesson", metavar="FILE", help="A lesson of your own, listed first; repeat for more."),
    ] = None,
    language: Annotated[
        str, typer.Option(help="The language of pages whose reader chooses no other: en, de. [the browser's]")
    ] = "",
    settings: SetOption = None,
) -> None:
    """Run sieges in a browser: watch, go back, change, compare."""
    from siege_sim.dashboard.server_settings import server_settings
    from siege_sim.dashboard.serving import check_installed, serve

    check_installed()
    server = server_settings(
        scenario,
        seed,
        settings or (),
        for_a_class=for_a_class,
        max_sessions=sessions,
        idle_minutes=idle_minutes,
        max_days=most_days,
        memory_mb=memory_mb,
        lessons=own_lessons or (),
        language=language,
    )
    serve(server, host, port, open_browser, behind)


@app.command("validate")
def validate_command(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Scenarios, maps, records, experiments, calibrations, claims, lessons: files, or shipped ones' names.",
        ),
    ],
) -> None:
    """Check files of any kind, and list what is wrong with them."""
    from siege_sim.cli.check import check_file

    wrong = False
    for file in files:
        try:
            print("\n".join(check_file(file)))
        except ScenarioError as error:
            wrong = True
            _print_error(error)
    if wrong:
        raise typer.Exit(KNOWN_ERROR)


@app.command("show")
def show_command(
    scenario: ScenarioArgument,
    schedule: Annotated[bool, typer.Option("--schedule", help="The order of a day.")] = False,
    resolved: Annotated[
        bool, typer.Option("--resolved", help="Every value, as YAML, after extends and --set.")
    ] = False,
    city_map: Annotated[bool, typer.Option("--map", help="The map and its legend.")] = False,
    settings: SetOption = None,
) -> None:
    """Show a scenario: in short, its day, all its values, or its map."""
    from siege_sim.cli import listings
    from siege_sim.loading.scenario import load_scenario

    if schedule + resolved + city_map > 1:
        raise typer.BadParameter("choose one of --schedule, --resolved and --map")
    chosen = load_scenario(scenario, settings or [])
    view = (
        listings.schedule_text
        if schedule
        else listings.resolved_yaml
        if resolved
        else listings.map_text
        if city_map
        else listings.overview_text
    )
    print(view(chosen))


@app.command("list")
def list_names(
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help="scenarios, records, experiments, calibrations, claims, lessons, processes, interventions, outcomes.",
        ),
    ],
) -> None:
    """List what there is, with a line about each."""
    from siege_sim.cli import listings

    lists = {
        "scenarios": listings.scenario_list,
        "records": listings.record_list,
        "experiments": listings.experiment_list,
        "calibrations": listings.calibration_list,
        "claims": listings.claims_list,
        "lessons": listings.lesson_list,
        "processes": listings.process_list,
        "interventions": listings.intervention_list,
        "outcomes": listings.outcome_list,
    }
    if what not in lists:
        from siege_sim.errors import did_you_mean

        raise typer.BadParameter(f"nothing to list under '{what}'{did_you_mean(what, lists)}")
    print(lists[what]())


@app.command("schema")
def schema_command(
    kind: Annotated[
        str,
        typer.Argument(metavar="[KIND]", help="A kind of file, such as scenario, map or claims; all, with --out."),
    ] = "scenario",
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write KIND.schema.json into a folder instead.")
    ] = None,
) -> None:
    """Print or write the JSON Schema of a kind of file, for editors."""
    from siege_sim.cli import schemas

    if out is None:
        print(schemas.text_of(kind))
    else:
        for file in schemas.written(kind, out):
            print(f"{file}: written")


@app.command("new")
def new_command(
    path: Annotated[Path, typer.Argument(help="The file to write.")],
    map_file: Annotated[
        Path | None, typer.Option("--map", metavar="MAP.yaml", help="On this map, in the same folder or below.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
) -> None:
    """Write a commented scenario to start from."""
    from siege_sim.loading.starter import write_starter

    write_starter(path, force, map_file)
    print(f"{path}: written, and beside it scenario.schema.json for editors; try `siege-sim run {path}`")
