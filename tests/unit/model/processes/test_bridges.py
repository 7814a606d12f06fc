"""Bridges: what becomes of a bridge, of who is on it, and of the pocket, when it is cut and opened again."""

from __future__ import annotations

import json

import numpy as np
import pytest

from siege_sim import Scenario, SiegeModel, load_scenario, run
from siege_sim.errors import ScenarioError
from siege_sim.model.processes.bridges import Bridges
from siege_sim.model.processes.displacement import Displacement
from siege_sim.schema.sides import BESIEGER, GARRISON, NOBODY

QUIET = (
    "map.river=true",
    "days=12",
    "interventions={}",
    "processes.besieger_command=null",
    "processes.displacement=null",
)
BRIDGE = "Old Bridge"


def quiet_town(states: str, *more: str) -> Scenario:
    return load_scenario("toy_town", [*QUIET, f"processes.bridges={{open: {{{BRIDGE}: {states}}}}}", *more])


def bridge_of(model: SiegeModel) -> int:
    return int(model.city.map.bridges[BRIDGE][0])


def test_a_bridge_is_cut_and_opened_on_its_dates_and_the_pocket_follows():
    series = run(quiet_town("{2020-09-04: 0, 2020-09-08: 1}"), seed=1).series
    assert series["pockets"].tolist() == [1] * 3 + [2] * 4 + [1] * 6
    assert (series["garrison_area_share"] == 1.0).all(), "a cut bridge is no loss of ground"


def test_day_numbers_and_dates_mean_the_same():
    assert (
        run(quiet_town("{3: 0, 7: 1}"), seed=1).series_csv()
        == run(quiet_town("{2020-09-04: 0, 2020-09-08: 1}"), seed=1).series_csv()
    )


@pytest.mark.parametrize("states", ["0", "{0: 0}", "{2020-08-01: 0, 2020-09-01: 0}"])
def test_a_bridge_that_is_cut_on_day_0_is_cut_before_anybody_is_placed(states):
    model = SiegeModel(quiet_town(states), 1)
    assert model.city.large_pockets == 2
    assert model.city.layers.holder[bridge_of(model)] == NOBODY
    assert bridge_of(model) not in model.units.cell_index
    assert not model.log.events


def test_bridges_that_are_not_named_stay_open():
    assert run(quiet_town("1"), seed=2).series_csv() == run(load_scenario("toy_town", QUIET), seed=2).series_csv()


def test_the_log_says_what_the_cut_brought_about():
    events = run(quiet_town("{3: 0, 7: 1}"), seed=1).events.set_index("kind")
    cut, split = events.loc["bridge_cut"], events.loc["pocket_split"]
    assert (cut["day"], split["day"], split["because"]) == (3, 3, cut["event"])
    assert split["cause"] == "the bridge between was cut"
    opened, joined = events.loc["bridge_opened"], events.loc["pocket_joined"]
    assert (opened["because"], joined["because"]) == (cut["event"], opened["event"])


def test_whoever_stands_on_a_bridge_leaves_it_when_it_is_cut():
    model = SiegeModel(quiet_town("{1: 0}"), 1)
    bridge, homes, units = bridge_of(model), model.households, model.units
    model.unit(int(units.rows_of(GARRISON)[0])).march_to(bridge)
    homes.move(np.arange(5), np.full(5, bridge))
    model.step()
    assert bridge not in units.cell_index[units.standing]
    assert not (homes.inside & (homes.cell_index == bridge)).any()
    assert model.city.pocket_ground[homes.cell_index[:5]].all()


def test_a_bridge_that_is_cut_is_no_breach_that_alarms_people():
    model = SiegeModel(quiet_town("{1: 0}"), 1)
    model.step()
    assert not model.city.lost_ground[bridge_of(model)]
    assert np.isinf(Displacement()._steps_to_breach(model)).all()
    model.city.capture(model.city.pocket_cells[:1], BESIEGER)
    assert np.isfinite(Displacement()._steps_to_breach(model)).any()


def test_an_opened_bridge_belongs_to_the_side_with_most_of_the_ground_beside_it():
    model = SiegeModel(quiet_town("{1: 0, 2: 1}"), 1)
    model.step()
    near = model.city.around[bridge_of(model)]
    model.city.capture(near[model.city.pocket_ground[near]], BESIEGER)
    model.step()
    assert model.city.layers.holder[bridge_of(model)] == BESIEGER


def test_where_both_have_as_much_it_belongs_to_its_first_holder():
    model = SiegeModel(quiet_town("{1: 0, 2: 1}"), 1)
    model.step()
    near = model.city.around[bridge_of(model)]
    model.city.capture(near[near % 10 > 5], BESIEGER)
    model.step()
    assert model.city.layers.holder[bridge_of(model)] == GARRISON


def test_a_crossing_on_a_bridge_is_shut_while_the_bridge_is_cut():
    more = "map.facilities={crossings: [{quarter: Old Bridge, into: besieger, name: Bridge gate}]}"
    model = SiegeModel(quiet_town("{1: 0, 2: 1}", more), 1)
    gate = next(place for place in model.facilities if place.name == "Bridge gate")
    seen = [gate.in_pocket]
    for _ in range(2):
        model.step()
        seen.append(gate.in_pocket)
    assert seen == [True, False, True]


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("{open: {Old Brigde: 0}}", "no bridge 'Old Brigde'; did you mean 'Old Bridge'?"),
        ("{open: {Mill Quarter: 0}}", "no bridge 'Mill Quarter'; known here: Old Bridge"),
        ("{open: {Old Bridge: {99: 0}}}", "none of its dates is in the run"),
        ("{open: {Old Bridge: {soon: 0}}}", "'soon' is no day"),
        ("{open: {Old Bridge: 2}}", "2 is out of range"),
        ("{open: {Old Bridge: {3: shut}}}", "'shut' is not a number"),
        ("{open: {Old Bridge: [1]}}", "is not a number"),
        ("{open: {Old Bridge: {3: 0.5}}}", "open (1) or cut (0), and nothing between"),
        ("{open: 0}", "0 is not a block of keys"),
    ],
)
def test_wrong_bridges_are_refused_in_words(setting, words):
    with pytest.raises(ScenarioError) as error:
        load_scenario("toy_town", [*QUIET, f"processes.bridges={setting}"])
    assert words in str(error.value)


def test_a_map_without_bridges_says_so():
    with pytest.raises(ScenarioError, match="no bridge 'Old Bridge' and no other"):
        load_scenario("toy_town", ["processes.bridges={open: {Old Bridge: 0}}"])


def test_a_change_of_bridges_is_checked_as_the_scenario_is():
    change = "changes={c: {from_day: 3, processes: {bridges: {open: {Old Brigde: 0}}}}}"
    with pytest.raises(ScenarioError, match="did you mean 'Old Bridge'"):
        load_scenario("toy_town", [*QUIET, "processes.bridges={}", change])


def test_days_and_dates_come_back_from_a_result_s_manifest():
    bridges = quiet_town("{3: 0, 2020-09-08: 1}").processes.bridges
    assert Bridges.model_validate(json.loads(bridges.model_dump_json())) == bridges
