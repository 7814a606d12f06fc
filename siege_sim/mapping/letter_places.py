"""Lines such as `2 bakeries in Old Town` under a town drawn as letters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from siege_sim.errors import did_you_mean
from siege_sim.mapping.legend import EntryFields
from siege_sim.mapping.points import KIND_WORDS, known_kind
from siege_sim.schema.sides import GARRISON_NAME

FORM = (
    "write, for example: 2 bakeries in A / crossing in B into besieger, called East Gate / warehouse in C, aid agency"
)

_LINE = re.compile(
    r"(?:(?P<count>\d+) +)?(?P<kind>[A-Za-z_ ]+?) +in +(?P<quarter>.+?)"
    r"(?: +into +(?P<into>[a-z][a-z0-9_]*))?(?: *, *(?P<rest>.+))?"
)
_OWNERS = ("council", "aid agency", "merchant")


def place_of_line(line: str, entries: Mapping[str, EntryFields], sides: Sequence[str]) -> tuple[str, EntryFields]:
    """Return the key of a map's places and the entry that a line means.

    Args:
        line: a count if there are several, a kind, `in`, a letter or a quarter's name, and further words.
        entries: the legend.
        sides: the names of the sides.

    Raises:
        ValueError: says what is wrong with the line, and how it is written.
    """
    found = _LINE.fullmatch(line)
    if found is None:
        raise ValueError(f"'{line[:60]}' is no row, no legend and no place; {FORM}")
    kind = known_kind(found["kind"])
    if kind is None or kind == "bridges":
        words = [word for key, words in KIND_WORDS.items() if key != "bridges" for word in words]
        raise ValueError(f"no kind of place is called '{found['kind']}'{did_you_mean(found['kind'].lower(), words)}")
    entry: EntryFields = {"quarter": _quarter(found["quarter"], entries)}
    details = [part.strip() for part in (found["rest"] or "").split(",") if part.strip()]
    called = [part.removeprefix("called ").strip() for part in details if part.startswith("called ")]
    others = [part for part in details if not part.startswith("called ")]
    if called:
        entry["name"] = called[0]
    if kind not in ("crossings", "roads"):
        entry["count"] = _count(found["count"])
    if kind == "crossings":
        entry["into"] = _side(found["into"], sides)
    elif found["into"]:
        raise ValueError(f"'into {found['into']}' belongs to a crossing; {FORM}")
    return kind, {**entry, **_details(kind, others)}


def _quarter(word: str, entries: Mapping[str, EntryFields]) -> str:
    if word in entries:
        return str(entries[word]["name"])
    names = [str(entry["name"]) for entry in entries.values()]
    named = next((name for name in names if name.lower() == word.lower()), None)
    if named is None:
        raise ValueError(f"no quarter has the letter or the name '{word}'{did_you_mean(word, [*names, *entries])}")
    return named


def _count(figure: str | None) -> int:
    count = int(figure or 1)
    if not 1 <= count <= 100:
        raise ValueError(f"{count} places of a kind in one quarter; write a number from 1 to 100")
    return count


def _side(word: str | None, sides: Sequence[str]) -> str:
    others = [side for side in sides if side != GARRISON_NAME]
    if word is None:
        return others[0]
    if word not in others:
        raise ValueError(f"there is no side '{word}' to cross over to{did_you_mean(word, others)}")
    return word


def _details(kind: str, words: Sequence[str]) -> EntryFields:
    """Return what follows after a comma: the owner of a store, the beds of a hospital, the crews of a rescue centre."""
    details: EntryFields = {"owner": "council"} if kind == "warehouses" else {}
    for word in words:
        number = re.fullmatch(r"(\d+) (beds|crews)", word)
        if kind == "warehouses" and word.replace("_", " ") in _OWNERS:
            details["owner"] = word.replace(" ", "_")
        elif number and (kind, number[2]) in (("hospitals", "beds"), ("rescue_teams", "crews")):
            details[number[2]] = int(number[1])
        else:
            raise ValueError(f"'{word}' says nothing about this kind of place; {FORM}")
    return details
