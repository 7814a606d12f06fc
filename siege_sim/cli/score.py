"""Holding runs against records, for the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from siege_sim.cli import folders
from siege_sim.cli.options import SetOption


def score_command(
    scenarios: Annotated[list[str], typer.Argument(metavar="SCENARIO...", help="Names or YAML files.")],
    record: Annotated[
        str | None, typer.Option(metavar="NAME", help="A record or a YAML file; by default the scenario's namesake.")
    ] = None,
    runs: Annotated[int, typer.Option(min=1, max=100_000, help="How many runs: seeds 1, 2, ...")] = 40,
    known_until: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Also weight the runs by how near they are to the record until this day."),
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; by default one for each processor.")] = None,
    days: Annotated[int | None, typer.Option(min=1, help="Stop each run after so many days.")] = None,
    settings: SetOption = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the results; by default one under results/.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing results folder.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the scorecard as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Hold runs of one scenario or several against the record."""
    from siege_sim.results.files import check_target, json_text, new_folder
    from siege_sim.runner.scoring import card_of, score_requests, scored_runs

    requests = score_requests(scenarios, record, settings or (), days, known_until)
    alone = len(requests) == 1
    name = f"{folders.called(requests[0].scenario)}-score" if alone else "scorecards"
    target = out or folders.unused_folder(name, force, quiet or as_json)
    check_target(target, force)
    from siege_sim.cli.progress import counted
    from siege_sim.reports.scorecard import print_scorecard, write_scorecard
    from siege_sim.reports.scorecards import print_scorecards, scorecards_data, write_scorecards
    from siege_sim.runner.finished_runs import runs_kept_beside
    from siege_sim.validation.fan import fan_of

    cards, fans, notes = {}, {}, []
    with runs_kept_beside(target) as finished:
        for request in requests:
            name = request.scenario.name
            with counted(name, "run", runs, quiet or as_json) as progress:
                compact_runs = scored_runs(request, runs, workers, progress, finished)
            cards[name], fans[name] = card_of(request, compact_runs), fan_of(request.record, compact_runs)
        with new_folder(target, force) as folder:
            for name, card in cards.items():
                place = folder if alone else folder / name
                place.mkdir(exist_ok=True)
                notes.append(write_scorecard(card, fans[name], place))
            if not alone:
                write_scorecards(cards, folder)
    for note in dict.fromkeys(notes):
        folders.print_note(note, quiet or as_json)
    (first, *others) = cards.values()
    if as_json:
        print(json_text(scorecards_data(cards) if others else first.data()), end="")
    elif not quiet and others:
        print_scorecards(list(cards.values()), target)
    elif not quiet:
        print_scorecard(first, target)
