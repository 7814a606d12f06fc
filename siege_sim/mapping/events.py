"""Tables of dated events become a calendar of fire for a scenario, or patterns of a record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from pydantic import ValidationError

from siege_sim.errors import ScenarioError, SiegeError
from siege_sim.mapping.event_places import Sited, sited_events
from siege_sim.mapping.event_table import (
    AIR,
    CAPTURE,
    SHELLS,
    STRIKES,
    DatedEvent,
    EventTable,
    counted_words,
    read_events,
    short_name,
)
from siege_sim.mapping.writing import check_files, write_together
from siege_sim.schema.messages import problem_lines
from siege_sim.schema.yaml_file import parse_yaml
from siege_sim.validation.record import Record

LONGEST_CALENDAR_DAYS = 3650
DAYS_OF_GRACE = 3
"""Sources differ by some days on when a quarter was taken: a pattern asks so many days later."""

ALL_KILLED = ("civilians_killed", "garrison_killed", "besieger_killed")
"""What counts of the dead mean that do not tell civilians from fighters."""


@dataclass(frozen=True)
class EventOptions:
    """How a table of events is read.

    Attributes:
        map_file: events outside this map are left out.
        start: day 0 of the siege; by default the day before the first event.
        every_days: how many days one pattern of a record covers.
        spread: how far the range of a pattern reaches from the count, as a share, where the source gives no range.
    """

    map_file: Path | None = None
    start: date | None = None
    every_days: int = 30
    spread: float = 0.5


def write_strikes(file: str, out: Path, options: EventOptions, force: bool = False) -> list[str]:
    """Write a calendar of fire: a CSV file with a row a day, and the lines of a scenario that read it.

    Args:
        file: the table of events.
        out: the CSV file; the lines stand beside it, in a file that ends with .yaml.
        options: how it is read.
        force: replace files that are there.

    Raises:
        SiegeError: the table cannot be read, or tells of no strikes.
    """
    if out.suffix != ".csv":
        raise SiegeError(f"{out}: a calendar of fire is a CSV file; call it {out.stem or 'strikes'}.csv")
    lines_file = out.with_suffix(".yaml")
    check_files([out, lines_file], force)
    table = read_events(file)
    fire = [event for event in table.events if event.kind in STRIKES]
    if not fire:
        raise SiegeError(_no_strikes(table))
    sited = sited_events(fire, options.map_file, file)
    by_day = {kind: _by_day(sited, kind) for kind in (AIR, SHELLS)}
    write_together({out: _calendar(by_day), lines_file: strike_lines(by_day, out.name, short_name(file))}, force)
    notes = [f"{sum(by_day[kind].values()):,.0f} {kind.replace('_', ' ')}" for kind in by_day]
    return [*notes, *_unused(table), *sited.notes]


def _no_strikes(table: EventTable) -> str:
    if table.layout.name == "UCDP GED":
        return (
            f"{table.file}: UCDP GED does not tell air strikes and shelling from other violence; use --as record, or a "
            "table with a column 'kind'"
        )
    return (
        f"{table.file}: no event is an air strike or shelling (kinds: "
        f"{counted_words(table.unknown) or 'captures only'}); call "
        f"them 'air strike' or 'shelling' in the column '{table.layout.kind}'"
    )


def _unused(table: EventTable) -> list[str]:
    return [f"kinds of which nothing is made: {counted_words(table.unknown)}"] if table.unknown else []


def _by_day(sited: Sited, kind: str) -> dict[date, float]:
    """Return counts by day; an event of several days is spread over them evenly."""
    days: dict[date, float] = defaultdict(float)
    for event, _ in sited.events:
        if event.kind == kind:
            length = (event.last - event.first).days + 1
            for day in range(length):
                days[event.first + timedelta(days=day)] += event.count / length
    return days


def _calendar(by_day: Mapping[str, Mapping[date, float]]) -> str:
    """Return a row a day from the first to the day after the last, on which there is no more fire."""
    days = sorted({day for counts in by_day.values() for day in counts})
    length = (days[-1] - days[0]).days + 2
    if length > LONGEST_CALENDAR_DAYS:
        raise SiegeError(
            f"the events reach from {days[0]} to {days[-1]}; a run has at most {LONGEST_CALENDAR_DAYS} days"
        )
    lines = [",".join(["date", *by_day])]
    for number in range(length):
        day = days[0] + timedelta(days=number)
        lines.append(",".join([day.isoformat(), *(f"{counts.get(day, 0.0):.6g}" for counts in by_day.values())]))
    return "\n".join(lines) + "\n"


def strike_lines(by_day: Mapping[str, Mapping[date, float]], csv_name: str, source: str) -> str:
    """Return the lines of a scenario that read a calendar of fire."""
    lines = [
        f"# The fire of {source}, day by day: put these lines into a scenario in the folder of {csv_name}.",
        "# A recorded air strike counts as one sortie on the pocket. Records are incomplete: counts are "
        "minimum counts,",
        "# and both can be scaled.",
    ]
    if by_day[AIR]:
        lines += ["air_wings:", "  recorded: {weight: 1.0, share_on_pocket: 1.0}"]
    lines.append("processes:")
    if by_day[AIR]:
        lines.append(f"  sorties: {{per_day: {{csv: {csv_name}, date: date, value: {AIR}, before: 0}}}}")
    if by_day[SHELLS]:
        lines.append(f"  artillery: {{shells_per_day: {{csv: {csv_name}, date: date, value: {SHELLS}, before: 0}}}}")
    return "\n".join(lines) + "\n"


def write_record(file: str, out: Path, options: EventOptions, force: bool = False) -> list[str]:
    """Write patterns of a record: strikes a day, the dead and the captures of each period.

    Raises:
        SiegeError: the table cannot be read, or tells nothing that can be measured on a run.
    """
    if out.suffix not in (".yaml", ".yml"):
        raise SiegeError(f"{out}: a record is a YAML file; call it {out.stem or 'record'}.yaml")
    check_files([out], force)
    table = read_events(file)
    sited = sited_events(table.events, options.map_file, file)
    start = options.start or min(event.first for event, _ in sited.events) - timedelta(days=1)
    late = [(event, quarter) for event, quarter in sited.events if event.first > start]
    if not late:
        raise SiegeError(f"{file}: no event comes after {start}, day 0; give an earlier --start")
    topics = _topics(table, Sited(late, []), start, options)
    if not topics:
        raise SiegeError(f"{file}: tells of no strikes, no dead and no captures; nothing can be measured on a run")
    text = record_text(out.stem, short_name(file), start, max(event.last for event, _ in late), topics)
    _check_record(text, out)
    write_together({out: text}, force)
    patterns = sum(len(entries) for entries in topics.values())
    before = (
        [f"{len(sited.events) - len(late)} events come before day 0, {start}"] if len(late) < len(sited.events) else []
    )
    return [f"{patterns} patterns from {start} on", *before, *_unused(table), *sited.notes]


def _check_record(text: str, out: Path) -> None:
    document = parse_yaml(text, str(out))
    try:
        Record.model_validate(document.data)
    except ValidationError as error:
        raise ScenarioError(problem_lines(error, document)) from None


def _topics(table: EventTable, sited: Sited, start: date, options: EventOptions) -> dict[str, list[str]]:
    last = max(event.last for event, _ in sited.events)
    periods = []
    after = start
    while after < last:
        until = min(after + timedelta(days=options.every_days), last)
        periods.append((after, until))
        after = until
    source = f"{table.layout.name}: {short_name(table.file)}"
    topics = {
        "strikes": [line for span in periods for line in _strikes_of(sited, span, source, options.spread)],
        "deaths": [line for span in periods for line in _deaths_of(sited, span, source, options.spread)],
        "captures": _captures(sited, last, source),
    }
    return {name: entries for name, entries in topics.items() if entries}


def _within(events: Sequence[tuple[DatedEvent, str]], span: tuple[date, date]) -> list[DatedEvent]:
    return [event for event, _ in events if span[0] < event.first <= span[1]]


def _strikes_of(sited: Sited, span: tuple[date, date], source: str, spread: float) -> list[str]:
    total = sum(event.count for event in _within(sited.events, span) if event.kind == AIR)
    if not any(event.kind == AIR for event, _ in sited.events):
        return []
    rate = total / (span[1] - span[0]).days
    measure = f"{{kind: mean_per_day, outcomes: [heavy_impacts], after: {span[0]}, until: {span[1]}}}"
    title = f"Heavy impacts a day to {span[1]}"
    return [
        _entry(f"impacts_to_{span[1]}", title, measure, rate * (1 - spread), rate * (1 + spread), "impacts", source)
    ]


def _deaths_of(sited: Sited, span: tuple[date, date], source: str, spread: float) -> list[str]:
    killed = [event.killed for event in _within(sited.events, span)]
    if not any(event.killed[1] for event, _ in sited.events):
        return []
    low, best, high = (sum(bounds) for bounds in zip(*killed, strict=True)) if killed else (0.0, 0.0, 0.0)
    if low == high:
        low, high = best * (1 - spread), best * (1 + spread)
    measure = f"{{kind: increase, outcomes: [{', '.join(ALL_KILLED)}], after: {span[0]}, until: {span[1]}}}"
    note = "The source does not tell civilians from fighters, so all dead are added up."
    return [_entry(f"killed_to_{span[1]}", f"Killed to {span[1]}", measure, low, high, "persons", source, note)]


def _captures(sited: Sited, last: date, source: str) -> list[str]:
    taken: dict[str, date] = {}
    for event, quarter in sited.events:
        if event.kind == CAPTURE and quarter:
            taken[quarter] = min(event.first, taken.get(quarter, event.first))
    entries = []
    for number, (quarter, day) in enumerate(sorted(taken.items(), key=lambda one: (one[1], one[0])), 1):
        on = min(day + timedelta(days=DAYS_OF_GRACE), last)
        measure = f"{{kind: captured_by, quarters: [{_text(quarter)}], on: {on}}}"
        title = f"{quarter} captured by {on}"
        entries.append(_entry(f"capture_{number}", title, measure, 1.0, 1.0, "quarters", source))
    return entries


def _entry(name: str, title: str, measure: str, low: float, high: float, unit: str, source: str, note: str = "") -> str:
    lines = [
        f"      {name.replace('-', '_')}:",
        f"        title: {_text(title)}",
        f"        measure: {measure}",
        f"        low: {low:.6g}",
        f"        high: {high:.6g}",
        f"        unit: {unit}",
        f"        source: {_text(source)}",
        "        confidence: derived",
    ]
    return "\n".join([*lines, *([f"        note: {_text(note)}"] if note else [])])


def _text(words: str) -> str:
    import json

    return json.dumps(words, ensure_ascii=False)


TOPIC_TITLES = {"strikes": "Heavy strikes", "deaths": "Deaths by violence", "captures": "Quarters captured"}


def record_text(stem: str, source: str, start: date, until: date, topics: Mapping[str, Sequence[str]]) -> str:
    """Return a record as YAML."""
    name = "".join(c if c.isascii() and c.isalnum() else "_" for c in stem.lower()).strip("_") or "record"
    lines = [
        f"# A record made from {source} by `siege-sim events`. Counts of events are minimum counts, and the "
        "ranges around",
        "# them are assumed where the source gives none: read the entries, correct them, and add what else is known.",
        f"name: {name}",
        f"title: {_text(f'The record of {source}')}",
        f"summary: {_text(f'Dated events of {source}, added up by period.')}",
        f"start: {start}",
        f"until: {until}",
        "topics:",
    ]
    for topic, entries in topics.items():
        lines += [f"  {topic}:", f"    title: {TOPIC_TITLES[topic]}", "    patterns:", *entries]
    return "\n".join(lines) + "\n"
