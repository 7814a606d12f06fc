"""What `siege-sim map` says of a map that it has made."""

from __future__ import annotations

from collections.abc import Iterator

from siege_sim.mapping.town import DrawnTown
from siege_sim.model.city.map import Quarter
from siege_sim.results.numbers import number

MOST_ROWS = 40
"""Quarters in the table that is printed; the map file has all of them."""


def town_lines(town: DrawnTown) -> Iterator[str]:
    """Yield a table of the quarters, and what was done to make the map."""
    city_map = town.city_map
    rows, columns = city_map.shape
    size = f"{rows} x {columns} cells of {city_map.cell_size_m:g} m"
    yield f"{city_map.name}: {size}, {len(city_map.legend)} entries in the legend"
    yield ""
    yield from _table(town)
    if town.notes:
        yield ""
    yield from (f"- {note}" for note in town.notes)


def _table(town: DrawnTown) -> Iterator[str]:
    city_map = town.city_map
    drawn = "".join(city_map.rows)
    entries = list(city_map.legend.items())
    wide = max(len(quarter.name) for _, quarter in entries[:MOST_ROWS])
    head = f"{'':3}{'quarter':{wide}}  {'holder':12} {'sector':12} {'cells':>6} {'people':>9} {'damaged a cell':>15}"
    yield head
    for sign, quarter in entries[:MOST_ROWS]:
        people = town.people.get(quarter.name)
        residents = "-" if people is None else number(round(people))
        yield (
            f"{sign:3}{quarter.name:{wide}}  {quarter.holder or '-':12} {quarter.sector or '-':12} "
            f"{drawn.count(sign):6} {residents:>9} {_damage(quarter):>15}"
        )
    if len(entries) > MOST_ROWS:
        yield f"   ... and {len(entries) - MOST_ROWS} more"


def _damage(quarter: Quarter) -> str:
    return number(quarter.damaged_structures) if quarter.holder else "-"
