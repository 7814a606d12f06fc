"""One run among others of its scenario, and beside what is known: words, rows and figures for its report."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from siege_sim.analysis.among import among
from siege_sim.results.endings import ending_texts
from siege_sim.results.numbers import number
from siege_sim.results.run import CompactRun
from siege_sim.validation.fan import fan_of
from siege_sim.validation.record import record_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from siege_sim.analysis.among import Among, Standing
    from siege_sim.plots.picture import Picture
    from siege_sim.results.run import RunResult

DID_NOT_COME = "not by the last day"


def among_others(result: RunResult, others: Sequence[CompactRun]) -> dict[str, Any]:
    """Return what the page says of a run among others; nothing without others."""
    if not others:
        return {}
    from siege_sim.plots.among import among_sketch

    found = among(result, others)
    return {
        "count": found.others,
        "sentences": among_sentences(found),
        "figure": among_sketch(found).picture() if found.standings else None,
        "headings": ("Quantity", "This run", "Median of the others", "Middle 80 %", "Lower", "Higher"),
        "rows": [_row(one) for one in found.standings],
    }


def among_sentences(found: Among) -> list[str]:
    """Return in words where a run lies: its ending, then what hardly another run has."""
    alike = dict(found.endings).get(found.ending, 0)
    ending = ending_texts(found.ending).sentence
    said = [f"{ending}; {_of(alike, found.others)} end so too."]
    far = [one for one in found.standings if one.far_out]
    if not far:
        said.append("In none of the quantities below is this run among the most extreme tenth.")
    return [*said, *(_far_out(one, found.others) for one in far)]


def _of(count: int, others: int) -> str:
    return f"{'none' if count == 0 else count} of {others} other runs"


def _far_out(one: Standing, others: int) -> str:
    beyond = one.above if one.far_out > 0 else one.below
    is_day = one.unit == "day"
    way = ("later" if is_day else "higher") if one.far_out > 0 else ("earlier" if is_day else "lower")
    return f"{one.label}: {_text(one.value)} is far out; {_of(beyond, others)} have a {way} one."


def _row(one: Standing) -> list[str]:
    low, median, high = one.middle()
    between = _text(low) if low == high else f"{_text(low)} to {_text(high)}"
    return [one.label, _text(one.value), _text(median), between, str(one.below), str(one.above)]


def _text(value: float) -> str:
    return number(value) if value < float("inf") else DID_NOT_COME


def beside_the_record(result: RunResult, others: Sequence[CompactRun]) -> list[Picture]:
    """Return the figure of a run beside the record that goes by its scenario's name, and beside others; or nothing."""
    record = record_of(str(result.manifest["scenario"]["name"]))
    if record is None or any(record.unknown_names(result.manifest["outcomes"], set(result.quarters["quarter"]))):
        return []
    from siege_sim.plots.fan import draw_fan
    from siege_sim.plots.picture import Sketch

    fan = fan_of(record, [CompactRun.of(result), *others], shows_first=True)
    if not fan.panels:
        return []
    title = "This run and the record"
    caption = "Quantities of which the record has two or more dated values. Days after the dashed line are forecasts."
    draw = partial(draw_fan, fan, result.title, title)
    return [Sketch("record", title, caption, fan.sentence, draw, result.title).picture()]
