"""Tables of dated events: which column says what, in the project's own words and in those of ACLED and UCDP GED."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from siege_sim.errors import SiegeError, did_you_mean
from siege_sim.mapping.holders import read_csv_rows

AIR, SHELLS, CAPTURE = "air_strikes", "shells", "captures"

STRIKES = (AIR, SHELLS)
"""Events that are fire on the pocket."""

EVENT_WORDS = {
    AIR: ("air/drone strike", "air strike", "airstrike", "bombing", "barrel bomb", "air raid", "drone strike"),
    SHELLS: ("shelling/artillery/missile attack", "shelling", "artillery", "mortar", "rocket", "missile"),
    CAPTURE: (
        "capture", "captured", "government regains territory", "non-state actor overtakes territory",
        "change of control", "territory taken",
    ),
}  # fmt: skip
"""By what a table of events is used for: the words that sources have for such an event."""

MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


@dataclass(frozen=True)
class TableFormat:
    """Which column of a table says what; empty where it has none.

    Attributes:
        name: what messages call it.
        signs: columns by which a table of this kind is known.
    """

    name: str
    signs: tuple[str, ...]
    date: str = "date"
    until: str = ""
    kind: str = "kind"
    count: str = "count"
    quarter: str = "quarter"
    killed: str = "killed"
    low: str = ""
    high: str = ""


FORMATS = (
    TableFormat("ACLED", ("event_date", "sub_event_type"), "event_date", "", "sub_event_type", "", "", "fatalities"),
    TableFormat(
        "UCDP GED", ("date_start", "type_of_violence"), "date_start", "date_end", "", "", "", "best", "low", "high"
    ),
    TableFormat("a table of events", ("date",)),
)


@dataclass(frozen=True)
class DatedEvent:
    """An event as a table has it.

    Attributes:
        line: where it stands in the file.
        first: its first day.
        last: its last day; most events have one day.
        kind: one of `EVENT_WORDS`; empty for any other.
        count: how many impacts, shells or captures it stands for.
        killed: the dead, as the source counts them, with the source's own bounds.
        place: latitude and longitude, if the table has them.
        quarter: the name of a quarter, if the table has it.
    """

    line: int
    first: date
    last: date
    kind: str
    count: float
    killed: tuple[float, float, float]
    place: tuple[float, float] | None
    quarter: str


@dataclass
class EventTable:
    """The events of a file.

    Attributes:
        file: what messages call it.
        layout: which columns it has.
        events: in the order of the file.
        unknown: words for kinds that nothing is made of, and how often they stand there.
    """

    file: str
    layout: TableFormat
    events: list[DatedEvent] = field(default_factory=list)
    unknown: dict[str, int] = field(default_factory=dict)

    @property
    def first(self) -> date:
        """The first day of all events."""
        return min(event.first for event in self.events)

    @property
    def last(self) -> date:
        """The last day of all events."""
        return max(event.last for event in self.events)


def read_events(file: str) -> EventTable:
    """Read a table of dated events.

    Raises:
        SiegeError: names file, line and way out for the first thing that is wrong.
    """
    columns, rows = read_csv_rows(file, "a table of events")
    layout = next((one for one in FORMATS if set(one.signs) <= set(columns)), None)
    if layout is None:
        raise SiegeError(
            f"{file}:1: has no column 'date'{did_you_mean('date', columns)}; a table of events has the "
            "columns date, kind, "
            "count, and latitude and longitude or quarter; those of ACLED and UCDP GED are known too"
        )
    table = EventTable(file, layout)
    for line, row in rows:
        table.events.append(_event(table, line, row))
    return table


def _event(table: EventTable, line: int, row: dict[str, str]) -> DatedEvent:
    layout, where = table.layout, f"{table.file}:{line}"
    first = _date(row.get(layout.date, ""), where)
    last = _date(row[layout.until], where) if row.get(layout.until) else first
    if last < first:
        raise SiegeError(f"{where}: ends on {last}, before it begins on {first}; correct one of the dates")
    word = row.get(layout.kind, "")
    kind = event_kind(word)
    if not kind:
        shown = word or "(no kind)"
        table.unknown[shown] = table.unknown.get(shown, 0) + 1
    killed = _number(row, layout.killed, 0.0, where)
    bounds = (_number(row, layout.low, killed, where), killed, _number(row, layout.high, killed, where))
    count = _number(row, layout.count, 1.0, where)
    return DatedEvent(line, first, last, kind, count, bounds, _place(row, where), row.get(layout.quarter, ""))


def event_kind(word: str) -> str:
    """Return what an event of a kind is used for; empty when nothing is made of it."""
    plain = " ".join(word.lower().replace("_", " ").replace("-", " ").split())
    for kind, words in EVENT_WORDS.items():
        known = [one.replace("-", " ") for one in words]
        if plain in (kind.replace("_", " "), *known, *(f"{one}s" for one in known)):
            return kind
    return ""


def _date(text: str, where: str) -> date:
    for form in ("%Y-%m-%d", "%Y/%m/%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    words = re.fullmatch(r"(\d{1,2}) ([A-Za-z]+) (\d{4})", text)
    if words:
        month = next((number for number, name in enumerate(MONTH_NAMES, 1) if name.startswith(words[2].lower()[:3])), 0)
        try:
            return date(int(words[3]), month, int(words[1]))
        except ValueError:
            pass
    raise SiegeError(f"{where}: '{text}' is not a date; write it as 2016-09-22 or 22 September 2016")


def _number(row: dict[str, str], column: str, usual: float, where: str) -> float:
    text = row.get(column, "") if column else ""
    if not text:
        return usual
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0.0 <= value < 1e9:
        raise SiegeError(f"{where}: {column}: '{text}' is not a number of at least 0")
    return value


def _place(row: dict[str, str], where: str) -> tuple[float, float] | None:
    texts = [row.get(name, "") for name in ("latitude", "longitude")]
    if not all(texts):
        return None
    try:
        latitude, longitude = (float(text) for text in texts)
    except ValueError:
        latitude = longitude = 999.0
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise SiegeError(f"{where}: latitude and longitude '{texts[0]}, {texts[1]}' are not degrees")
    return latitude, longitude


def counted_words(words: dict[str, int], most: int = 6) -> str:
    """Return words with how often they stand somewhere, the most frequent first."""
    ordered: Sequence[tuple[str, int]] = sorted(words.items(), key=lambda one: (-one[1], one[0]))
    return ", ".join(f"{word} ({count})" for word, count in ordered[:most]) + (", ..." if len(ordered) > most else "")


def short_name(file: str) -> str:
    """Return a file's name without its folder."""
    return Path(file).name
