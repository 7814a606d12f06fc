"""Reports of what is on disk: of a run that was written without one, or of a sweep."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from siege_sim.errors import ResultError
from siege_sim.reports.page import WrittenReport, write_pictures, written_or_refused
from siege_sim.reports.run import Beside, write_report
from siege_sim.reports.sweep import write_sweep_report
from siege_sim.results.files import check_folder, check_new_file
from siege_sim.results.target import holds_run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from siege_sim.analysis.sweep import ReportOptions
    from siege_sim.results.run import CompactRun, RunResult

    OtherRuns = Callable[[RunResult], Sequence[CompactRun]]


def write_stored_report(
    target: str, out: Path | None, options: ReportOptions, png: Path | None = None, others: OtherRuns | None = None
) -> WrittenReport:
    """Write the report of a run or a sweep and return what was written.

    Args:
        target: the folder of a run, or the folder or URL of a sweep.
        out: the file; by default ``report.html`` in the folder.
        options: what it shall show; runs know figures only.
        png: where the figures go as PNG files too.
        others: plays other runs to lie beside one run.

    Raises:
        ResultError: no results, unknown names, or the file cannot be written.
    """
    if out is not None:
        check_new_file(out, force=True)
    if png is not None:
        check_folder(png)
    if holds_run(target):
        return _report_of_run(Path(target), out, options, png, others)
    if others is not None:
        raise ResultError(f"--among: is for the report of one run, and {target} holds a sweep; leave it out")
    return write_sweep_report(target, out, options, png)


def _report_of_run(
    folder: Path, out: Path | None, options: ReportOptions, png: Path | None, others: OtherRuns | None
) -> WrittenReport:
    from siege_sim.plots import pictures_of
    from siege_sim.plots.fonts import missing_note
    from siege_sim.results.run import read_run

    for option, given in (("--outcome", options.outcomes), ("--cases", options.cases), ("--by", options.by)):
        if given:
            raise ResultError(f"{option}: is for reports of sweeps, and {folder} holds one run; leave it out")
    result, file = read_run(folder), out or folder / "report.html"
    pictures = pictures_of(result, options.figures)
    with written_or_refused(file):
        write_pictures(pictures, png)
    beside = Beside(() if others is None else others(result), folder)
    write_report(result, pictures, file, beside)
    return WrittenReport(file, missing_note(picture.missing for picture in pictures))
