"""Setting up day 0: people into homes, units to their posts, places into quarters, accounts into the ledger."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from siege_sim.kernels.allocation import whole_shares
from siege_sim.kernels.hazard import FloatArray, IntArray
from siege_sim.model import front
from siege_sim.model.agents.facility import (
    Bakery,
    Crossing,
    Facility,
    Hospital,
    Market,
    RescueTeam,
    Road,
    School,
    Warehouse,
)
from siege_sim.model.agents.household import Households
from siege_sim.model.agents.unit import Units
from siege_sim.model.codes import Posture
from siege_sim.model.conditions import KCAL_A_PERSON_DAY
from siege_sim.model.interventions.reinforcements import Reinforcements
from siege_sim.model.ledger import Flow
from siege_sim.model.rng import stream
from siege_sim.schema.sides import BESIEGER, GARRISON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numpy.random import Generator

    from siege_sim.model.agents.columns import Column
    from siege_sim.model.city.grid import City
    from siege_sim.model.city.map import ManyPlaces
    from siege_sim.model.setting import Faction, Forces
    from siege_sim.model.state import SiegeState

LARGEST_COMPOSITION = 5
"""Members of a household of whom each has a category of rations drawn; the others are like them."""

BUILT_SHARE_FOR_FULL_WORKS = 0.2
"""Share of ground that is built on from which works on an old front are worth all that they can be."""

PlaceT = TypeVar("PlaceT", bound="ManyPlaces")


def settle_households(model: SiegeState, further: Mapping[str, Column[Any]] | None = None) -> Households:
    """Put the besieged people into homes, in proportion to the population weights of the garrison's cells."""
    city, people = model.city, model.setting.population
    luck = {name: stream(model.seed, f"setup/{name}", 0) for name in ("size", "children", "food", "fear", "wealth")}
    rows = max(1, round(people.besieged / people.persons_per_household))
    homes = Households(rows, city, model.ledger, further)
    weights = city.map.per_cell("population") * (city.layers.holder == GARRISON)
    in_cell = whole_shares(rows, weights)
    homes.settle(
        slice(None),
        np.repeat(np.arange(city.n_cells), in_cell),
        _sizes(people.besieged, rows, luck["size"].random(rows)),
    )
    homes.children = np.floor(homes.persons * people.children_share + luck["children"].random(rows)).astype(np.int64)
    homes.children = np.minimum(homes.children, homes.persons)
    # Exponentially distributed stores: many homes with little, few with a lot.
    days = -np.log1p(-luck["food"].random(rows)) * model.setting.food.home_days
    homes.food_kcal = days * homes.persons * KCAL_A_PERSON_DAY
    spread = min(people.fear_of_reprisal, 1.0 - people.fear_of_reprisal)
    homes.fear_of_reprisal = people.fear_of_reprisal + spread * (2.0 * luck["fear"].random(rows) - 1.0)
    homes.buying_power = np.exp(people.wealth_spread * luck["wealth"].standard_normal(rows))
    if people.categories:
        shares = np.array(list(people.categories.values()))
        homes.composition = _composition(shares, homes.persons, stream(model.seed, "setup/categories", 0))
    _count_others(model)
    return homes


def _sizes(people: int, rows: int, luck: FloatArray) -> IntArray:
    """Return household sizes of at least one that add up to ``people`` and spread around the mean."""
    mean = people / rows
    spread = np.minimum(mean - 1.0, 3.0) if mean > 1.0 else 0.0
    wanted = np.maximum(mean + spread * (2.0 * luck - 1.0), 1.0)
    extra = whole_shares(people - rows, wanted - 1.0) if people > rows else np.zeros(rows, dtype=np.int64)
    return 1 + extra


def _composition(shares: FloatArray, persons: IntArray, rng: Generator) -> FloatArray:
    """Return the share of each household's members in every category, a row a category.

    As many members as a real household has are drawn, also for a coarse row that stands for many, so that the spread
    between rows does not vanish with resolution. Draws are spread evenly over the rows, so that few rows come close to
    the shares as well.
    """
    places = rng.permuted(np.tile(np.arange(persons.size), (LARGEST_COMPOSITION, 1)), axis=1)
    drawn = (places + rng.random(places.shape)) / persons.size
    category = np.minimum(np.searchsorted(np.cumsum(shares), drawn, side="right"), shares.size - 1)
    counted = np.arange(LARGEST_COMPOSITION)[:, None] < persons
    members = np.array([((category == number) & counted).sum(axis=0) for number in range(shares.size)])
    return members / counted.sum(axis=0)


def _count_others(model: SiegeState) -> None:
    city, people = model.city, model.setting.population
    weights = city.map.per_cell("population")
    codes = city.sides.codes
    for count, holder in (
        (people.besieger_side, BESIEGER),
        *((count, codes[name]) for name, count in people.third_parties.items()),
    ):
        here = weights * (city.layers.holder == holder)
        if count and here.sum() > 0.0:
            city.layers.other_residents += whole_shares(count, here)


def raise_units(model: SiegeState) -> Units:
    """Form the units of both sides and put them at their posts; planned reinforcements get rows of their own."""
    forces = model.setting.forces
    planned = [
        (name, action, day, fighters)
        for name, action in model.actions.items()
        if isinstance(action, Reinforcements)
        for day, fighters in action.planned(model.clock).items()
    ]
    groups = [
        (model.city.sides.codes[side], name, faction)
        for side in ("garrison", "besieger")
        for name, faction in getattr(forces, side).items()
    ]
    counts = [_unit_count(faction.fighters, faction.unit_size) for _, _, faction in groups]
    later = [_unit_count(fighters, action.unit_size) for _, action, _, fighters in planned]
    units = Units(sum(counts) + sum(later), model.city, model.ledger)
    model.units = units
    first = 0
    numbers: dict[tuple[int, str], int] = {}
    for (side, name, faction), count in zip(groups, counts, strict=True):
        rows = np.arange(first, first + count)
        units.group[rows] = numbers.setdefault((side, name), len(numbers))
        _form(units, rows, side, faction.fighters, faction.quality, faction.vanguard)
        sectors = _sectors_of(faction, count)
        for row, sector in zip(rows, sectors, strict=True):
            model.unit_labels[int(row)] = (name, sector)
        first += count
    for (name, action, day, fighters), count in zip(planned, later, strict=True):
        rows, side = np.arange(first, first + count), model.city.sides.codes[action.side]
        units.group[rows] = numbers.setdefault((side, action.faction), len(numbers))
        _form(units, rows, side, fighters, action.quality, action.vanguard)
        units.posture[rows] = Posture.GONE
        if action.vanguard and action.side == "besieger" and action.axis is not None:
            units.axis[rows] = action.axis
        for row in rows:
            model.unit_labels[int(row)] = (action.faction, action.sector)
        model.planned_units[name, day] = rows
        first += count
    _dig_in(model, forces)
    _post(model, forces)
    return units


def _unit_count(fighters: int, unit_size: int) -> int:
    return max(1, round(fighters / unit_size))


def _form(units: Units, rows: IntArray, side: int, fighters: int, quality: float, vanguard: bool) -> None:
    units.side[rows] = side
    units.fit[rows] = whole_shares(fighters, np.ones(rows.size))
    units.opening[rows] = units.fit[rows]
    units.quality[rows] = quality
    units.vanguard[rows] = vanguard


def _sectors_of(faction: Faction, count: int) -> list[str]:
    shares = whole_shares(count, np.array(list(faction.sectors.values()), dtype=np.float64))
    return [sector for sector, share in zip(faction.sectors, shares, strict=True) for _ in range(share)]


def _dig_in(model: SiegeState, forces: Forces) -> None:
    city = model.city
    layers = city.layers
    layers.entrenchment[city.pocket_ground] = forces.works_inside
    open_ground = model.setting.front.works_in_the_open
    built = (layers.built_up / BUILT_SHARE_FOR_FULL_WORKS).clip(0.0, 1.0)
    dug = forces.works_on_old_front * (open_ground + (1.0 - open_ground) * built)
    for side in (GARRISON, BESIEGER):
        near = front.in_works(model, side) > 0.0
        layers.entrenchment[near] = np.maximum(layers.entrenchment[near], dug[near])


def _post(model: SiegeState, forces: Forces) -> None:
    """Spread each sector's units evenly over its stretch of the line; some of the garrison stay behind it."""
    units, city = model.units, model.city
    sector_of_cell = np.array([quarter.sector for quarter in city.map.quarters])[city.layers.quarter]
    for side in (GARRISON, BESIEGER):
        line = city.front if side == GARRISON else city.siege_line
        rows = np.flatnonzero((units.side == side) & (units.posture != Posture.GONE))
        sectors = np.array([model.unit_labels[int(row)][1] for row in rows])
        for sector in dict.fromkeys(sectors.tolist()):
            mine = rows[sectors == sector]
            ground = np.flatnonzero((sector_of_cell == sector) & city.held_by(side))
            on_line = ground[line[ground]]
            behind = ground[~line[ground]]
            back = round(forces.garrison_reserve * mine.size) if side == GARRISON and behind.size else 0
            front_rows, back_rows = mine[: mine.size - back], mine[mine.size - back :]
            units.cell_index[front_rows] = (
                _along(on_line, front_rows.size, city) if on_line.size else _evenly(ground, front_rows.size)
            )
            units.cell_index[back_rows] = _evenly(behind if behind.size else ground, back_rows.size)
            units.posture[back_rows] = Posture.RESERVE
    _assign_axes(model, forces)


def _along(line: IntArray, count: int, city: City) -> IntArray:
    """Return ``count`` cells of a line, each next one where the fewest units are within reach so far."""
    covered = np.zeros(city.n_cells + 1)
    chosen = []
    for _ in range(count):
        near = covered[city.around[line]].sum(axis=1) + 8.0 * covered[line]
        cell = int(line[np.argmin(near)])
        chosen.append(cell)
        covered[city.around[cell]] += 1.0
        covered[-1] = 0.0
    return np.array(chosen, dtype=np.int64)


def _evenly(cells: IntArray, count: int) -> IntArray:
    """Return ``count`` of the cells, spaced evenly along their order."""
    return cells[(np.arange(count) * cells.size // max(count, 1)) % cells.size]


def _assign_axes(model: SiegeState, forces: Forces) -> None:
    """Divide the vanguard over the axes: by name where the scenario names axes, else neighbours go together."""
    units = model.units
    vanguard = np.flatnonzero(units.vanguard & (units.side == BESIEGER) & (units.posture != Posture.GONE))
    if forces.axes == 0 or vanguard.size == 0:
        return
    named = {name: faction.axis for name, faction in forces.besieger.items() if faction.axis is not None}
    if named:
        units.axis[vanguard] = [named.get(model.unit_labels[row][0], 0) for row in vanguard.tolist()]
        return
    by_place = vanguard[np.argsort(units.cell_index[vanguard], kind="stable")]
    for number, rows in enumerate(np.array_split(by_place, min(forces.axes, by_place.size))):
        units.axis[rows] = number


def place_facilities(model: SiegeState, further: Iterable[type[Facility]] = ()) -> list[Facility]:
    """Put hospitals, bakeries, stores and the rest into their quarters, and food into the stores."""
    city, food, places = model.city, model.setting.food, model.setting.city_map.facilities
    spots, baking = _Spots(model), food.bakery_kcal_per_day
    facilities: list[Facility] = []
    facilities += [Hospital(model, city, cell, name, e.beds) for e, cell, name in spots.of(places.hospitals, Hospital)]
    facilities += [
        RescueTeam(model, city, cell, name, e.crews) for e, cell, name in spots.of(places.rescue_teams, RescueTeam)
    ]
    facilities += [Bakery(model, city, cell, name, baking) for _, cell, name in spots.of(places.bakeries, Bakery)]
    markets = [Market(model, city, cell, name, "merchant", 0.0) for _, cell, name in spots.of(places.markets, Market)]
    stores = [
        Warehouse(model, city, cell, name, e.owner, 0.0) for e, cell, name in spots.of(places.warehouses, Warehouse)
    ]
    for owner, kcal in (("council", food.council_kcal), ("aid_agency", food.aid_kcal)):
        own = [store for store in stores if store.owner == owner]
        for store in own:
            store.kcal = kcal / len(own)
    for market in markets:
        market.kcal = food.merchant_kcal / len(markets)
    facilities += [*markets, *stores]
    facilities += [School(model, city, cell, name) for _, cell, name in spots.of(places.schools, School)]
    for crossing in places.crossings:
        into = city.sides.codes[crossing.into]
        cell = _edge_cell(model, crossing.quarter, into)
        facilities.append(Crossing(model, city, cell, crossing.name or crossing.quarter, into, 0.0))
    for road in places.roads:
        cell = _edge_cell(model, road.quarter, BESIEGER)
        facilities.append(Road(model, city, cell, road.name or road.quarter))
    for kind in further:
        for entry, cell, name in spots.of(getattr(places, kind.map_key, ()), kind):
            facilities.append(kind.stand(model, city, cell, name, entry))
    return facilities


class _Spots:
    """Hands out cells and names to places, quarter by quarter."""

    def __init__(self, model: SiegeState) -> None:
        self._model = model
        self._given: Counter[str] = Counter()
        self._cells: dict[str, IntArray] = {}

    def of(self, entries: Sequence[PlaceT], kind: type[Facility]) -> Iterator[tuple[PlaceT, int, str]]:
        """Yield each single place with its cell and name."""
        for entry in entries:
            for _ in range(entry.count):
                cell = self._next_cell(entry.quarter)
                usual = f"{kind.label} {entry.quarter}"
                self._given[usual] += 1
                number = f" {self._given[usual]}" if entry.count > 1 or self._given[usual] > 1 else ""
                yield entry, cell, entry.name or usual + number

    def _next_cell(self, quarter: str) -> int:
        """Return the quarter's cells one after the other, starting from its middle."""
        if quarter not in self._cells:
            self._cells[quarter] = self._from_the_middle(quarter)
        cells, number = self._cells[quarter], self._given[quarter]
        self._given[quarter] += 1
        return int(cells[number % cells.size])

    def _from_the_middle(self, quarter: str) -> IntArray:
        """Return the quarter's cells, those nearest to its middle first."""
        cells = _cells_of(self._model, quarter)
        rows, columns = np.divmod(cells, self._model.city.shape[1])
        return cells[np.argsort((rows - rows.mean()) ** 2 + (columns - columns.mean()) ** 2, kind="stable")]


def _cells_of(model: SiegeState, quarter: str) -> IntArray:
    index = [q.name for q in model.city.map.quarters].index(quarter)
    return np.flatnonzero(model.city.layers.quarter == index)


def _edge_cell(model: SiegeState, quarter: str, into: int) -> int:
    """Return the quarter's cell that touches ``into``'s ground most; its first cell when none does."""
    city = model.city
    cells = _cells_of(model, quarter)
    beyond = np.append(city.held_by(into), False)
    return int(cells[np.argmax(beyond[city.around[cells]].sum(axis=1))])


def open_books(model: SiegeState, flows: Mapping[str, Mapping[str, Flow]]) -> None:
    """Open the ledger's accounts with what is there on day 0."""
    measures: dict[str, tuple[str, Callable[[], float]]] = {
        "civilians": ("persons", partial(_mouths, model)),
        "garrison": ("fighters", partial(_fighters, model, GARRISON)),
        "besieger": ("fighters", partial(_fighters, model, BESIEGER)),
        "food": ("kcal", partial(_food, model)),
        "missiles": ("missiles", partial(_missiles, model)),
        "aircraft": ("aircraft", _none),
        "besieger_civilians": ("persons", _none),
        "relief_force": ("fighters", partial(_relief_fighters, model)),
    }
    for stock, (unit, measure) in measures.items():
        model.ledger.open(stock, unit, flows[stock], measure)


def _mouths(model: SiegeState) -> float:
    return float(model.households.mouths.sum())


def _fighters(model: SiegeState, side: int) -> float:
    units = model.units
    return float((units.fit + units.wounded)[units.of(side)].sum())


def _food(model: SiegeState) -> float:
    return float(model.households.food_kcal.sum()) + model.stored_kcal


def _none() -> float:
    return 0.0


def _missiles(model: SiegeState) -> float:
    return model.politics.missiles


def _relief_fighters(model: SiegeState) -> float:
    return model.politics.relief_fighters
