"""Who holds each quarter: from a table with a row a quarter, or from a field of the boundaries."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from siege_sim.errors import SiegeError, did_you_mean
from siege_sim.mapping.geo_files import MOST_NAMED, as_text
from siege_sim.model.city.map import NOBODYS_GROUND
from siege_sim.schema.sides import BESIEGER_NAME, GARRISON_NAME

if TYPE_CHECKING:
    from siege_sim.mapping.boundaries import Boundaries

SIDE_NAME = r"[a-z][a-z0-9_]{0,39}"

GROUND_KINDS = ("open", "fields", "low_rise", "dense", "old_fabric", *NOBODYS_GROUND)
"""What a table of holders may say of a quarter's ground."""


@dataclass(frozen=True)
class Holding:
    """What is said of each quarter: its holder, and its sector and ground where a table has them."""

    holder: list[str | None]
    sector: list[str]
    ground: list[str]
    notes: tuple[str, ...] = field(default=())


def read_csv_rows(file: str, what: str) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """Return the columns of a CSV file in lower case, and its rows with their line numbers.

    Commas, semicolons and tabs are known as separators.

    Args:
        file: the file.
        what: what such a file is called in messages, with its article.

    Raises:
        SiegeError: it cannot be read, is empty, or a row has more cells than there are columns.
    """
    try:
        text = Path(file).read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SiegeError(f"{file}: not a text file in UTF-8 (byte {error.start}); save it as CSV in UTF-8") from None
    except OSError as error:
        raise SiegeError(f"{file}: cannot be read: {error.strerror}") from None
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(text.splitlines(), delimiter=separator)
    columns = [name.strip().lower() for name in next(reader, [])]
    rows = []
    for cells in reader:
        if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
            raise SiegeError(
                f"{file}:{reader.line_num}: {len(cells)} cells under {len(columns)} columns; put text with "
                "a separator in "
                "quotes"
            )
        if any(cell.strip() for cell in cells):
            rows.append((reader.line_num, {name: cell.strip() for name, cell in zip(columns, cells, strict=False)}))
    if not columns or not rows:
        raise SiegeError(f"{file}: holds no rows; {what} has a line of column names and a row below it for each entry")
    return columns, rows


def side_word(word: str, called: Mapping[str, str]) -> str | None:
    """Return the name of a side in map files for a word of a source; ``None`` for an empty one."""
    plain = " ".join(word.split())
    if not plain:
        return None
    known = {key.lower(): value for key, value in called.items()}
    return known.get(plain.lower()) or re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")


def check_side(option: str, side: str | None) -> None:
    """Refuse what cannot be the name of a side.

    Raises:
        SiegeError: names the option.
    """
    if side is not None and not re.fullmatch(SIDE_NAME, side):
        raise SiegeError(
            f"{option} {side}: write garrison, besieger, or a third party's name in lower case, such as "
            f"{side_word(side, {})}"
        )


def called_of(pairs: Sequence[str]) -> dict[str, str]:
    """Return which side each word of a source means, from options such as `Army=besieger`.

    Raises:
        SiegeError: names the option that has no word or no side.
    """
    called = {}
    for pair in pairs:
        word, _, side = pair.partition("=")
        side = side.strip()
        if not word.strip() or not re.fullmatch(SIDE_NAME, side):
            raise SiegeError(
                f"--side {pair}: write WORD=SIDE with garrison, besieger or a third party's name in lower case, for "
                "example --side 'Army=besieger'"
            )
        called[word.strip()] = side
    return called


def holding_of(
    given: str | None, quarters: Boundaries, name_field: str, called: Mapping[str, str], elsewhere: str | None
) -> Holding:
    """Return who holds each quarter.

    Args:
        given: a CSV file, the name of a field, or ``None``: then the garrison holds all.
        quarters: the quarters.
        name_field: the field with their names, which the table may use as a column too.
        called: which side a word of the source means.
        elsewhere: who holds quarters of which nothing is said.

    Raises:
        SiegeError: quarters without a holder, a name that is no side's, two holders for one quarter.
    """
    count = len(quarters.names)
    if given is None:
        note = "nothing says who holds what: every quarter is the garrison's; add --holders, or edit the map"
        return Holding([elsewhere or GARRISON_NAME] * count, [""] * count, [""] * count, (note,))
    if not Path(given).exists() and given in quarters.table.columns:
        words = [as_text(value) for value in quarters.field(given, "--holders")]
        found = Holding([side_word(word, called) for word in words], [""] * count, [""] * count)
    elif Path(given).suffix.lower() in (".csv", ".tsv", ".txt") or Path(given).exists():
        found = _from_table(given, quarters, name_field.lower(), called)
    else:
        fields = [str(name) for name in quarters.table.columns if name != quarters.table.geometry.name]
        raise SiegeError(
            f"--holders {given}: is neither a file nor a field of {quarters.file}{did_you_mean(given, fields)}"
        )
    return _completed(found, given, quarters, elsewhere)


def _from_table(file: str, quarters: Boundaries, name_field: str, called: Mapping[str, str]) -> Holding:
    columns, rows = read_csv_rows(file, "a table of holders")
    name_column = next((name for name in ("name", "quarter", name_field) if name in columns), None)
    if name_column is None or "holder" not in columns:
        missing = "holder" if name_column else "name"
        raise SiegeError(
            f"{file}:1: has no column '{missing}'{did_you_mean(missing, columns)}; a table of holders has "
            "the columns name "
            "and holder, and if you like sector and ground"
        )
    said: dict[str, tuple[int, dict[str, str]]] = {}
    for line, row in rows:
        name = " ".join(row.get(name_column, "").split())
        if name in said and said[name][1].get("holder") != row.get("holder"):
            raise SiegeError(
                f"{file}:{line}: '{name}' has another holder here than on line {said[name][0]}; keep one, or tell the "
                f"quarters apart as '{name} (1)', '{name} (2)', numbered from the north"
            )
        said.setdefault(name, (line, row))
    mine = [said.get(told) or said.get(name) for told, name in zip(quarters.names, quarters.given, strict=True)]
    for entry in mine:
        ground = entry[1].get("ground", "") if entry else ""
        if entry and ground and ground not in GROUND_KINDS:
            raise SiegeError(f"{file}:{entry[0]}: no ground is called '{ground}'{did_you_mean(ground, GROUND_KINDS)}")
    unused = [name for name in said if name not in {*quarters.names, *quarters.given}]
    notes: tuple[str, ...] = ()
    if unused:
        listed = ", ".join(unused[:MOST_NAMED]) + (", ..." if len(unused) > MOST_NAMED else "")
        notes = (f"{len(unused)} rows of {Path(file).name} name no quarter of the map: {listed}",)
    return Holding(
        [side_word(entry[1].get("holder", ""), called) if entry else None for entry in mine],
        [entry[1].get("sector", "") if entry else "" for entry in mine],
        [entry[1].get("ground", "") if entry else "" for entry in mine],
        notes,
    )


def _completed(found: Holding, given: str, quarters: Boundaries, elsewhere: str | None) -> Holding:
    """Fill in the holder of quarters of which nothing is said, and refuse names that no side can have."""
    bare = [
        name
        for name, holder, ground in zip(quarters.names, found.holder, found.ground, strict=True)
        if holder is None and ground not in NOBODYS_GROUND
    ]
    if bare and elsewhere is None:
        listed = ", ".join(f"'{name}'" for name in bare[:MOST_NAMED]) + (", ..." if len(bare) > MOST_NAMED else "")
        raise SiegeError(
            f"{given}: says nothing of {len(bare)} of {len(quarters.names)} quarters: {listed}; add them, "
            "or say who holds "
            "the rest with --others besieger"
        )
    holder = [
        None if ground in NOBODYS_GROUND else one or elsewhere
        for one, ground in zip(found.holder, found.ground, strict=True)
    ]
    odd = next((one for one in holder if one and not re.fullmatch(SIDE_NAME, one)), None)
    if odd:
        raise SiegeError(
            f"{given}: the holder '{odd}' makes no name; say whom it means with --side, such as --side '1=garrison'"
        )
    if GARRISON_NAME not in holder:
        words = sorted({one for one in holder if one and one != BESIEGER_NAME})
        raise SiegeError(
            f"{given}: no quarter is held by the garrison (holders: {', '.join(words) or BESIEGER_NAME}); say who is "
            f"besieged, for example --side '{words[0] if words else 'WORD'}=garrison'"
        )
    notes = found.notes
    if bare:
        notes = (*notes, f"{len(bare)} quarters of which {Path(given).name} says nothing went to {elsewhere}")
    return Holding(holder, found.sector, found.ground, notes)
