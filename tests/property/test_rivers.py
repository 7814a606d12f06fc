"""Random towns on two banks of a river: nobody is on the water, and nobody crosses it but over a bridge."""

from __future__ import annotations

from functools import cache

import numpy as np
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from siege_sim import Scenario, SiegeModel, load_scenario
from siege_sim.kernels import ground
from siege_sim.schema.sides import GARRISON, NOBODY

COLUMNS = 13
RING = 2
DAYS = 9

LEGEND = {
    "a": {"name": "West Bank", "holder": "garrison", "sector": "west", "population": 1.0, "built_up": 0.6},
    "b": {"name": "East Bank", "holder": "garrison", "sector": "east", "population": 1.0, "built_up": 0.6},
    "w": {"name": "West Fields", "holder": "besieger", "sector": "west", "population": 0.3},
    "e": {"name": "East Fields", "holder": "besieger", "sector": "east", "population": 0.3},
    "~": {"name": "River", "ground": "water"},
    "=": {"name": "Bridges", "ground": "bridge", "holder": "garrison", "sector": "west"},
}


@cache
def stressed() -> Scenario:
    """Return a town in which on every day a great deal happens."""
    return load_scenario(
        "toy_town",
        [
            f"days={DAYS}", "map.third_party=null", "population.third_parties={}", "interventions={}",
            "population.besieged=2500", "ground.odds_to_assault=0.3", "processes.besieger_command.prepare_days=1",
            "processes.besieger_command.regroup_days=1", "processes.envelopment.hazard_per_round=0.1",
            "processes.counter_attack.p_try=0.8", "processes.counter_attack.least_cohesion=0.0",
            "processes.displacement.reluctance=2", "processes.sorties.per_day=30", "food.home_days=1",
            "processes.artillery.shells_per_day=200", "processes.garrison_command.moves_per_day=20",
            "processes.new_holder.flight_cells=8", "processes.new_holder.cross=0.1", "processes.agreement=null",
        ],
    )  # fmt: skip


@st.composite
def towns(draw, bridges: st.SearchStrategy[int]) -> tuple[tuple[str, ...], list[int]]:
    """Return the rows of a town, and the rows in which its bridges lie."""
    rows = draw(st.integers(8, 11))
    bends = draw(st.lists(st.integers(-1, 1), min_size=rows, max_size=rows))
    middle = np.clip(COLUMNS // 2 + np.cumsum(bends), RING + 2, COLUMNS - RING - 3)
    water = np.zeros((rows, COLUMNS), dtype=np.bool_)
    water[np.arange(rows), middle] = True
    water = ground.corners_filled(water.ravel(), water.shape).reshape(water.shape)
    inner = range(RING, rows - RING)
    crossed = sorted(draw(st.sets(st.sampled_from(inner), min_size=(many := draw(bridges)), max_size=many)))
    return tuple(_row(water, number, number in crossed, number in inner) for number in range(rows)), crossed


def _row(water: np.ndarray, number: int, crossed: bool, inner: bool) -> str:
    first = int(np.flatnonzero(water[number])[0])

    def character(column: int) -> str:
        if water[number, column]:
            return "=" if crossed else "~"
        held = inner and RING <= column < COLUMNS - RING
        return ("a" if held else "w") if column < first else ("b" if held else "e")

    return "".join(character(column) for column in range(COLUMNS))


def town(rows: tuple[str, ...], open_by_day: dict[int, int]) -> Scenario:
    plain, used = stressed(), set("".join(rows))
    drawn = {
        "name": "Two Banks",
        "cell_size_m": 300.0,
        "rows": rows,
        "legend": {character: entry for character, entry in LEGEND.items() if character in used},
        "facilities": {
            "hospitals": ({"quarter": "West Bank"},),
            "bakeries": ({"quarter": "East Bank"},),
            "markets": ({"quarter": "West Bank"}, {"quarter": "East Bank"}),
            "warehouses": (
                {"quarter": "West Bank", "owner": "council"},
                {"quarter": "East Bank", "owner": "aid_agency"},
            ),
            "crossings": ({"quarter": "East Bank", "into": "besieger"},),
        },
    }
    processes = dict(plain.processes.on()) | (
        {"bridges": {"open": {"Bridges": open_by_day}}} if "=" in used and open_by_day else {}
    )
    forces = plain.forces.model_dump()
    for faction in (*forces["garrison"].values(), *forces["besieger"].values()):
        faction["sectors"] = {"west": 1.0, "east": 1.0}
    blocks = {key: getattr(plain, key) for key in type(plain).model_fields}
    return Scenario.model_validate({**blocks, "map": drawn, "processes": processes, "forces": forces})


def banks_of(model: SiegeModel) -> np.ndarray:
    """Return the bank of every cell, -1 on water and bridges."""
    banks = ground.components(~model.city.map.barrier, model.city.shape)
    assert banks.max() == 1, "the river has two banks"
    return banks


def check_nobodys_ground(model: SiegeModel, closed: np.ndarray) -> None:
    layers, homes, units = model.city.layers, model.households, model.units
    assert ((layers.holder == NOBODY) == closed).all()
    for name in ("civilians", "other_residents", "defenders", "impacts", "shells", "entrenchment", "odds"):
        assert not layers.array(name)[closed].any(), name
    assert not layers.rubble[closed & ~model.city.bridges].any()
    assert not closed[units.cell_index[units.standing]].any()
    assert not closed[homes.cell_index[homes.inside & (homes.persons > 0)]].any()
    assert not closed[[facility.cell_index for facility in model.facilities]].any()


BOTH_BANKS_ATTACKED = (
    "wwwwww~~eeeee", "wwwwwww~~eeee", "wwaaaaa==bbee", "wwaaaaa=bbbee", "wwaaaaa=bbbee", "wwaaaaa~bbbee",
    "wwaaaaa~bbbee", "wwaaaaa~bbbee", "wwaaaa~~bbbee", "wwwww~~eeeeee", "wwwww~eeeeeee",
)  # fmt: skip
"""Two units counter-attack on one bank, and the second finds fresh ground only on the other."""


@given(
    towns(st.integers(0, 3)),
    st.dictionaries(st.integers(0, DAYS), st.sampled_from([0, 1]), max_size=4),
    st.integers(0, 1000),
)
@example((BOTH_BANKS_ATTACKED, [2, 3, 4]), {3: 0}, 0)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_nobody_is_on_the_water_and_nobody_crosses_it_but_over_a_bridge(drawn, open_by_day, seed):
    rows, bridges = drawn
    model = SiegeModel(town(rows, open_by_day), seed)
    city, homes, units, banks = model.city, model.households, model.units, banks_of(model)
    water = np.array([character == "~" for row in rows for character in row])
    is_open = bool(bridges) and _open_on(open_by_day, 0)
    check_nobodys_ground(model, water | (city.bridges & (not is_open)))
    while model.running:
        people, fighters = banks[homes.cell_index], banks[units.cell_index]
        model.step()  # each day ends with a check of the books
        is_open = bool(bridges) and _open_on(open_by_day, model.day)
        if model.politics.ending == "holding":
            check_nobodys_ground(model, water | (city.bridges & (not is_open)))
        if is_open:
            continue
        parts = [set(banks[city.pockets == pocket].tolist()) for pocket in range(city.pocket_count)]
        assert all(len(part) == 1 for part in parts), "a pocket lies on both banks"
        stayed = homes.inside & (people >= 0)
        assert (banks[homes.cell_index[stayed]] == people[stayed]).all(), "people walked over water"
        stood = units.of(GARRISON) & (fighters >= 0)
        assert (banks[units.cell_index[stood]] == fighters[stood]).all(), "fighters marched over water"


def _open_on(open_by_day: dict[int, int], day: int) -> bool:
    return bool(([1] + [state for first, state in sorted(open_by_day.items()) if first <= day])[-1])


@given(towns(st.just(1)), st.integers(1, 4), st.integers(1, 3))
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
def test_the_number_of_pockets_follows_the_bridge(drawn, cut, later):
    rows, _ = drawn
    quiet = town(rows, {cut: 0, cut + later: 1})
    off = quiet.processes.model_copy(update={"besieger_command": None, "envelopment": None})
    model = SiegeModel(quiet.model_copy(update={"processes": off}), 1)
    assume(model.city.large_pockets == 1)
    for day in model.days():
        closed = cut <= day < cut + later
        assert model.city.large_pockets == 1 + closed
        assert model.share_held == 1.0
        assert (model.city.layers.holder[model.city.bridges] == (NOBODY if closed else GARRISON)).all()


@given(towns(st.just(0)), st.integers(0, 100))
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
def test_an_assault_is_never_made_over_water(drawn, seed):
    model = SiegeModel(town(drawn[0], {}), seed)
    banks, assaulted = banks_of(model), False
    for _ in model.days():
        for axis in model.axes:
            pressed = model.city.layers.pressed_by == axis.number
            assert set(banks[pressed].tolist()) <= {banks[axis.focus]}
            assaulted |= bool(pressed.any())
    assert assaulted
