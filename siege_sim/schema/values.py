"""Values as files write them, and what was probably meant by one of a wrong kind."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any

LONGEST_SHOWN = 60
"""Characters of a value in a message."""

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})(?:[./-](\d{1,2})[./-](\d{1,2})|(\d\d)(\d\d))(?:[T ].*)?")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}([ ,'\u2019\u00a0\u202f]\d{3})+")
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")
_PER_CENT = re.compile(rf"({_NUMBER})\s*%")
_WITH_UNIT = re.compile(rf"({_NUMBER})\s*[^\W\d_][^\d]*")
_YES_AND_NO = {
    **dict.fromkeys(("yes", "on", "y", "1"), "true"),
    **dict.fromkeys(("no", "off", "n", "0"), "false"),
}


def as_written(value: Any) -> str:
    """Return a value as a file would write it, cut off when it is long."""
    text = _written(value)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 3] + "..."


def _joined(parts: Iterable[str]) -> str:
    """Return parts with commas between them; no more of them than are shown, however many there are."""
    taken, length = [], 0
    for part in parts:
        taken.append(part)
        length += len(part)
        if length > LONGEST_SHOWN:
            break
    return ", ".join(taken)


def _written(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "true", False: "false"}[value]
    if isinstance(value, Mapping):
        return "{" + _joined(f"{_cut(str(key))}: {_inner(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + _joined(map(_inner, value)) + "]"
    if isinstance(value, str):
        return repr(_cut(value))
    if isinstance(value, float) and not math.isfinite(value):
        return ".nan" if math.isnan(value) else f"{value}".replace("inf", ".inf")
    return str(value) if isinstance(value, int | float | date) else "this block"


def _inner(value: Any) -> str:
    """Return a value within a list or block: text without quotes."""
    return _cut(value) if isinstance(value, str) else _written(value)


def _cut(text: str) -> str:
    """Return a text, or a little more of it than is shown."""
    return text[: LONGEST_SHOWN + 1]


def way_out(value: Any, wanted: Collection[str]) -> str:
    """Return what to write in the place of a value of a wrong kind, as a clause; empty when that is not known.

    Args:
        value: what was written.
        wanted: the words for the kinds of values that would do.
    """
    for kind, advice in ADVICE.items():
        if any(kind in words for words in wanted) and (clause := advice(value)):
            return f"; {clause}"
    return ""


def _advice_on_date(value: Any) -> str:
    text = str(value)
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = map(int, found.groups())
        meant = list(dict.fromkeys(filter(None, (_iso(year, month, day), _iso(year, day, month)))))
        return f"write the year first: {' or '.join(meant)}" if meant else ""
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in found.groups() if part)
        iso = _iso(year, month, day)
        return f"write {iso}" if iso else "there is no such day in the calendar"
    return ""


def _iso(year: int, month: int, day: int) -> str:
    """Return a date as text; empty when the calendar does not have it."""
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def _advice_on_number(value: Any) -> str:
    if not isinstance(value, str):
        return ""
    text = value.strip()
    if re.fullmatch(_NUMBER, text):
        return "remove the quotes"
    if _THOUSANDS.fullmatch(text):
        return f"write {re.sub(r'[^-+0-9]', '', text)}"
    if _DECIMAL_COMMA.fullmatch(text):
        return f"write {text.replace(',', '.')}"
    if found := _PER_CENT.fullmatch(text):
        return f"write {float(found[1]) / 100:.6g} for {text}"
    found = _WITH_UNIT.fullmatch(text)
    return f"write the number alone: {found[1]}" if found else ""


def _advice_on_whole_number(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return f"write {int(value)}, without a point or an exponent"
    return _advice_on_number(value)


def _advice_on_truth(value: Any) -> str:
    meant = _YES_AND_NO.get(str(value).lower())
    return f"write {meant}" if meant else ""


def _advice_on_list(value: Any) -> str:
    if isinstance(value, dict):
        return "write '- ' before it, or [ ] around it"
    return f"write [{as_written(value)[1:-1]}]" if isinstance(value, str) and value else ""


def _advice_on_block(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "write 'key: value' lines, without dashes"
    return "write {} for a block without keys, or leave it out" if value is None else ""


def _advice_on_text(value: Any) -> str:
    return f'write "{_written(value)}", in quotes' if isinstance(value, int | float | date) else ""


ADVICE: dict[str, Callable[[Any], str]] = {
    "a date": _advice_on_date,
    "a number": _advice_on_number,
    "a whole number": _advice_on_whole_number,
    "true or false": _advice_on_truth,
    "a list": _advice_on_list,
    "a block": _advice_on_block,
    "text": _advice_on_text,
}
"""What finds a way out, by the words for the kind of value that is wanted; the first that knows one is taken."""
