"""The commands that show what a result rests on: what differs between two. Parse, call, print, as in ``cli``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

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
    from siege_sim.reports.differences import runs_text, tables_text, values_text
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
    parts += [] if found.runs is None else [runs_text(found.runs)]
    parts += [] if found.tables is None else [tables_text(found.tables)]
    parts += ["Play both to see on which day they part: --seed 1"] if found.can_be_played and not found.same else []
    print("\n\n".join(parts))


TRUST_COMMANDS: dict[str, Callable[..., None]] = {"diff": diff_command}
