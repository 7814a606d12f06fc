"""Why something happened in a run: the chain of events that led to it. Reads results only.

Every event of a run may name the earlier event that brought it about. The chain is walked back from the result to an
event that names none, and given forwards. It describes the run, not history.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

from siege_sim.errors import ResultError, did_you_mean
from siege_sim.results.calendar import MONTHS
from siege_sim.results.endings import HOLDING, ending_texts
from siege_sim.results.numbers import amount, percent

if TYPE_CHECKING:
    from siege_sim.schema.sides import Sides

CAUSES = {
    "enveloped": "{besieger} held more than half of the ground around",
    "cut off from the main body": "there was no way left to the main body of the pocket",
    "a neighbouring position was given up": "a neighbouring position had been given up the same day",
    "others nearby had left": "others nearby had left, and the news of it spread",
    "its defenders had lost too many": "its defenders had lost a decisive share of their strength",
    "local assault": "it was under direct assault",
    "cleared by an assault": "an assault cleared it",
    "left by order of its command": "the garrison's command had ordered its fighters to leave it",
    "left by agreement": "the group that held it had left by agreement",
    "air strike": "it was hit from the air",
    "ground was lost": "the ground was lost",
    "no way out": "there was no way out",
    "a dated action of the scenario": "the scenario sets this date",
    "sent by allies": "the scenario sets this date",
    "to break the siege": "the scenario sets this date",
}
"""Causes as the model notes them, and as sentences end with them; others are given as they are."""

EVENT_COLUMNS = ("event", "day", "date", "kind", "where", "what", "cause", "because", "facility")
"""What a table of events must have to be followed."""

FINAL_ENDS = ("_destroyed", "_empty", "_fell")
ENDS = ("_lost", *FINAL_ENDS)
"""How the kinds of event end that put a facility out of service or a stock to its end; a loss can be repaired."""

FOOD_GONE = tuple(f"{kind}_{end}" for kind in ("market", "warehouse") for end in ("hit", "lost", "destroyed", "fell"))
"""Kinds of event whose amount is food that burnt, or was lost with the ground."""

MOST_BEFORE = 6
"""How many earlier events of a place an answer names, the latest ones."""

EXPLANATION_NOTE = (
    "Each step follows from the one before it, which caused it or made it possible. Where several causes came "
    "together, the chain follows the first that applies: being left by agreement or by order, being cut off, being "
    "enveloped, the withdrawal of neighbours, "
    "an assault; of several events it follows the newest. Other causes contributed too. This is one run of a model, "
    "not a record."
)
"""How the chain was chosen."""


@dataclass(frozen=True)
class Step:
    """One event of a chain.

    Attributes:
        events: the numbers of the events in this step; several where a loss went on in the same quarter.
        day: the day of the last of them.
        date: its date, ISO.
        kind: what happened.
        where: a quarter, or empty.
        text: the sentence.
    """

    events: tuple[int, ...]
    day: int
    date: str
    kind: str
    where: str
    text: str


@dataclass(frozen=True)
class Explanation:
    """Why something happened.

    Attributes:
        headline: a sentence that names it.
        steps: from the root to it.
        also: what else bears on it, sentence by sentence, although the chain does not go through it.
    """

    headline: str
    steps: tuple[Step, ...]
    also: tuple[str, ...] = ()

    @property
    def sentences(self) -> list[str]:
        """The headline, the numbered steps, what else bears on it, and how the chain was chosen."""
        numbered = [f"{number}. {step.text}" for number, step in enumerate(self.steps, 1)]
        also = ["Before that:", *(f"- {sentence}" for sentence in self.also)] if self.also else []
        return [self.headline, *numbered, *also, *([EXPLANATION_NOTE] if numbered else [])]

    def as_data(self) -> dict[str, Any]:
        """Return the answer as plain data, for JSON."""
        return {
            "headline": self.headline,
            "steps": [asdict(step) for step in self.steps],
            "also": list(self.also),
            "note": EXPLANATION_NOTE,
        }


class EventsError(ResultError):
    """A table of events that cannot be followed."""


class ExplainableRun(Protocol):
    """What a chain is read from: the result of a run."""

    @property
    def sides(self) -> Sides:
        """Who held ground."""

    @property
    def summary(self) -> Mapping[str, Any]:
        """How the run ended."""

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What was run."""

    @property
    def series(self) -> pd.DataFrame:
        """A row a day."""

    @property
    def quarters(self) -> pd.DataFrame:
        """A row a quarter."""

    @property
    def events(self) -> pd.DataFrame:
        """A row an event."""


def explain(result: ExplainableRun, quarter: str | None = None, stock: str | None = None) -> Explanation:
    """Return the chain that led to a quarter's fall, to a stock's or facility's end, or else to the end of the siege.

    Raises:
        ResultError: when both are asked for, the quarter or stock is not known, or the events cannot be followed.
    """
    if quarter is not None and stock is not None:
        raise ResultError("ask for a quarter or for a stock, not for both")
    explainer = _Explainer(result)
    if quarter is not None:
        return explainer.of_quarter(quarter)
    return explainer.of_ending() if stock is None else explainer.of_facility(stock)


def chain(events: pd.DataFrame, last: int) -> list[int]:
    """Return the numbers of the events that led to event ``last``, from the root to it.

    Raises:
        EventsError: when a column is missing, or an event names as its cause one that is not earlier.
    """
    causes = causes_of(events)
    numbers = [last]
    while (earlier := causes[numbers[-1]]) is not None:
        numbers.append(earlier)
    return numbers[::-1]


def causes_of(events: pd.DataFrame) -> list[int | None]:
    """Return each event's cause.

    Raises:
        EventsError: when a column is missing, or an event names as its cause one that is not earlier.
    """
    missing = [name for name in EVENT_COLUMNS if name not in events]
    if missing:
        raise EventsError(
            f"no column {' or '.join(repr(name) for name in missing)}: written by an older version of siege_sim; "
            "run it again to ask why"
        )
    causes: list[int | None] = []
    for number, (event, because) in enumerate(zip(events["event"], events["because"], strict=True)):
        if event != number:
            raise EventsError(f"row {number + 2}: event {event} stands where {number} should; run it again")
        cause = None if pd.isna(because) else int(because)
        if cause is not None and not 0 <= cause < number:
            raise EventsError(f"row {number + 2}: event {number} cannot come of event {cause}; run it again")
        causes.append(cause)
    return causes


class _Explainer:
    """Explains what happened in one run."""

    def __init__(self, result: ExplainableRun) -> None:
        self._result = result
        self._sides = result.sides
        self._events = result.events
        causes_of(self._events)
        self._rows: list[Mapping[str, Any]] = self._events.to_dict("records")  # type: ignore[assignment]
        self._last_day = int(result.series["day"].iloc[-1])
        self._dates = [str(day) for day in result.series["date"]]

    def of_quarter(self, name: str) -> Explanation:
        table = self._result.quarters.set_index("quarter")
        name = as_known_name(name, table.index)
        if name not in table.index:
            raise ResultError(f"no quarter '{name}' in this run{_suggest(name, table.index)}")
        row = table.loc[name]
        if row["garrison_cells_on_day_0"] == 0:
            return Explanation(f"{name} was not held by {self._sides.garrison.the} on day 0, so it could not fall.", ())
        fell = self._newest(name, "quarter_lost")
        if fell is not None and row["garrison_cells_at_end"] == 0 and self._newest(name, "cell_retaken", fell) is None:
            first = self._first_loss(name)
            began = f", after ground there was first lost {self._on(first)}" if first is not None else ""
            return Explanation(f"Why all of {name} was lost {self._on(fell)}{began}:", self._steps(fell))
        if row["garrison_cells_at_end"] == 0:
            return self._handed_over(name)
        held = f"{row['garrison_cells_at_end']} of its {row['garrison_cells_on_day_0']} cells"
        headline = (
            f"{name} did not fall in this run: {self._sides.garrison.the} held {held} {self._when(self._last_day)}."
        )
        return self._still_held(headline, name)

    def of_facility(self, name: str) -> Explanation:
        known = [str(facility["name"]) for facility in self._result.manifest["city"].get("facilities", [])]
        name = as_known_name(name, known)
        if name not in known:
            raise ResultError(f"no stock or facility '{name}' in this run{_suggest(name, known)}")
        mine = [row for row in self._rows if row["facility"] == name]
        ends = [int(row["event"]) for row in mine if str(row["kind"]).endswith(ENDS)]
        subject = name[:1].upper() + name[1:]
        if not ends:
            return Explanation(f"{subject} was never out of service, empty or lost before the run ended.", ())
        last = max((end for end in ends if str(self._rows[end]["kind"]).endswith(FINAL_ENDS)), default=ends[-1])
        reopened = [int(row["event"]) for row in mine if str(row["kind"]).endswith("_reopened") and row["event"] > last]
        headline = f"What led to this {self._on(last)}: {self._rows[last]['what']}."
        if reopened:
            headline = f"{subject} was repaired and worked again from {self._day(reopened[0])}. Why it was out before:"
        return Explanation(headline, self._steps(last), tuple(self._before(name, last)))

    def _before(self, name: str, last: int) -> Iterator[str]:
        """Yield what had happened to a place before its end, and to the food of the pocket if it ran empty."""
        told = set(chain(self._events, last))
        mine = [row for row in self._rows[:last] if row["facility"] == name and row["event"] not in told]
        if len(mine) > MOST_BEFORE:
            yield f"{len(mine) - MOST_BEFORE} events before those named here."
        for row in mine[-MOST_BEFORE:]:
            yield f"{self._span([row])}: {row['what']}; {_why(row, None, self._sides)}."
        if str(self._rows[last]["kind"]).endswith("_empty"):
            yield self._food_of_the_pocket(last)

    def _food_of_the_pocket(self, last: int) -> str:
        """Return where the food in stores and markets had gone, as far as events say."""
        rows = self._rows[:last]
        gone = [row for row in rows if str(row["kind"]).endswith(FOOD_GONE) and float(row["amount"]) > 0.0]
        brought = [row for row in rows if row["kind"] == "aid_convoy"]
        stock = amount(float(self._result.series["food_stock_kcal"].iloc[0]), "kcal")
        lost = amount(sum(float(row["amount"]) for row in gone), "kcal")
        came = amount(sum(float(row["amount"]) for row in brought), "kcal")
        events = f"{len(gone)} event{'s' * (len(gone) != 1)}"
        convoys = f"; {len(brought)} convoy{'s' * (len(brought) != 1)} had brought {came} kcal" if brought else ""
        return (
            f"Of the {stock} kcal in all stores and markets on day 0, {lost} kcal had burnt or been lost with the "
            f"ground ({events}){convoys}. The rest had been handed out or sold."
        )

    def of_ending(self) -> Explanation:
        ending = str(self._result.summary["ending"])
        ends = [int(row["event"]) for row in self._rows if row["kind"] == ending]
        if ends:
            how = ending_texts(ending).clause
            return Explanation(f"Why the siege ended {self._on(ends[-1])}, {how}:", self._steps(ends[-1]))
        if ending != HOLDING:
            return Explanation(f"The siege ended ({ending.replace('_', ' ')}), but no event of the run says why.", ())
        share = float(self._result.series["garrison_area_share"].iloc[-1])
        headline = (
            f"Nothing ended the siege in this run: {self._when(self._last_day)} {self._sides.garrison.the} still held "
            f"{percent(share)} of the ground of day 0."
        )
        lost = [int(row["event"]) for row in self._rows if row["kind"] == "ground_lost"]
        return (
            Explanation(f"{headline} Why ground was lost last:", self._steps(lost[-1]))
            if lost
            else Explanation(headline, ())
        )

    def _handed_over(self, name: str) -> Explanation:
        """Explain a quarter that was held until the siege ended."""
        whole, first = self.of_ending(), self._first_loss(name)
        since = "" if first is None else f" (ground there was first lost {self._on(first)})"
        return Explanation(f"{name} was held until the end{since} and handed over then. {whole.headline}", whole.steps)

    def _still_held(self, headline: str, name: str) -> Explanation:
        first, last = self._first_loss(name), self._newest(name, "ground_lost")
        if first is None or last is None:
            return Explanation(f"{headline} No ground was lost there.", ())
        lost = f"Ground there was first lost {self._on(first)}. Why it was lost last, {self._on(last)}:"
        return Explanation(f"{headline} {lost}", self._steps(last))

    def _first_loss(self, name: str) -> int | None:
        losses = (row for row in self._rows if row["kind"] == "ground_lost" and row["where"] == name)
        return next((int(row["event"]) for row in losses), None)

    def _newest(self, where: str, kind: str, after: int = -1) -> int | None:
        mine = (int(row["event"]) for row in self._rows if row["kind"] == kind and row["where"] == where)
        return max((number for number in mine if number > after), default=None)

    def _steps(self, last: int) -> tuple[Step, ...]:
        groups = _together([self._rows[number] for number in chain(self._events, last)])
        return tuple(self._step(group, before) for group, before in zip(groups, [None, *groups], strict=False))

    def _step(self, rows: list[Mapping[str, Any]], before: list[Mapping[str, Any]] | None) -> Step:
        row = rows[-1]
        day = int(row["day"])
        text = f"{self._span(rows)}: {_what(rows)}; {_why(rows[0], before[-1] if before else None, self._sides)}."
        numbers = tuple(int(event["event"]) for event in rows)
        return Step(numbers, day, str(row["date"]), str(row["kind"]), str(row["where"]), text)

    def _span(self, rows: list[Mapping[str, Any]]) -> str:
        first, last = int(rows[0]["day"]), int(rows[-1]["day"])
        if first == last:
            return _capital(self._day_words(last))
        return f"Days {first} to {last} ({_short(self._dates[first])} to {_short(self._dates[last])})"

    def _day(self, event: int) -> str:
        return self._day_words(int(self._rows[event]["day"]))

    def _on(self, event: int) -> str:
        return f"on {self._day(event)}"

    def _when(self, day: int) -> str:
        return f"on {self._day_words(day)}"

    def _day_words(self, day: int) -> str:
        return f"day {day} ({_short(self._dates[day])})"


def _together(rows: list[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Put losses that follow each other in one quarter for one cause together, with the fall of the quarter."""
    groups: list[list[Mapping[str, Any]]] = []
    for row in rows:
        goes_on = bool(groups) and groups[-1][-1]["kind"] == "ground_lost" and groups[-1][-1]["where"] == row["where"]
        same = goes_on and row["kind"] == "ground_lost" and groups[-1][-1]["cause"] == row["cause"]
        if same or (goes_on and row["kind"] == "quarter_lost"):
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _what(rows: list[Mapping[str, Any]]) -> str:
    losses = [row for row in rows if row["kind"] == "ground_lost"]
    if not losses:
        return str(rows[-1]["what"])
    cells = int(sum(float(row["amount"]) for row in losses))
    several = f"{cells} cells of {rows[-1]['where']} were lost, one after another"
    text = str(losses[0]["what"]) if len(losses) == 1 else several
    return f"{text}, the last of it" if rows[-1]["kind"] == "quarter_lost" else text


def _why(row: Mapping[str, Any], before: Mapping[str, Any] | None, sides: Sides) -> str:
    """Return an event's cause in words, with the place or the time that the step before it gives."""
    cause = str(row["cause"])
    words = sides.fill(CAUSES[cause]) if cause in CAUSES else cause
    if before is None:
        return words
    days = int(row["day"]) - int(before["day"])
    if str(before["kind"]).startswith("assault_") and row["kind"] == "ground_lost":
        return f"{words}, {_after(days)} of that assault"
    if before["kind"] == "ceasefire_ended" and cause == "air strike":
        return f"{words}, {_after(days)} with strikes going on again"
    return words


def _after(days: int) -> str:
    return "on the first day" if days == 0 else f"after {days} day{'s' * (days > 1)}"


def _short(day: str) -> str:
    when = date.fromisoformat(day)
    return f"{when.day} {MONTHS[when.month - 1][:3]} {when.year}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def as_known_name(name: str, known: Iterable[str]) -> str:
    """Return a name as it is written among those known, whatever its capitals."""
    return next((one for one in known if one.casefold() == name.casefold()), name)


def _suggest(name: str, known: Iterable[str]) -> str:
    """Return the nearest known name, and all of them."""
    names = sorted(set(known))
    near = did_you_mean(name, names)
    return f"{near if 'did you mean' in near else ''}; known here: {', '.join(names) or 'none'}"
