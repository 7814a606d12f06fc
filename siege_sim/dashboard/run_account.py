"""What is said of the runs that a session shows: what was changed, when they part, and what a record knows of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from siege_sim.analysis.run_difference import run_difference
from siege_sim.dashboard.levers import in_sentence_case
from siege_sim.loading.scenario_difference import differing_values
from siege_sim.reports.forecasts import range_text
from siege_sim.results.numbers import amount, exact
from siege_sim.results.run import CompactRun
from siege_sim.validation.measures import measured
from siege_sim.validation.record import record_of

if TYPE_CHECKING:
    from siege_sim.dashboard.change_log import LogEntry
    from siege_sim.dashboard.runs import Run
    from siege_sim.model.scenario import Scenario
    from siege_sim.results.run import RunResult
    from siege_sim.validation.record import Record
    from siege_sim.viewer.frames import Json

MOST_CHANGES = 6
"""How many changes are said one by one."""


def account_of(runs: Sequence[Run]) -> Json:
    """Return what a page says of its runs, as far as they were run.

    Args:
        runs: one or two.

    Returns:
        ``runs``: their numbers; ``changes``: what B changes, in sentences; ``parting``: when they part and with what;
        ``record``: a row for each pattern of the record, and its ``title``.
    """
    record, two = record_of(runs[0].scenario.name), len(runs) > 1
    results = [run.result() for run in runs] if two or record is not None else []
    return {
        "runs": [run.number for run in runs],
        "day": max(run.day for run in runs),
        "changes": list(_limited(list(changes_of(*runs)))) if two else [],
        "parting": parting_of(results) if two else [],
        "record": None if record is None else record_table(record, results),
    }


def changes_of(first: Run, second: Run) -> Iterator[str]:
    """Yield what the second of two runs changes, in sentences: from its log, or else from both scenarios."""
    entries = [entry for entry in second.log if entry not in first.log]
    if first.parent == second.parent and entries:
        yield from (_change_text(first.scenario, second.scenario, entry) for entry in entries)
        return
    data = [one.scenario.model_dump(mode="json", by_alias=True) for one in (first, second)]
    yield from (value.sentence(("A", "B")) for value in differing_values(*data))


def _limited(sentences: list[str]) -> Iterator[str]:
    yield from sentences[:MOST_CHANGES]
    if len(sentences) > MOST_CHANGES:
        yield f"And {len(sentences) - MOST_CHANGES} more."


def _change_text(first: Scenario, second: Scenario, entry: LogEntry) -> str:
    """Return a change with what it takes the place of: ``Sorties, per day: 20 in place of 67, from day 11``."""
    block, _, rest = entry.key.partition(".")
    mechanism, _, parameter = rest.partition(".")
    values = [_value_on(one, mechanism, parameter, entry.day) for one in (first, second)]
    if block != "processes" or None in values:
        return f"{entry.text}, {entry.since}"
    before, now = map(_words, values)
    name = f"{in_sentence_case(mechanism)}, {parameter.replace('_', ' ')}"
    return f"{name}: {now} in place of {before}, {entry.since}"


def _value_on(scenario: Scenario, mechanism: str, parameter: str, day: int) -> Any:
    return getattr(dict(scenario.mechanisms_on(day).on()).get(mechanism), parameter, None)


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return exact(value)
    return value.replace("_", " ") if isinstance(value, str) else "other values"


def parting_of(results: Sequence[RunResult]) -> list[str]:
    """Return in sentences until when two runs are the same, how they part, and what happened in one of them only."""
    first, second = (replace(one, _events=one.events[one.events["kind"] != CHANGE_BEGINS]) for one in results)
    return run_difference(first, second, ("A", "B")).parting_sentences


CHANGE_BEGINS = "change"
"""The kind of event that says that a dated change begins: what was changed is said already."""


def record_table(record: Record, results: Sequence[RunResult]) -> Json:
    """Return a record and the runs side by side.

    Returns:
        ``title``, and ``rows``: topic, title, what the record says, each run's number in words and whether it lies in
        the record's range (``None`` while it cannot be said), who says so, and how far to rely on it.
    """
    runs = [CompactRun.of(result) for result in results]
    rows = [
        {
            "topic": topic.title,
            "title": entry.title,
            "unit": "" if entry.unit == "%" else entry.unit,
            "record": range_text(entry.low, entry.high, entry.unit),
            "runs": [_held_against(measured(entry.measure, run), entry.unit, entry.holds) for run in runs],
            "source": entry.source,
            "confidence": entry.confidence,
        }
        for topic in record.topics.values()
        for entry in topic.patterns.values()
        if entry.measure is not None
    ]
    return {"title": record.title, "until": record.until.isoformat(), "rows": rows}


def _held_against(value: float | None, unit: str, holds: Any) -> Json:
    """Return a number in words, and whether it lies in the range: nothing is said of days that were not run yet."""
    if value is None:
        return {"text": "", "inside": None}
    return {"text": "never" if value != value else amount(value, unit), "inside": bool(holds(value))}
