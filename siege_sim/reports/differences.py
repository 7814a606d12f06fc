"""What differs between two scenarios, runs or results, as text for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from siege_sim.analysis.table_difference import mean_line
from siege_sim.results.numbers import unit_text

if TYPE_CHECKING:
    from siege_sim.analysis.run_difference import RunDifference
    from siege_sim.analysis.table_difference import TableDifference
    from siege_sim.loading.scenario_difference import DifferingValue

ONE_SEED = "One run each: what is chance in this, many pairs say (`siege-sim compare`)."

MOST_NUMBERS = 15
"""How many outcomes a table shows; all of them are in ``--json``."""


def values_text(values: Sequence[DifferingValue], names: tuple[str, str], of: str = "") -> str:
    """Return what differs between two scenarios.

    Args:
        values: what differs.
        names: what the scenarios are called.
        of: the name of the policy in sweeps; empty where there is one scenario only.
    """
    scenario = f"The scenario '{of}'" if of else "The scenario"
    if not values:
        return f"{scenario} is the same in {names[0]} and {names[1]}."
    count = "1 value differs" if len(values) == 1 else f"{len(values)} values differ"
    lines = [f"{scenario}: {count} between {names[0]} and {names[1]}."]
    return "\n".join([*lines, *(f"- {one.sentence(names)}" for one in values)])


def run_pair_text(difference: RunDifference) -> str:
    """Return what differs between two runs."""
    rows = [(f"{one.label}{_unit(one.unit)}", *one.words) for one in difference.numbers]
    text = _with_table(difference.sentences, ("In the end", *difference.names), rows)
    return f"{text}\n\n{ONE_SEED}" if rows else text


def run_tables_text(difference: TableDifference) -> str:
    """Return what differs between many runs and many others."""
    rows = [mean_line(one) for one in difference.means]
    return _with_table(difference.sentences, ("Mean of the pairs", *difference.names, "difference"), rows)


def _unit(unit: str) -> str:
    shown = unit_text(unit)
    return f" ({shown})" if shown and not shown.startswith("%") else ""


def _with_table(sentences: Sequence[str], header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    if not rows:
        return "\n".join(sentences)
    rest = len(rows) - MOST_NUMBERS
    more = [f"{rest} more outcomes differ; --json has them."] if rest > 0 else []
    return "\n".join([*sentences, "", *_aligned([header, *rows[:MOST_NUMBERS]]), *more])


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Yield rows with the first column to the left and the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *others in rows:
        cells = [first.ljust(widths[0]), *(one.rjust(width) for one, width in zip(others, widths[1:], strict=True))]
        yield "  ".join(cells).rstrip()
