"""Each lever does what its documentation says, and no more."""

from __future__ import annotations

import numpy as np
import pytest

from siege_sim import SiegeModel, load_scenario
from siege_sim.model.agents.facility import Hospital, Road
from siege_sim.model.codes import AxisPhase
from siege_sim.schema.sides import BESIEGER, GARRISON
from tests.conftest import STRESS

PEACE = (
    "processes.besieger_command=null", "processes.sorties.per_day=0", "processes.artillery.shells_per_day=0",
    "processes.snipers=null",
)  # fmt: skip


def city(action: str, *settings: str, stress: bool = False) -> SiegeModel:
    base = STRESS if stress else ("interventions.aid_convoys=null",)
    return SiegeModel(load_scenario("toy_town", [*base, f"interventions.tried={{{action}}}", *settings]), seed=7)


def play(model: SiegeModel, days: int) -> SiegeModel:
    for _ in range(days):
        model.step()
    return model


@pytest.mark.parametrize(
    ("side", "code", "stock"), [("garrison", GARRISON, "garrison"), ("besieger", BESIEGER, "besieger")]
)
def test_reinforcements_join_either_side_on_its_own_ground(side, code, stock):
    model = city(
        f"kind: reinforcements, from_day: 3, side: {side}, faction: friends, sector: east, fighters: 250", *PEACE
    )
    play(model, 2)
    before = int(model.units.fit[model.units.of(code)].sum())
    play(model, 1)
    assert int(model.units.fit[model.units.of(code)].sum()) - before == 250
    assert model.ledger.total(stock, "reinforced") == 250
    assert (model.city.layers.holder[model.units.cell_index[model.units.of(code)]] == code).all()


def test_only_wounded_people_are_brought_out_and_no_more_than_there_are_seats_for():
    model = city("kind: medical_evacuation, from_day: 1, persons_per_day: 7", *PEACE, "processes.hospitals=null")
    homes = model.households
    homes.wound(np.arange(20), np.ones(20, dtype=np.int64))
    people = homes.persons.sum()
    for brought in (7, 14, 20, 20):
        model.step()
        assert model.ledger.total("civilians", "evacuated_for_treatment") == brought
        assert homes.wounded.sum() == 20 - brought
        assert homes.persons.sum() == people - brought
    assert homes.inside.all()


def test_the_wounded_cannot_be_brought_out_through_a_crossing_that_is_lost():
    model = city("kind: medical_evacuation, from_day: 1, crossing: South gate", *PEACE)
    homes = model.households
    homes.wound(np.arange(20), np.ones(20, dtype=np.int64))
    gate = next(facility for facility in model.facilities if facility.name == "South gate")
    model.city.capture(np.array([gate.cell_index]), BESIEGER)
    model.step()
    assert model.ledger.total("civilians", "evacuated_for_treatment") == 0


def test_only_the_group_that_agreed_leaves_and_fire_is_held_back():
    model = city(
        "kind: armed_group_leaves, from_day: 2, faction: volunteers, fighters_per_day: 100, air: 0.25, artillery: 0.5",
        "forces.garrison.volunteers={fighters: 300, unit_size: 100, sectors: {north: 1}}",
        *PEACE,
    )
    militia = [row for row, (faction, _) in model.unit_labels.items() if faction == "town_militia"]
    fit = model.units.fit[militia].sum()
    for left in (0, 100, 200, 300, 300):
        model.step()
        assert model.ledger.total("garrison", "left_by_agreement") == left
    assert model.units.fit[militia].sum() == fit
    assert (model.conditions.air_tempo, model.conditions.fire_tempo) == (0.25, 0.5)
    assert model.conditions.assault_tempo == 1.0


def test_a_road_is_open_for_its_window_only_and_brings_in_food():
    model = city("kind: siege_broken, from_day: 2, until_day: 4, open_share: 0.6", *PEACE)
    (road,) = model.facilities_of(Road)
    opened, supplied, left = [], [], []
    for _ in range(6):
        model.step()
        opened.append(road.open_share)
        supplied.append(model.ledger.today("food", "brought_in"))
        left.append(model.ledger.today("civilians", "left_by_road"))
    assert opened == [0, 0.6, 0.6, 0.6, 0, 0]
    assert [amount > 0 for amount in supplied] == [False, True, True, True, False, False]
    assert sum(left[1:4]) > 0
    assert left[0] == sum(left[4:]) == 0


def test_a_road_whose_end_is_lost_brings_nothing_and_no_hope():
    model = city("kind: siege_broken, from_day: 1, hope: 1.0, leaving_per_day: 1.0", *PEACE)
    (road,) = model.facilities_of(Road)
    model.city.capture(np.array([road.cell_index]), BESIEGER)
    model.politics.hope = 0.3
    model.step()
    assert model.ledger.total("food", "brought_in") == model.ledger.total("civilians", "left_by_road") == 0
    assert model.politics.hope <= 0.3


def test_missiles_that_come_are_launched_or_still_there_and_caution_fades_when_they_are_gone():
    model = city(
        "kind: anti_aircraft_missiles, from_day: 3, until_day: 12, missiles_per_month: 45, p_launch: 0.2",
        "processes.sorties.per_day=20", "processes.besieger_command=null",
    )  # fmt: skip
    deterred = []
    for _ in range(60):
        model.step()
        politics = model.politics
        gone = model.ledger.total("missiles", "launched") + politics.missiles
        assert gone == model.ledger.total("missiles", "delivered")
        deterred.append(politics.sorties_deterred)
    assert deterred[1] == 0
    assert 0.25 <= max(deterred) < 1
    assert 10 <= model.ledger.total("missiles", "delivered") <= 20
    assert model.ledger.total("aircraft", "lost") <= model.ledger.total("missiles", "launched")
    assert model.politics.missiles == 0
    assert deterred[-1] < max(deterred)


def test_ration_policy_holds_within_its_window():
    model = city("kind: ration_policy, from_day: 2, until_day: 3, policy: per_family, bread: 0.5", *PEACE)
    seen = []
    for _ in range(4):
        model.step()
        seen.append((model.conditions.ration_policy, model.conditions.bread_factor))
    assert seen == [(None, 1.0), ("per_family", 0.5), ("per_family", 0.5), (None, 1.0)]


def test_half_the_bread_is_half_the_bread():
    whole = play(city("kind: ration_policy, from_day: 1, rations: 0.0", *PEACE), 1)
    half = play(city("kind: ration_policy, from_day: 1, rations: 0.0, bread: 0.5", *PEACE), 1)
    fed = whole.city.layers.ration_kcal > 0
    assert half.city.layers.ration_kcal[fed] == pytest.approx(0.5 * whole.city.layers.ration_kcal[fed])


def test_a_harsh_winter_is_colder_by_as_much_as_it_says():
    usual, cold = city("kind: corridor, from_day: 0"), city("kind: harsh_winter, from_day: 2, colder_by_c: 6")
    gaps = []
    for _ in range(3):
        usual.step()
        cold.step()
        gaps.append(usual.conditions.temperature_c - cold.conditions.temperature_c)
    assert gaps == pytest.approx([0.0, 6.0, 6.0])


def test_protected_hospitals_are_not_struck_and_other_strikes_fall_where_they_fell():
    struck = play(city("kind: corridor, from_day: 0", stress=True), 1)
    spared = play(city("kind: protected_hospitals, from_day: 0", stress=True), 1)
    assert sum(hospital.hits for hospital in struck.facilities_of(Hospital)) > 0
    assert sum(hospital.hits for hospital in spared.facilities_of(Hospital)) == 0
    assert (spared.city.layers.impacts <= struck.city.layers.impacts).all()


@pytest.mark.parametrize(("missed", "share"), [(0.0, 1.0), (1.0, 0.0)])
def test_what_is_found_of_a_drop_comes_into_the_books(missed, share):
    model = play(city(f"kind: airdrop, from_day: 1, pallets: 30, kcal_per_pallet: 1e6, missed: {missed}", *PEACE), 1)
    assert model.ledger.total("food", "brought_in") == 30e6 * share


def test_an_agreement_on_a_date_stops_the_fire_and_is_carried_out():
    model = city("kind: evacuation_agreement, from_day: 3", stress=True)
    play(model, 3)
    assert model.politics.agreement_day == 3
    assert model.conditions.air_tempo == model.conditions.assault_tempo == 0.0
    play(model, 57)
    assert model.politics.ending == "evacuated"
    assert model.ledger.total("civilians", "evacuated") > 0


def test_an_intervention_from_outside_lifts_hope_and_keeps_aircraft_away():
    model = city("kind: outside_intervention, from_day: 2, air: 0.1, hope: 0.8, diverted: 0.4", *PEACE)
    model.politics.hope = 0.2
    play(model, 2)
    assert model.politics.hope == 0.8
    assert model.conditions.air_tempo == pytest.approx(0.1)
    assert model.conditions.assault_tempo == pytest.approx(0.6)


def test_without_fire_on_the_west_ammunition_is_kept():
    model = play(city("kind: no_garrison_shelling, from_day: 0", *PEACE, "processes.supply=null"), 10)
    assert model.ledger.total("besieger_civilians", "killed") == 0
    assert (model.units.ammunition[model.units.of(GARRISON)] == 1.0).all()


def test_hope_outlives_a_failed_relief_attack_by_some_days():
    model = city(
        "kind: relief_attack, from_day: 2, until_day: 4, fighters: 50, against: [south], works: 3.0, distance_km: 50,"
        " hope_lost_on_failure: 0.6",
        *PEACE,
        "processes.condemnation.hope_follows_per_day=0.2",
    )
    hope = [play(model, 1).politics.hope for _ in range(30)]
    assert hope[:3] == [1.0, 1.0, 1.0]
    assert hope[5:8] == pytest.approx([0.4 + 0.6 * 0.8**days for days in (3, 4, 5)])
    assert hope[-1] == pytest.approx(0.4, abs=0.01)


def test_a_lull_longer_than_the_preparation_undoes_it_and_a_shorter_one_does_not():
    settings = (
        "processes.besieger_command.prepare_days=3", "processes.besieger_command.patience_days=60",
        "processes.envelopment=null", "ground.odds_to_assault=0.1", "days=60",
    )  # fmt: skip
    for lull, phases in ((3, {AxisPhase.ASSAULT}), (9, {AxisPhase.PREPARE})):
        model = city(f"kind: ceasefire, from_day: 10, until_day: {9 + lull}, assaults: 0.0", *settings)
        play(model, 9 + lull)
        assert {axis.phase for axis in model.axes} == {AxisPhase.ASSAULT}
        play(model, 1)
        assert {axis.phase for axis in model.axes} == phases
        play(model, 3)
        assert {axis.phase for axis in model.axes} == {AxisPhase.ASSAULT}


def test_an_axis_whose_place_was_lost_during_a_lull_prepares_elsewhere():
    model = city(
        "kind: ceasefire, from_day: 10, until_day: 20, assaults: 0.0",
        "processes.besieger_command.prepare_days=3", "processes.besieger_command.patience_days=60",
        "processes.envelopment=null", "ground.odds_to_assault=0.1", "days=60",
    )  # fmt: skip
    play(model, 20)
    axis = model.axes[0]
    axis.focus = int(np.flatnonzero(model.city.pocket_ground)[0])
    play(model, 1)
    assert axis.phase == AxisPhase.PREPARE
    assert model.city.siege_line[axis.focus]


@pytest.mark.parametrize("name", ["october_corridors", "first_pause"])
@pytest.mark.parametrize("kind", ["corridor", "ceasefire"])
def test_what_is_told_of_an_action_reads_well_whether_its_name_is_one_thing_or_several(name, kind):
    scenario = load_scenario("toy_town", [f"interventions.{name}={{kind: {kind}, from_day: 2, until_day: 3}}"])
    model = play(SiegeModel(scenario, seed=1), 5)
    told = [event.what for event in model.log.events if f"the {name.replace('_', ' ')}" in event.what]
    assert [what.split(" (")[0].rpartition(" ")[2] for what in told] == ["began", "ended"]
    assert not any(what.endswith("no longer)") for what in told), "a sentence without a verb"
