"""A town drawn as letters in a text file becomes a map; no YAML is needed.

The file holds the drawing (a letter a cell), a legend (a letter, then words), and if wanted settings and places::

    name: Riverton
    cell: 300
    garrison: river guilds

    ..AAB~CC..
    ..ABB=CCc.

    A  Old Town, garrison, old fabric, 1.2
    =  Stone Bridge, bridge, garrison

    hospital in A
    2 bakeries in Old Town
    crossing in C into besieger, called East Gate
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from siege_sim.errors import ScenarioError, did_you_mean
from siege_sim.mapping import legend
from siege_sim.mapping.cover import rows_without_leaks
from siege_sim.mapping.frame import checked_cell
from siege_sim.mapping.legend import GROUND_WORDS, EntryFields
from siege_sim.mapping.letter_places import place_of_line
from siege_sim.mapping.points import known_kind
from siege_sim.mapping.town import DrawnTown
from siege_sim.model.city.map import LARGEST_SIDE, NOBODYS_GROUND
from siege_sim.schema.sides import BESIEGER_NAME, GARRISON_NAME

USUAL_CELL_M = 400.0
LONGEST_FILE_BYTES = 1_000_000

SETTINGS = ("name", "cell", "corner", "garrison", "besieger", "third party")
"""What a line `WORD: ...` may set."""

USUAL_SIGNS: dict[str, EntryFields] = {
    legend.WATER_SIGN: {"name": "Water", "ground": "water"},
    legend.OPEN_SIGN: {"name": "Open ground", "ground": "open", "holder": BESIEGER_NAME},
    legend.BRIDGE_SIGN: {"name": "Bridge", "ground": "bridge", "holder": GARRISON_NAME},
    legend.OUTSIDE_SIGN: {"name": "Outside", "ground": "outside"},
}
"""What signs mean that the legend leaves out. Other capital letters are the garrison's, small ones the besieger's."""

_GROUND_SAID = {word.replace("_", " "): word for word in GROUND_WORDS}


@dataclass
class LetterFile:
    """The lines of a drawing, sorted by what they are, each with its number in the file.

    Attributes:
        file: what messages call it.
        settings: by name; third parties under their own names in ``labels``.
        labels: what sides are called, by side.
        rows: the drawing.
        legend: letter and words.
        places: lines such as `hospital in A`.
    """

    file: str
    settings: dict[str, tuple[int, str]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    rows: list[tuple[int, str]] = field(default_factory=list)
    legend: dict[str, tuple[int, str]] = field(default_factory=dict)
    places: list[tuple[int, str]] = field(default_factory=list)

    def wrong(self, line: int, what: str) -> ScenarioError:
        """Return an error at a line of the file."""
        return ScenarioError([f"{self.file}:{line}: {what}"])


def town_from_letters(file: str, cell_m: float | None = None, name: str | None = None) -> DrawnTown:
    """Make a map from a drawing.

    Args:
        file: the text file.
        cell_m: the side of a cell; over what the file says.
        name: the town's name, likewise.

    Raises:
        SiegeError: names file, line and way out.
    """
    if cell_m is not None:
        checked_cell(cell_m)
    found = sorted_lines(_text_of(file), file)
    rows = _rows(found)
    entries = _entries(found, rows)
    rows, closed = rows_without_leaks(rows, entries)
    entries = {sign: entry for sign, entry in entries.items() if any(sign in row for row in rows)}
    _add_sectors(entries, rows)
    places, assumed = _places(found, entries, rows)
    data = {
        "name": name or found.settings.get("name", (0, Path(file).stem.replace("_", " ").title()))[1],
        "cell_size_m": cell_m if cell_m is not None else _number(found, "cell", USUAL_CELL_M),
        **_corner(found),
        "rows": tuple(rows),
        "legend": entries,
        "facilities": {kind: tuple(several) for kind, several in places.items()},
    }
    return DrawnTown(legend.valid_map(data, file), tuple(_notes(closed, assumed)), {}, assumed, found.labels)


def _text_of(file: str) -> str:
    path = Path(file)
    try:
        if path.stat().st_size > LONGEST_FILE_BYTES:
            raise ScenarioError([f"{file}: {path.stat().st_size:,} bytes; a drawing is at most {LONGEST_FILE_BYTES:,}"])
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScenarioError([f"{file}: not a text file in UTF-8 (byte {error.start}); save it as plain text"]) from None
    except OSError as error:
        raise ScenarioError([f"{file}: cannot be read: {error.strerror}"]) from None


def sorted_lines(text: str, file: str) -> LetterFile:
    """Return the lines of a drawing by what they are.

    A line of two or more signs without a blank is a row; a single sign and words are an entry of the legend;
    `WORD: ...` is a setting; anything else is a place. `#` begins a remark.

    Raises:
        ScenarioError: names the line that is none of these, or stands twice.
    """
    found = LetterFile(file)
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.rstrip() if raw.lstrip()[:1] != "#" else ""
        plain = line.strip()
        if not plain or plain.lower() in ("map", "map:", "legend", "legend:", "places", "places:"):
            continue
        setting = re.match(
            r"(name|cell|corner|garrison|besieger|third party [a-z][a-z0-9_]*|[a-z ]+) *: *(\S.*)", plain
        )
        if not re.search(r"\s", plain) and len(plain) > 1:
            found.rows.append((number, plain))
        elif re.match(r"\S\s", plain) and not _is_place(plain):
            _add_to_legend(found, number, plain[0], plain[1:].lstrip(" \t=:"))
        elif setting:
            _set(found, number, setting[1], setting[2].partition(" #")[0].strip())
        else:
            found.places.append((number, plain.partition(" #")[0].strip()))
    return found


def _is_place(line: str) -> bool:
    """Return whether a line that begins with a figure counts places, rather than tell what the figure means."""
    counted = re.match(r"\d+\s+([A-Za-z_ ]+?) +in +", line)
    return counted is not None and known_kind(counted[1]) is not None


def _add_to_legend(found: LetterFile, number: int, sign: str, words: str) -> None:
    if sign in found.legend:
        raise found.wrong(number, f"'{sign}' is in the legend here and on line {found.legend[sign][0]}; keep one")
    found.legend[sign] = (number, words.partition(" #")[0].strip())


def _set(found: LetterFile, number: int, word: str, value: str) -> None:
    if word.startswith("third party "):
        found.labels[word.removeprefix("third party ")] = value
    elif word in ("garrison", "besieger"):
        found.labels[word] = value
    elif word not in SETTINGS:
        raise found.wrong(number, f"'{word}:' sets nothing{did_you_mean(word, SETTINGS)}")
    elif word in found.settings:
        raise found.wrong(number, f"'{word}:' stands here and on line {found.settings[word][0]}; keep one")
    else:
        found.settings[word] = (number, value)


def _rows(found: LetterFile) -> list[str]:
    if len(found.rows) < 2:
        raise ScenarioError(
            [
                f"{found.file}: no drawing: at least two rows of two or more signs without blanks are "
                "needed, a sign a cell"
            ]
        )
    width = len(found.rows[0][1])
    for number, row in found.rows:
        if len(row) != width:
            raise found.wrong(number, f"this row has {len(row)} signs, the first has {width}; make them equal")
    if max(width, len(found.rows)) > LARGEST_SIDE:
        raise found.wrong(
            found.rows[0][0], f"{len(found.rows)} x {width} cells; a map has at most {LARGEST_SIDE} a side"
        )
    return [row for _, row in found.rows]


def _entries(found: LetterFile, rows: Sequence[str]) -> dict[str, EntryFields]:
    """Return the legend: what the file says, and usual meanings for the signs of which it says nothing."""
    drawn = dict.fromkeys("".join(rows))
    for sign, (number, _) in found.legend.items():
        if sign not in drawn:
            raise found.wrong(number, f"'{sign}' is in the legend but not in the drawing; draw or remove it")
    entries: dict[str, EntryFields] = {}
    for sign in [*found.legend, *(sign for sign in drawn if sign not in found.legend)]:
        entry = _entry(found, sign)
        if any(entry["name"] == other["name"] for other in entries.values()):
            if sign in found.legend:
                raise found.wrong(found.legend[sign][0], f"'{entry['name']}' is the name of two quarters; rename one")
            entry["name"] = legend.name_not_in([str(other["name"]) for other in entries.values()], str(entry["name"]))
        entries[sign] = entry
    return entries


def _usual(found: LetterFile, sign: str) -> EntryFields:
    if sign in USUAL_SIGNS:
        return dict(USUAL_SIGNS[sign])
    if not sign.isalpha() and sign not in found.legend:
        number = next(number for number, row in found.rows if sign in row)
        raise found.wrong(number, f"the legend does not say what '{sign}' is; add a line such as: {sign}  Mill Quarter")
    holder = BESIEGER_NAME if sign.islower() else GARRISON_NAME
    return {"name": f"Quarter {sign}", "holder": holder}


def _entry(found: LetterFile, sign: str) -> EntryFields:
    """Return the entry of a sign: usual values, and over them what the legend says."""
    entry = _usual(found, sign)
    number, words = found.legend.get(sign, (0, ""))
    parts = [part.strip() for part in words.split(",") if part.strip()]
    said: EntryFields = {}
    for position, part in enumerate(parts):
        key, value = _meaning(found, number, part, first=position == 0)
        if key in said:
            raise found.wrong(number, f"'{part}': the {key} of '{sign}' is said twice; keep one")
        said[key] = value
    if "ground" in said and "name" not in said and sign not in USUAL_SIGNS:
        said["name"] = str(said["ground"]).replace("_", " ").capitalize()
    entry |= said
    return _filled(found, number, sign, entry, said)


def _filled(found: LetterFile, number: int, sign: str, entry: EntryFields, said: EntryFields) -> EntryFields:
    ground = str(entry.get("ground", "dense"))
    if ground in NOBODYS_GROUND:
        if "holder" in said:
            raise found.wrong(number, f"'{sign}' is {ground} ground, which nobody can hold; leave the holder out")
        return {"name": entry["name"], "ground": ground}
    entry.setdefault("holder", BESIEGER_NAME if sign.islower() else GARRISON_NAME)
    people, built_up = GROUND_WORDS[ground]
    return {"ground": ground, "population": people, "built_up": built_up, **entry}


def _meaning(found: LetterFile, number: int, part: str, first: bool) -> tuple[str, object]:
    """Return what one part of a legend's line says: a field of a quarter and its value."""
    lower = " ".join(part.lower().split())
    sides = {**{label.lower(): side for side, label in found.labels.items()}, **{side: side for side in _sides(found)}}
    if lower in sides:
        return "holder", sides[lower]
    if lower.replace("_", " ") in _GROUND_SAID:
        return "ground", _GROUND_SAID[lower.replace("_", " ")]
    figures = re.fullmatch(r"(?:(people|built|built up|damaged) +)?([0-9.]+)( ?%)?", lower)
    if figures and not first:
        return _figure(found, number, part, figures)
    if lower.startswith("sector "):
        return "sector", re.sub(r"[^a-z0-9]+", "_", lower.removeprefix("sector ")).strip("_")
    if first:
        return "name", part
    known = [
        *_sides(found),
        *found.labels.values(),
        *_GROUND_SAID,
        "sector NAME",
        "people 1.2",
        "built 0.8",
        "damaged 30",
    ]
    raise found.wrong(
        number,
        f"'{part}' is not known here{did_you_mean(lower, known)}; a third party is named before, in a line such as "
        "'third party hill: hill clans'",
    )


def _figure(found: LetterFile, number: int, part: str, figures: re.Match[str]) -> tuple[str, float]:
    word = figures[1] or "people"
    key = {"people": "population", "damaged": "damaged_structures"}.get(word, "built_up")
    most = {"population": 10.0, "damaged_structures": 2000.0, "built_up": 1.0}[key]
    try:
        value = float(figures[2]) / (100.0 if figures[3] else 1.0)
    except ValueError:
        raise found.wrong(number, f"'{part}' is not a number") from None
    if value > most:
        raise found.wrong(number, f"'{part}' is out of range; it must be at most {most:g}")
    return key, value


def _sides(found: LetterFile) -> list[str]:
    return list(dict.fromkeys([GARRISON_NAME, BESIEGER_NAME, *found.labels]))


def _add_sectors(entries: dict[str, EntryFields], rows: Sequence[str]) -> None:
    """Give each quarter that somebody holds a sector: by the compass, where the legend says none."""
    signs = list(entries)
    index = np.array([signs.index(sign) for row in rows for sign in row])
    held = [entry.get("holder") == GARRISON_NAME for entry in entries.values()]
    sectors = legend.sectors_by_compass(index, (len(rows), len(rows[0])), held)
    for entry, sector in zip(entries.values(), sectors, strict=True):
        if not legend.is_nobodys(entry):
            entry.setdefault("sector", sector)


def _places(
    found: LetterFile, entries: dict[str, EntryFields], rows: Sequence[str]
) -> tuple[dict[str, list[EntryFields]], tuple[str, ...]]:
    if not found.places:
        assumed = legend.assumed_places(entries, rows)
        return assumed, tuple(assumed)
    places: dict[str, list[EntryFields]] = {}
    for number, line in found.places:
        try:
            kind, entry = place_of_line(line, entries, _sides(found))
        except ValueError as error:
            raise found.wrong(number, str(error)) from None
        places.setdefault(kind, []).append(entry)
    return places, ()


def _number(found: LetterFile, word: str, usual: float) -> float:
    number, value = found.settings.get(word, (0, str(usual)))
    try:
        return float(value.removesuffix("metres").removesuffix("m").strip())
    except ValueError:
        raise found.wrong(number, f"{word}: '{value}' is not a number of metres") from None


def _corner(found: LetterFile) -> EntryFields:
    if "corner" not in found.settings:
        return {}
    number, value = found.settings["corner"]
    try:
        latitude, longitude = (float(part) for part in re.split(r"[ ,]+", value))
    except ValueError:
        raise found.wrong(
            number, f"corner: '{value}' is not a latitude and a longitude in degrees, for example: corner: 48.21 16.37"
        ) from None
    return {"north_west_corner": {"latitude": latitude, "longitude": longitude}}


def _notes(closed: Sequence[tuple[int, int]], assumed: Sequence[str]) -> Iterator[str]:
    """Yield what a reader should know: what was assumed, and where the drawing was changed."""
    if assumed:
        yield "no places are given: hospitals, bakeries, markets and others are assumed in the map file"
    if closed:
        places = ", ".join(f"row {row + 1}, column {column + 1}" for row, column in closed[:5])
        yield (
            f"{len(closed)} more cells are drawn as water, or as what else nobody can cross, since people could step "
            f"from corner to corner there: {places}{', ...' if len(closed) > 5 else ''}"
        )
