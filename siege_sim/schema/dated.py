"""Fields of a block that take a number or a word, or a series of them by date.

A plain number stays a plain number, here and in every file that is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from operator import ge, gt, le, lt
from sys import float_info
from typing import TYPE_CHECKING, Any

from pydantic import Field
from pydantic_core import core_schema

from siege_sim.schema.block import Problem, as_pydantic_error, param
from siege_sim.schema.series import (
    BEFORE,
    CSV_KEYS,
    DATE_KEY,
    MOST_STEPS,
    NUMBER_KEY,
    Series,
    day_of_key,
    not_a_day,
)
from siege_sim.schema.values import as_written, way_out

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

BOUNDS: Mapping[str, tuple[Callable[[Any, Any], bool], str, str]] = {
    "ge": (ge, "must be at least", "minimum"),
    "gt": (gt, "must be above", "exclusiveMinimum"),
    "le": (le, "must be at most", "maximum"),
    "lt": (lt, "must be below", "exclusiveMaximum"),
}
"""Each kind of bound: when a value keeps it, what messages say of it, and its word in a JSON schema."""

MOST_PROBLEMS = 10
"""How many wrong lines of a series are named; a table with the wrong column would name every one."""


class DatedReader:
    """Reads for pydantic what a field that may be a series takes; a kind for numbers and one for words."""

    optional: bool = False
    """Whether nothing may be given in place of a value or a series."""

    def one(self, value: Any) -> tuple[Any, str]:
        """Return a single value as it is stored, and what is wrong with it, if something is."""
        raise NotImplementedError

    @property
    def json_type(self) -> dict[str, Any]:
        """What a JSON schema says of a single value."""
        raise NotImplementedError

    def read(self, given: Any) -> Any:
        """Return a value or a series from what a scenario gives."""
        if isinstance(given, Series):
            given = given.data
        if given is None and self.optional:
            return None
        if not isinstance(given, Mapping):
            value, wrong = self.one(given)
            if wrong:
                raise as_pydantic_error([((), wrong)])
            return value
        return self._series(given)

    def _series(self, given: Mapping[Any, Any]) -> Series[Any]:
        if "csv" in given:
            raise as_pydantic_error([_problem_of_table(given)])
        steps: dict[int | date, Any] = {}
        found: list[Problem] = []
        before = None
        for key, one in given.items():
            value, wrong = self.one(one)
            day = day_of_key(key)
            if key == BEFORE:
                before = value
            elif day is None or day in steps:
                wrong = _problem_of_key(key, day)
            else:
                steps[day] = value
            found += [((key,), wrong)] if wrong else []
        if not steps and not found:
            found = [((), "a series needs at least one line 'date: value', such as 2016-09-22: 40")]
        if len(steps) > MOST_STEPS:
            found = [((), f"a series has at most {MOST_STEPS:,} dates")]
        if found:
            raise as_pydantic_error(found[:MOST_PROBLEMS])
        return Series(steps, before)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.read,
            serialization=core_schema.plain_serializer_function_ser_schema(_plain),
        )

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        one = self.json_type
        nothing = [{"type": "null"}] if self.optional else []
        by_date = {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": f"^({BEFORE}|{NUMBER_KEY}|{DATE_KEY})$"},
            "additionalProperties": one,
        }
        table = {
            "type": "object",
            "properties": {**{name: {"type": "string"} for name in ("csv", "date", "value")}, BEFORE: one},
            "required": ["csv"],
            "additionalProperties": False,
        }
        return {"anyOf": [one, by_date, table, *nothing]}


def _problem_of_key(key: Any, day: int | date | None) -> str:
    if day is not None:
        return f"day {day} is there twice; keep one" if isinstance(day, int) else f"{day} is there twice; keep one"
    return not_a_day(key, f"the number of a day, or '{BEFORE}'")


def _problem_of_table(given: Mapping[Any, Any]) -> Problem:
    """Return what is wrong with a table's name that is left when a scenario has been loaded."""
    for key in given:
        if key not in CSV_KEYS:
            return (key,), f"unknown key '{key}' beside csv; known are {', '.join(sorted(CSV_KEYS))}"
    if not isinstance(given["csv"], str):
        return ("csv",), f"{as_written(given['csv'])} is not the name of a file"
    return ("csv",), "tables are read when a scenario file is loaded; write the values by date here"


def _plain(value: Any) -> Any:
    return value.data if isinstance(value, Series) else value


@dataclass(frozen=True)
class DatedNumbers(DatedReader):
    """Numbers within bounds; ``optional`` when there may be none.

    Attributes:
        ge: smallest permitted value.
        gt: a bound that must be exceeded.
        le: largest permitted value.
        lt: a bound that must not be reached.
        optional: whether nothing may be given.
    """

    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    lt: float | None = None
    optional: bool = False

    @property
    def json_type(self) -> dict[str, Any]:
        """What a JSON schema says of a single value."""
        return {"type": "number", **{BOUNDS[name][2]: bound for name, bound in self._bounds()}}

    def _bounds(self) -> Iterator[tuple[str, float]]:
        for name in BOUNDS:
            if (bound := getattr(self, name)) is not None:
                yield name, bound

    def one(self, value: Any) -> tuple[Any, str]:
        """Return the number, and what is wrong with it, if something is."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None, f"{as_written(value)} is not a number{way_out(value, ['a number'])}"
        if not -float_info.max <= value <= float_info.max:
            return None, f"{as_written(value)} is not a finite number"
        for name, bound in self._bounds():
            keeps, words, _ = BOUNDS[name]
            if not keeps(value, bound):
                return None, f"{as_written(value)} is out of range; it {words} {bound:g}"
        return float(value), ""


@dataclass(frozen=True)
class DatedWords(DatedReader):
    """Words out of a closed set.

    Attributes:
        words: the words.
    """

    words: tuple[str, ...]

    @property
    def json_type(self) -> dict[str, Any]:
        """What a JSON schema says of one word."""
        return {"enum": list(self.words)}

    def one(self, value: Any) -> tuple[Any, str]:
        """Return the word, and what is wrong with it, if something is."""
        if value in self.words:
            return value, ""
        return None, f"{as_written(value)} is not one of {', '.join(self.words)}{_hint(value, self.words)}"


@dataclass(frozen=True)
class DatedNames(DatedReader):
    """Names that a scenario gives to something, such as a sector of its map; who uses them checks that they exist."""

    @property
    def json_type(self) -> dict[str, Any]:
        """What a JSON schema says of one name."""
        return {"type": "string"}

    def one(self, value: Any) -> tuple[Any, str]:
        """Return the name, and what is wrong with it, if something is."""
        return (value, "") if isinstance(value, str) else (None, f"{as_written(value)} is not a name")


def _hint(value: Any, words: Sequence[str]) -> str:
    near = get_close_matches(str(value), words, n=1)
    return f"; did you mean '{near[0]}'?" if near else ""


DatedNumber = float | Series[float]
"""A number, or numbers by date; declared with `dated`."""


def dated(
    default: Any = ...,
    *,
    unit: str,
    plausible: tuple[float, float] | None = None,
    source: str = "assumed",
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    lt: float | None = None,
) -> Any:
    """Declare a numeric field that may be a series; arguments as for `param`, and the bounds hold on every day.

    With the default None the field may be left out.
    """
    field = param(default, unit=unit, plausible=plausible, source=source)
    field.metadata = [DatedNumbers(ge, gt, le, lt, optional=default is None)]
    return field


def dated_share(default: Any = ..., *, plausible: tuple[float, float] | None = None, source: str = "assumed") -> Any:
    """Declare a share or probability that may be a series."""
    return dated(default, unit="share", plausible=plausible, source=source, ge=0.0, le=1.0)


def dated_word(default: str, words: Sequence[str]) -> Any:
    """Declare a field that is one of some words, or a series of them."""
    field: Any = Field(default)
    field.metadata = [DatedWords(tuple(words))]
    return field


def dated_name(default: str = "") -> Any:
    """Declare a field that is a name of the scenario's choosing, or a series of names."""
    field: Any = Field(default)
    field.metadata = [DatedNames()]
    return field


def reader_of(field: FieldInfo) -> DatedReader | None:
    """Return how a field that may be a series reads its values; None for any other field."""
    return next((rule for rule in field.metadata if isinstance(rule, DatedReader)), None)
