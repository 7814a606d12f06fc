"""A commented scenario to start from: on a synthetic town, or on a map of one's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from siege_sim.errors import ResultError, ScenarioError
from siege_sim.kernels.ground import touching
from siege_sim.loading.file_schemas import check_schema_target, scenario_schema, schema_line, write_schema
from siege_sim.loading.scenario import build_scenario
from siege_sim.model.city.map import CityMap, Quarter
from siege_sim.model.conditions import KCAL_A_PERSON_DAY
from siege_sim.model.scenario import DrawnMap
from siege_sim.schema.messages import read_block
from siege_sim.schema.sides import BESIEGER_NAME, GARRISON_NAME
from siege_sim.schema.yaml_file import Document, Mark, parse_yaml

PEOPLE_A_KM2 = 8000.0
"""Residents of a square kilometre with a relative density of 1, where nobody knows better (assumed)."""

FIGHTERS_A_CELL, LEAST_FIGHTERS, PERSONS_A_FIGHTER = 25, 300, 30
"""The garrison that a new scenario assumes: the larger of what its ground and its people make likely."""


def starter_text(name: str) -> str:
    """Return the starter scenario under a name; it is valid, and a test keeps it so."""
    text = files("siege_sim.loading").joinpath("starter.yaml").read_text("utf-8").replace("my_siege", name)
    return f"{schema_line('scenario')}\n{text}"


def write_starter(path: Path, force: bool = False, map_file: Path | None = None) -> None:
    """Write a starter scenario to a file, and the schema that it names for editors beside it.

    Args:
        path: the file.
        force: replace it if it is there.
        map_file: a map in the scenario's folder or below; a synthetic town by default.

    Raises:
        ResultError: when the file is there already, or cannot be written.
        ScenarioError: when the map is none, or lies elsewhere.
    """
    if map_file is None:
        text = starter_text(name_of(path))
        build_scenario(parse_yaml(text, str(path)))
    else:
        relative = inside_folder_of(path, map_file)
        text = starter_on_map(name_of(path), relative, read_block(DrawnMap, map_file, "a map")[0])
    if path.exists() and not force:
        raise ResultError(f"{path}: is there already; choose another name, or replace it with --force")
    if not path.parent.is_dir():
        raise ResultError(f"{path}: cannot be written: there is no folder {path.parent}; make it first")
    check_schema_target("scenario", path.parent)
    write_schema("scenario", scenario_schema(), path.parent)
    try:
        path.write_text(text, "utf-8", newline="\n")
    except OSError as error:
        raise ResultError(f"{path}: cannot be written: {error.strerror}") from None


def name_of(path: Path) -> str:
    """Return the name of a scenario in a file."""
    return "".join(c if c.isascii() and c.isalnum() else "_" for c in path.stem.lower()).strip("_") or "my_siege"


def inside_folder_of(path: Path, map_file: Path) -> str:
    """Return how a scenario names a map in its own folder or below.

    Raises:
        ScenarioError: when the map lies elsewhere.
    """
    folder, target = path.resolve().parent, map_file.resolve()
    if not target.is_relative_to(folder):
        raise ScenarioError(
            [f"{path}: the map {map_file} does not lie in the scenario's folder or below; write the scenario beside it"]
        )
    return target.relative_to(folder).as_posix()


def starter_on_map(
    name: str,
    map_file: str,
    city_map: CityMap,
    people: Mapping[str, float] | None = None,
    labels: Mapping[str, str] | None = None,
) -> str:
    """Return a commented scenario on a map, with sides, sectors and forces to fill in; it is built to see that it runs.

    Args:
        name: of the scenario.
        map_file: the map, as the scenario names it.
        city_map: the map.
        people: residents by holder, where they are known.
        labels: what the sides are called.

    Raises:
        ScenarioError: when nothing can be run on the map: it has no garrison, or no besieger.
    """
    residents, known = (dict(people), True) if people else (_assumed_people(city_map), False)
    parts = _blocks(starter_text(name))
    title = f"title: The siege of {city_map.name}\n" if re.fullmatch(r"[\w .'-]+", city_map.name) else parts["title"]
    besieged = max(round(residents.get(GARRISON_NAME, 0.0)), 1)
    parts |= {
        "title": title,
        "map": "# The city: see the legend in the map's file. Edit it, and `siege-sim validate "
        f"{map_file}`.\nmap: {_quoted(map_file)}\n\n",
        "sides": _sides(city_map, labels or {}),
        "population": _population(city_map, residents, known),
        "food": _food(city_map, besieged),
        "forces": _forces(city_map, besieged),
    }
    text = "".join(parts.values())
    document = parse_yaml(text, f"the scenario on {map_file}")
    document.data["map"] = _map_data(city_map)
    document.marks = {path: Mark(map_file) if path[:1] == ("map",) else mark for path, mark in document.marks.items()}
    build_scenario(Document(document.data, document.marks))
    return text


def _map_data(city_map: CityMap) -> dict[str, object]:
    return dict(city_map.model_dump(exclude_none=True))


def _blocks(text: str) -> dict[str, str]:
    """Return the parts of a scenario file by their first key, each with the comment above it."""
    parts: dict[str, str] = {}
    waiting, key = "", ""
    for line in text.splitlines(keepends=True):
        found = re.match(r"([a-z_]+):", line)
        if found:
            key = found[1]
            parts[key], waiting = waiting + line, ""
        elif line.startswith("#") or not line.strip():
            waiting += line
        else:
            parts[key], waiting = parts[key] + waiting + line, ""
    parts[key] += waiting
    return parts


def _held(city_map: CityMap, holder: str) -> list[tuple[Quarter, int]]:
    """Return the quarters of a holder with their numbers of cells."""
    drawn = "".join(city_map.rows)
    return [(quarter, drawn.count(sign)) for sign, quarter in city_map.legend.items() if quarter.holder == holder]


def _third_parties(city_map: CityMap) -> list[str]:
    holders = dict.fromkeys(quarter.holder for quarter in city_map.quarters if quarter.holder)
    return [holder for holder in holders if holder not in (GARRISON_NAME, BESIEGER_NAME)]


def _assumed_people(city_map: CityMap) -> dict[str, float]:
    """Return residents by holder, from the density that is assumed, to two figures."""
    cell_km2 = (city_map.cell_size_m / 1000.0) ** 2
    people = {}
    for holder in (GARRISON_NAME, BESIEGER_NAME, *_third_parties(city_map)):
        weights = sum(quarter.population * cells for quarter, cells in _held(city_map, holder))
        people[holder] = float(f"{min(weights * cell_km2 * PEOPLE_A_KM2, 4e6):.2g}")
    return people


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return text if re.fullmatch(r"[A-Za-z][\w ./-]*", text) else f'"{escaped}"'


def _sides(city_map: CityMap, labels: Mapping[str, str]) -> str:
    lines = ['# Who holds ground, and what pages call them (in a sentence, after "the").', "sides:"]
    for side, usual in ((GARRISON_NAME, "town militia"), (BESIEGER_NAME, "besieging army")):
        lines.append(f"  {side}: {{label: {_quoted(labels.get(side, usual))}}}")
    third = _third_parties(city_map)
    if third:
        lines.append("  third_parties:")
        lines += [f"    {name}: {{label: {_quoted(labels.get(name, name.replace('_', ' ')))}}}" for name in third]
    return "\n".join(lines) + "\n\n"


def _population(city_map: CityMap, people: Mapping[str, float], known: bool) -> str:
    besieged = max(round(people.get(GARRISON_NAME, 0.0)), 1)
    source = "counted with the map" if known else "assumed from the map's densities; correct it"
    coarse = 5.0 if besieged < 300_000 else 25.0
    lines = [
        "population:",
        f"  besieged: {besieged} # civilians in the pocket: {source}",
        f"  persons_per_household: {coarse} # 1 makes every person a row of their own; 50 a coarse, fast run",
        f"  besieger_side: {round(people.get(BESIEGER_NAME, 0.0))}",
    ]
    third = {name: round(people.get(name, 0.0)) for name in _third_parties(city_map)}
    if any(third.values()):
        lines.append(
            "  third_parties: {" + ", ".join(f"{name}: {count}" for name, count in third.items() if count) + "}"
        )
    return "\n".join(lines) + "\n\n"


def _food(city_map: CityMap, besieged: int) -> str:
    places = city_map.facilities
    owners = {store.owner for store in places.warehouses}
    day = besieged * KCAL_A_PERSON_DAY
    bakeries = sum(bakery.count for bakery in places.bakeries)
    lines = [
        "food: # what is there on day 0, assumed: correct it",
        "  home_days: 14 # mean days of full rations at home",
    ]
    lines.append(f"  council_kcal: {25 * day if 'council' in owners else 0:.3g} # about 25 days of full rations")
    lines.append(f"  aid_kcal: {7 * day if 'aid_agency' in owners else 0:.3g}")
    lines.append(f"  merchant_kcal: {7 * day if places.markets else 0:.3g}")
    if bakeries:
        lines.append(f"  bakery_kcal_per_day: {0.5 * day / bakeries:.3g} # half the need from all {bakeries} bakeries")
    return "\n".join(lines) + "\n\n"


def _forces(city_map: CityMap, besieged: int) -> str:
    cells = sum(count for _, count in _held(city_map, GARRISON_NAME))
    fighters = max(LEAST_FIGHTERS, min(FIGHTERS_A_CELL * cells, besieged // PERSONS_A_FIGHTER + LEAST_FIGHTERS))
    fighters = int(float(f"{fighters:.2g}"))
    size = 50 if fighters < 4000 else 100
    inside, around = (_sectors(city_map, side) for side in (GARRISON_NAME, BESIEGER_NAME))
    ahead = _beside_the_pocket(city_map)
    return (
        "forces: # numbers are assumed: correct them. Sectors are those of the map, with weights by their cells\n"
        f"  garrison: # the besieged groups, by name\n    main_group:\n      fighters: {fighters}\n"
        f"      unit_size: {size}\n      sectors: {inside}\n"
        f"  besieger: # the besieging forces, by name\n    vanguard:\n      fighters: {fighters}\n"
        f"      unit_size: {2 * size}\n      vanguard: true # leads assaults\n      sectors: {{{ahead}: 1}}\n"
        f"    ring:\n      fighters: {int(1.5 * fighters)}\n      unit_size: {2 * size}\n      sectors: {around}\n"
        "  axes: 2 # on how many axes the vanguard masses\n\n"
    )


def _sectors(city_map: CityMap, side: str) -> str:
    weights: dict[str, int] = {}
    for quarter, cells in _held(city_map, side):
        weights[quarter.sector] = weights.get(quarter.sector, 0) + cells
    return "{" + ", ".join(f"{_key(sector)}: {cells}" for sector, cells in weights.items()) + "}"


def _key(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z]\w*", text) else f'"{text}"'


def _beside_the_pocket(city_map: CityMap) -> str:
    """Return the sector in which the besieger has most cells beside the pocket; any of its sectors when none has."""
    codes = {GARRISON_NAME: 1, BESIEGER_NAME: 2, **dict.fromkeys(_third_parties(city_map), 3)}
    holder = city_map.holders(codes)
    line = touching(holder == 2, holder == 1, city_map.shape)
    sectors = [city_map.quarters[index].sector for index in city_map.quarter_index[line]]
    if not sectors:
        sectors = [quarter.sector for quarter, _ in _held(city_map, BESIEGER_NAME)] or [""]
    return _key(max(dict.fromkeys(sectors), key=sectors.count))


def people_by_holder(city_map: CityMap, people: Mapping[str, float]) -> dict[str, float]:
    """Return residents by holder from residents by the name of the quarter."""
    sums: dict[str, float] = {}
    for quarter in city_map.quarters:
        if quarter.holder:
            sums[quarter.holder] = sums.get(quarter.holder, 0.0) + people.get(quarter.name, 0.0)
    return sums
