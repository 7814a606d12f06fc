"""Writing a map as a YAML file that a person can go on editing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from siege_sim.model.city.map import CityMap, Quarter

REMARK_WIDTH = 100


def map_yaml(city_map: CityMap, remarks: Iterable[str], assumed: Sequence[str] = ()) -> str:
    """Return a map as YAML with comments.

    Args:
        city_map: the map.
        remarks: lines for the head of the file: where the map comes from and by which rules.
        assumed: the keys of places that were not given but assumed.
    """
    lines = [f"# {remark}".rstrip() for remark in remarks]
    lines += [f"name: {_quoted(city_map.name)}", f"cell_size_m: {city_map.cell_size_m:g}"]
    if city_map.north_west_corner is not None:
        lines.append(f"north_west_corner: {_flow(city_map.north_west_corner.model_dump(exclude_none=True))}")
    if city_map.crs is not None:
        lines.append(f"crs: {city_map.crs}")
    lines += ["rows: # north first; one character a cell", *(f"  - {_in_quotes(row)}" for row in city_map.rows)]
    lines += [
        "",
        "# What each character means. population: residents a cell, relative to the other quarters of the same",
    ]
    lines += ["# holder; built_up: share of the ground that is built on; damaged_structures: a cell, before day 0."]
    lines += ["legend:", *(f"  {_in_quotes(c)}: {_flow(_fields(q))}" for c, q in city_map.legend.items())]
    lines += ["", *_places(city_map, assumed)]
    return "\n".join(lines).rstrip() + "\n"


def _fields(quarter: Quarter) -> dict[str, Any]:
    """Return the fields that say more than their default; always those that a reader looks for."""
    given = {"name": quarter.name}
    if quarter.ground is not None:
        given["ground"] = quarter.ground
    if quarter.holder is None:
        return given
    rest = quarter.model_dump(exclude={"name", "ground"})
    return {**given, **rest}


def _places(city_map: CityMap, assumed: Sequence[str]) -> Iterable[str]:
    facilities = city_map.facilities.model_dump(exclude_defaults=True)
    if not facilities:
        return
    yield "facilities:"
    for kind, entries in facilities.items():
        yield f"  {kind}:{' # assumed; correct these' if kind in assumed else ''}"
        yield from (f"    - {_flow(entry)}" for entry in entries)


def _flow(fields: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{key}: {_scalar(value)}" for key, value in fields.items()) + "}"


def _scalar(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.9g}"
    return _quoted(value) if isinstance(value, str) else str(value)


def _quoted(text: str) -> str:
    """Return a text as YAML reads it back: as it is where that is safe, in quotes otherwise."""
    plain = text.replace(" ", "").replace("_", "").replace("-", "") if text == text.strip() else ""
    if plain.isascii() and plain.isalnum() and plain[0].isalpha() and text.lower() not in ("true", "false", "null"):
        return text
    return _in_quotes(text)


def _in_quotes(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
