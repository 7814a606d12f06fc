"""Comparing what-ifs with their baseline, for the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from siege_sim.cli import folders


def compare_command(
    scenarios: Annotated[list[str], typer.Argument(metavar="BASELINE WHAT_IF...", help="Names or YAML files.")],
    runs: Annotated[
        int, typer.Option(min=1, max=100_000, help="Runs of each: seeds 1, 2, ...; at most, with --until")
    ] = 100,
    outcomes: Annotated[
        list[str] | None, typer.Option(metavar="NAME,...", help="What to compare; by default some twenty outcomes.")
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            metavar="[OUTCOME=]WIDTH",
            help="Add runs until the 95 % interval of the first outcome, or this one, has at most this width.",
        ),
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; by default one for each processor.")] = None,
    uncertain: Annotated[
        int | None,
        typer.Option(
            min=2, max=100_000, help="So many more pairs, each with parameters drawn: how far do they matter?"
        ),
    ] = None,
    draws_from: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="With --uncertain: draw from this calibration; by default from plausible ranges."
        ),
    ] = None,
    brief: Annotated[
        bool, typer.Option("--brief", help="Also write brief.html: the answer on two sheets of paper.")
    ] = False,
    docx: Annotated[
        bool, typer.Option("--docx", help="Also write the brief as brief.docx, for word processors.")
    ] = False,
    together: Annotated[
        bool, typer.Option("--together", help="Also run all what-ifs at once: is that more than each alone?")
    ] = False,
    days: Annotated[int | None, typer.Option(min=1, help="Stop each run after so many days.")] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change a value in all scenarios; KEY*=0.5 multiplies it."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the results; by default one under results/.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing results folder.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the effects as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Show what what-ifs change against a baseline, and how surely."""
    from siege_sim.reports.brief_document import check_can_write_documents, write_brief_document
    from siege_sim.results.files import check_target, json_text, new_folder
    from siege_sim.runner.compare import comparison_request, found_by

    if draws_from is not None and uncertain is None:
        raise typer.BadParameter("--draws-from belongs to --uncertain; say how many pairs are to be drawn")
    if docx:
        check_can_write_documents()
    request = comparison_request(
        scenarios, runs, outcomes or [], until, days, settings or [], together, uncertain or 0, draws_from
    )
    name = f"{folders.called(request.scenarios[0])}-compare"
    target = out or folders.unused_folder(name, force, quiet or as_json)
    check_target(target, force)
    from siege_sim.cli.progress import counted
    from siege_sim.reports.brief import brief_content, write_brief
    from siege_sim.reports.comparison import print_comparison, write_comparison
    from siege_sim.runner.finished_runs import runs_kept_beside

    with runs_kept_beside(target) as finished:
        with counted(request.scenarios[0].name, "run", request.total_runs, quiet or as_json) as progress:
            findings = found_by(request, workers, progress, finished)
        with new_folder(target, force) as folder:
            note = write_comparison(findings, folder, request.command)
            if brief or docx:
                command = f"{request.command}{' --brief' * brief}{' --docx' * docx}"
                content = brief_content(findings, command)
                if brief:
                    write_brief(content, folder)
                if docx:
                    write_brief_document(content, folder)
    folders.print_note(note, quiet or as_json)
    if as_json:
        print(json_text(findings.data()), end="")
    elif not quiet:
        print_comparison(findings, target)
        if brief:
            print(f"Brief:      {target / 'brief.html'}")
        if docx:
            print(f"Brief:      {target / 'brief.docx'}")
