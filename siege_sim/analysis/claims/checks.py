"""The language of checks, such as ``median(days_to_half) - baseline > 10``: from text to a tree.

A check compares statistics over runs. Within a statistic stand outcomes, which have a value in every run; within what
reads a run's days stand outcomes by day. The whole grammar::

    check      = term {"or" term};  term = factor {"and" factor};  factor = ["not"] comparison
    comparison = sum [("<" | "<=" | ">" | ">=" | "==" | "!=") sum | "between" sum "and" sum]
    sum        = product {("+" | "-") product};  product = part {("*" | "/") part};  part = ["-"] atom
    atom       = number ["%"] | function "(" check {"," check} ["where" check] ")" | "(" check ")" | outcome
    outcome    = [scenario "."] name {"." name} ["@" (date | day | name)]

A name has points in it where it is that of a sweep's factor which is called like its key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from siege_sim.errors import ResultError

COMPARISONS = ("<=", ">=", "==", "!=", "<", ">")

RESERVED_WORDS = ("and", "or", "not", "between", "where")
"""Words with a meaning of their own, which name no outcome."""

_TOKEN = re.compile(
    r"\s*(?:(?P<date>\d{4}-\d{2}-\d{2})|(?P<number>\d[\d_]*\.?\d*(?:[eE][-+]?\d+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign><=|>=|==|!=|[-+*/()<>,.@%]))"
)

DEEPEST_CHECK = 40
LONGEST_CHECK = 200


@dataclass(frozen=True)
class Number:
    """A number that stands in a check."""

    value: float


@dataclass(frozen=True)
class OutcomeName:
    """An outcome, or the word ``baseline`` alone.

    Attributes:
        name: of the outcome.
        scenario: whose; the claim's own where nothing is said.
        on: the day: a date, a number, or another outcome that gives it; None for the whole run or every day.
    """

    name: str
    scenario: str | None = None
    on: date | int | OutcomeName | None = None


@dataclass(frozen=True)
class Call:
    """A function of something, of the runs in which a condition is true if there is one."""

    function: str
    arguments: tuple[Node, ...]
    where: Node | None = None


@dataclass(frozen=True)
class Operation:
    """Two things put together by a sign, or by ``and`` or ``or``; one thing with ``not``."""

    sign: str
    parts: tuple[Node, ...]


Node = Number | OutcomeName | Call | Operation


def parse_check(text: str) -> Node:
    """Return a check as a tree.

    Raises:
        ResultError: it does not follow the grammar; says where, and what could stand there.
    """
    return _Parser(text).whole()


def names_in(node: Node) -> Iterator[OutcomeName]:
    """Yield every name in a check, days that are given by outcomes too."""
    if isinstance(node, OutcomeName):
        yield node
        if isinstance(node.on, OutcomeName):
            yield OutcomeName(node.on.name, node.scenario)
    elif isinstance(node, Call):
        for part in (*node.arguments, *([] if node.where is None else [node.where])):
            yield from names_in(part)
    elif isinstance(node, Operation):
        for part in node.parts:
            yield from names_in(part)


def with_names(node: Node, change: Callable[[OutcomeName], OutcomeName]) -> Node:
    """Return a check with every name in it changed; days that outcomes give are left as they are."""
    if isinstance(node, OutcomeName):
        return change(node)
    if isinstance(node, Call):
        parts = tuple(with_names(part, change) for part in node.arguments)
        return Call(node.function, parts, None if node.where is None else with_names(node.where, change))
    if isinstance(node, Operation):
        return Operation(node.sign, tuple(with_names(part, change) for part in node.parts))
    return node


class _Parser:
    """Reads a check from left to right, one token ahead."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(_tokens(text))
        if len(self.tokens) > LONGEST_CHECK:
            raise ResultError(f"'{text[:60]} ...': more than {LONGEST_CHECK} words and signs; make several claims")
        self.place = 0
        self.depth = 0

    def whole(self) -> Node:
        node = self.either()
        if self.place < len(self.tokens):
            raise self.wrong("and, or, or the end")
        return node

    def either(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST_CHECK:
            raise ResultError(f"'{self.text[:60]} ...': more than {DEEPEST_CHECK} brackets in one another")
        node = self.both()
        while self.take("or"):
            node = Operation("or", (node, self.both()))
        self.depth -= 1
        return node

    def both(self) -> Node:
        node = self.denied()
        while self.take("and"):
            node = Operation("and", (node, self.denied()))
        return node

    def denied(self) -> Node:
        return Operation("not", (self.denied(),)) if self.take("not") else self.comparison()

    def comparison(self) -> Node:
        node = self.sum()
        for sign in COMPARISONS:
            if self.take(sign):
                return Operation(sign, (node, self.sum()))
        if self.take("between"):
            low = self.sum()
            self.need("and")
            return Operation("between", (node, low, self.sum()))
        return node

    def sum(self) -> Node:
        node = self.product()
        while sign := self.take("+", "-"):
            node = Operation(sign, (node, self.product()))
        return node

    def product(self) -> Node:
        node = self.part()
        while sign := self.take("*", "/"):
            node = Operation(sign, (node, self.part()))
        return node

    def part(self) -> Node:
        if self.take("-"):
            return Operation("-", (Number(0.0), self.part()))
        if self.take("("):
            node = self.either()
            self.need(")")
            return node
        if number := self.take_kind("number"):
            value = float(number.replace("_", ""))
            return Number(value / 100.0) if self.take("%") else Number(value)
        return self.named()

    def named(self) -> Node:
        name = self.take_kind("name")
        if not name or name in RESERVED_WORDS:
            self.place -= 1 if name else 0
            raise self.wrong("a number, an outcome or a function")
        if self.take("("):
            arguments = [self.either()]
            while self.take(","):
                arguments.append(self.either())
            where = self.either() if self.take("where") else None
            self.need(")")
            return Call(name, tuple(arguments), where)
        return self.outcome(name)

    def outcome(self, name: str) -> OutcomeName:
        parts = [name]
        while self.take("."):
            parts.append(self.take_kind("name"))
            if not parts[-1]:
                raise self.wrong(f"the outcome of '{parts[-2]}'")
        scenario, name = (parts[0], ".".join(parts[1:])) if parts[1:] else (None, name)
        return OutcomeName(name, scenario, self.day() if self.take("@") else None)

    def day(self) -> date | int | OutcomeName:
        if text := self.take_kind("date"):
            try:
                return date.fromisoformat(text)
            except ValueError:
                raise ResultError(f"'{self.text}': {text} is no day of the calendar") from None
        if (number := self.take_kind("number")) and number.isdigit():
            return int(number)
        if name := self.take_kind("name"):
            return OutcomeName(name)
        raise self.wrong("a date, the number of a day, or an outcome that is a day")

    def take(self, *texts: str) -> str:
        """Go on if the next token is one of some, and return it; else an empty text."""
        if self.place < len(self.tokens) and self.tokens[self.place][1] in texts:
            self.place += 1
            return self.tokens[self.place - 1][1]
        return ""

    def take_kind(self, kind: str) -> str:
        """Go on if the next token is of a kind, and return it; else an empty text."""
        if self.place < len(self.tokens) and self.tokens[self.place][0] == kind:
            self.place += 1
            return self.tokens[self.place - 1][1]
        return ""

    def need(self, text: str) -> None:
        if not self.take(text):
            raise self.wrong(f"'{text}'")

    def wrong(self, wanted: str) -> ResultError:
        there = f"'{self.tokens[self.place][1]}'" if self.place < len(self.tokens) else "the end"
        return ResultError(f"'{self.text}': {there} stands where {wanted} is expected")


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """Yield kind and text of every token."""
    place = 0
    while place < len(text.rstrip()):
        found = _TOKEN.match(text, place)
        if found is None:
            rest = text[place:].strip()
            raise ResultError(f"'{text}': '{rest[:1]}' means nothing here{_hint(rest)}")
        place = found.end()
        kind = str(found.lastgroup)
        yield kind, found[kind]


def _hint(rest: str) -> str:
    if rest.startswith("="):
        return "; write == for the same"
    return "; write words without quotes" if rest[:1] in "'\"" else ""
