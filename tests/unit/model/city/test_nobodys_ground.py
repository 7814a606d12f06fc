"""Nobody's ground: what a map may say of it, and that nobody crosses it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import yaml
from pydantic import ValidationError

from siege_sim import Scenario, SiegeModel, load_scenario
from siege_sim.model.city.map import CityMap, Quarter
from siege_sim.schema.sides import BESIEGER, GARRISON, NOBODY

TOWN = {
    "a": {"name": "West Bank", "holder": "garrison", "sector": "west", "population": 1.0, "built_up": 0.5},
    "b": {"name": "East Bank", "holder": "garrison", "sector": "east", "population": 1.0, "built_up": 0.5},
    "x": {"name": "Fields", "holder": "besieger", "sector": "ring", "population": 1.0},
    "~": {"name": "River", "ground": "water"},
    "=": {"name": "Old Bridge", "ground": "bridge", "holder": "garrison", "sector": "west"},
}
ROWS = ("xxxx~xxx", "xaaa~bbx", "xaaa=bbx", "xaaa~bbx", "xaaa~bbx", "xxxx~xxx")


def town(rows: tuple[str, ...] = ROWS, **other: Any) -> CityMap:
    used = {character: entry for character, entry in TOWN.items() if any(character in row for row in rows)}
    return CityMap.model_validate({"name": "Town", "cell_size_m": 300.0, "rows": rows, "legend": used} | other)


def siege(rows: tuple[str, ...] = ROWS, *more: str) -> Scenario:
    force = "{militia: {fighters: 400, unit_size: 50, sectors: {west: 1, east: 1}}}"
    army = "{army: {fighters: 900, vanguard: true, sectors: {ring: 1}}}"
    forces = f"{{garrison: {force}, besieger: {army}, axes: 2}}"
    plain = load_scenario("toy_town", ["map.third_party=null", "population.third_parties={}", *more])
    blocks = {key: getattr(plain, key) for key in type(plain).model_fields}
    return Scenario.model_validate({**blocks, "map": town(rows).model_dump(), "forces": yaml.safe_load(forces)})


@pytest.fixture
def model() -> SiegeModel:
    return SiegeModel(siege(), 1)


def said(entry: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as error:
        Quarter.model_validate({"name": "Q", **entry})
    return error.value.errors()[0]["msg"]


@pytest.mark.parametrize("kind", ["water", "impassable", "outside"])
def test_nobodys_ground_has_no_holder_sector_or_people(kind):
    assert Quarter.model_validate({"name": "Q", "ground": kind}).holder is None
    for field, value in {"holder": "garrison", "sector": "north", "population": 1.0, "built_up": 0.2}.items():
        assert f"has no {field}; leave it out" in said({"ground": kind, field: value})


def test_people_s_ground_needs_a_holder_and_a_sector():
    assert "needs a holder" in said({"sector": "north"})
    assert "needs a sector" in said({"holder": "garrison"})
    assert "nobody lives on one" in said({"holder": "garrison", "sector": "s", "ground": "bridge", "population": 1.0})


@pytest.mark.parametrize(
    ("built_up", "kind"), [(0.0, "open"), (0.09, "open"), (0.1, "low_rise"), (0.49, "low_rise"), (0.5, "dense")]
)
def test_ground_of_no_stated_kind_is_named_by_its_built_up_share(built_up, kind):
    assert Quarter(name="Q", holder="garrison", sector="s", built_up=built_up).kind == kind


def test_a_stated_kind_has_its_usual_built_up_share_unless_the_map_says_another():
    dense = {"name": "Q", "holder": "garrison", "sector": "s", "ground": "dense"}
    assert Quarter.model_validate(dense).built_up == 0.7
    assert Quarter.model_validate({**dense, "built_up": 0.4}).built_up == 0.4
    assert Quarter.model_validate({**dense, "ground": "fields"}).built_up == 0.0


@pytest.mark.parametrize(
    ("corner", "crs", "system"),
    [
        ({"latitude": 36.2, "longitude": 37.1}, None, "EPSG:32637"),
        ({"latitude": -36.2, "longitude": 37.1}, None, "EPSG:32737"),
        ({"easting": 330000.0, "northing": 4012000.0}, "EPSG:32637", "EPSG:32637"),
        ({"latitude": 36.2, "longitude": 37.1}, "EPSG:22780", "EPSG:22780"),
        (None, None, None),
    ],
)
def test_a_map_knows_its_reference_system(corner, crs, system):
    assert town(north_west_corner=corner, crs=crs).reference_system == system


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"north_west_corner": {"latitude": 36.2}}, "exactly one of the pairs"),
        ({"north_west_corner": {}}, "exactly one of the pairs"),
        (
            {"north_west_corner": dict.fromkeys(("latitude", "longitude", "northing"), 1.0)},
            "one of the pairs",
        ),
        ({"north_west_corner": {"latitude": 1.0, "northing": 1.0}}, "exactly one of the pairs"),
        ({"north_west_corner": {"easting": 1.0, "northing": 1.0}}, "add crs"),
        ({"crs": "EPSG:4326"}, "in degrees"),
        ({"facilities": {"hospitals": ({"quarter": "River"},)}}, "nothing can stand on 'River', which is water"),
        ({"facilities": {"roads": ({"quarter": "River"},)}}, "nothing can stand on 'River'"),
        ({"facilities": {"crossings": ({"quarter": "River", "into": "besieger"},)}}, "nothing can stand on 'River'"),
    ],
)
def test_a_map_that_cannot_be_is_refused_in_words(other, words):
    with pytest.raises(ValidationError, match=words):
        town(**other)


def test_a_river_with_a_gap_at_a_corner_is_refused_with_the_cell_to_draw():
    rows = ("aax~", "aa~x", "a~xx", "~xxx")
    with pytest.raises(ValidationError) as error:
        town(rows)
    assert "row 1, column 3 touches row 2, column 4 by the corner" in str(error.value)
    assert "draw row 1, column 3 as '~' too" in str(error.value)
    filled = ("aa~~", "a~~x", "~~xx", "~xxx")
    assert town(filled).rows == filled


def test_a_bridge_counts_as_closed_when_gaps_are_looked_for():
    with pytest.raises(ValidationError, match=r"as '~' too"):
        town(("a~bb", "aa=b", "a~bx", "a~xx"))


def test_nobody_holds_lives_or_stands_on_water_on_day_0(model):
    water = model.city.map.quarter_index == [q.name for q in model.city.map.quarters].index("River")
    layers = model.city.layers
    assert (layers.holder[water] == NOBODY).all()
    assert (layers.holder[~water] != NOBODY).all()
    for layer in (layers.civilians, layers.other_residents, layers.rubble, layers.entrenchment):
        assert not layer[water].any()
    assert not water[model.units.cell_index].any()
    assert not water[[facility.cell_index for facility in model.facilities]].any()


def test_two_banks_are_one_pocket_over_the_bridge_and_two_without_it(model):
    assert model.city.large_pockets == 1
    model.city.capture(model.city.map.bridges["Old Bridge"], NOBODY)
    assert model.city.large_pockets == 2


def test_the_nearest_ground_is_the_nearest_on_foot(model):
    city = model.city
    start, across, same_bank = 1 * 8 + 3, np.array([1 * 8 + 5]), np.array([4 * 8 + 1])
    assert city.nearest(start, np.concatenate([across, same_bank])) == (across[0], 2), "over the bridge beside"
    city.capture(city.map.bridges["Old Bridge"], NOBODY)
    assert city.nearest(start, np.concatenate([across, same_bank])) == (same_bank[0], 3)
    assert city.nearest(start, across) is None


def test_units_do_not_pass_a_bridge_that_others_hold_and_people_do(model):
    city, start, across = model.city, 1 * 8 + 3, np.array([1 * 8 + 5])
    assert city.nearest(start, across, BESIEGER) is None
    city.capture(city.map.bridges["Old Bridge"], BESIEGER)
    assert city.nearest(start, across, GARRISON) is None
    assert city.nearest(start, across)[1] == 2
    assert city.nearest(start, city.map.bridges["Old Bridge"], GARRISON)[1] == 1, "to attack it they can enter it"


def test_the_besieger_goes_round_outside_the_map_and_the_garrison_does_not(model):
    model.city.capture(model.city.map.bridges["Old Bridge"], NOBODY)
    west, east = 0, 7
    parts = model.city.marches(BESIEGER)
    assert parts[west] == parts[east]
    west, east = 1 * 8 + 1, 1 * 8 + 5
    parts = model.city.marches(GARRISON)
    assert parts[west] != parts[east]


def test_there_is_no_front_across_a_river():
    city = SiegeModel(siege(("aa~~xx", "aa~xxx", "aa~xbb", "aa~xbb")), 1).city
    west = np.arange(city.n_cells) % 6 < 2
    assert city.pocket_ground[west].all()
    assert not city.front[west].any()
    assert city.front[~west].any()


def test_a_unit_on_lost_ground_stays_on_its_bank(model):
    city, units = model.city, model.units
    city.capture(city.map.bridges["Old Bridge"], NOBODY)
    cell = 1 * 8 + 5
    row = int(units.rows_of(GARRISON)[0])
    model.unit(row).march_to(cell)
    city.capture(np.array([cell, cell + 1, cell + 8, cell + 9]), BESIEGER)
    refuge = model.nearest_pocket_cell(cell, 4, GARRISON)
    assert refuge is not None
    assert refuge % 8 > 4, "there is ground of its own two cells away on the other bank, but three on this one"
