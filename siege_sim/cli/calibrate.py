"""Fitting parameters to records, for the terminal."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer


def calibrate_command(
    calibration: Annotated[str, typer.Argument(help="A calibration file, or the name of a shipped one.")],
    out: Annotated[Path | None, typer.Option(help="Folder of the fit; one that was stopped continues.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; by default one for each processor.")] = None,
    generations: Annotated[
        int | None, typer.Option(min=1, help="Generations in all; a larger number continues a fit.")
    ] = None,
    leave_one_out: Annotated[
        bool,
        typer.Option("--leave-one-out", help="Leave out each case in turn, fit the others, and forecast it."),
    ] = False,
    runs: Annotated[
        int, typer.Option(min=1, max=100_000, help="With --leave-one-out: runs of the case that is left out.")
    ] = 40,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Fit parameters to records; show which they constrain."""
    from siege_sim.results.files import check_folder
    from siege_sim.runner.calibrate import calibrate
    from siege_sim.runner.calibration_file import lines_named, shipped_calibrations
    from siege_sim.runner.fit import print_fit, write_fit

    used = workers or os.cpu_count() or 1
    with lines_named(calibration, shipped_calibrations()) as given:
        spec = given if generations is None else given.model_copy(update={"generations": generations})
        if leave_one_out:
            from siege_sim.reports.scorecards import print_scorecards
            from siege_sim.runner.leave_one_out import forecast_each_case

            target = out or Path("results") / f"{spec.name}-leave-one-out"
            check_folder(target)
            cards = forecast_each_case(calibration, spec, target, runs, used, quiet)
            if not quiet:
                print_scorecards(list(cards.values()), target / "scorecards")
            return
        target = out or Path("results") / f"{spec.name}-fit"
        check_folder(target)
        fit = calibrate(spec, target, used, quiet)
    written = write_fit(fit, target)
    if not quiet:
        print_fit(fit, written)
