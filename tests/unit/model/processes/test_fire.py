"""Fire: what falls, on whom and where; who is under cover; who holds fire back."""

from __future__ import annotations

import numpy as np
import pytest

from siege_sim import Scenario, SiegeModel, load_scenario
from siege_sim.model.agents.facility import Hospital
from siege_sim.model.fires import in_preparation
from siege_sim.model.processes.shelter import Shelter
from siege_sim.schema.sides import BESIEGER

BARE = ("days=15", "interventions={}", "processes.displacement=null", "processes.agreement=null")
HEAVY = ("processes.sorties.per_day=60",)
NO_GUNS = ("processes.artillery=null",)
REST = "markets: 0, bakeries: 0, schools: 0, stores: 0"
ONLY_HOSPITALS = f"processes.targets={{front: 0, housing: 0, hospitals: 1, {REST}}}"
ONLY_ON_CALL = f"processes.targets={{front: 0, on_call: 1, housing: 0, hospitals: 0, {REST}}}"
NO_AIRCRAFT = ("processes.sorties=null",)
SEEDS = range(1, 5)


def town(*settings: str) -> Scenario:
    return load_scenario("toy_town", [*BARE, *settings])


def played(*settings: str, seed: int = 1, days: int = 15) -> SiegeModel:
    model = SiegeModel(town(*settings), seed)
    for _ in range(days):
        model.step()
    return model


def killed(cause: str, *settings: str) -> float:
    return sum(played(*settings, seed=seed).ledger.total("civilians", cause) for seed in SEEDS)


def test_who_has_a_cellar_and_knows_fire_lives_more_often():
    shelter = "processes.shelter={{experience_on_day_0: 1, cellars: {0}, in_them_under_fire: 1}}"
    without, half, all_of_them = (killed("killed_by_air", *HEAVY, *NO_GUNS, shelter.format(c)) for c in (0.0, 0.5, 1.0))
    assert without > half > all_of_them > 0


def test_a_warning_saves_people_from_aircraft_and_not_from_shells():
    warned, unwarned = (f"processes.shelter={{cellars: 1.0, warned_of_aircraft: {w}}}" for w in (1.0, 0.0))
    assert killed("killed_by_air", *HEAVY, *NO_GUNS, warned) < killed("killed_by_air", *HEAVY, *NO_GUNS, unwarned)
    guns = (*NO_AIRCRAFT, "processes.artillery={shells_per_day: 2000, heavy_shell: 1.0}")
    assert killed("killed_by_shelling", *guns, warned) == killed("killed_by_shelling", *guns, unwarned)


def test_people_learn_from_fire_and_forget_it_in_quiet_weeks():
    model = SiegeModel(town("days=60", "processes.shelter={experience_on_day_0: 0}", *HEAVY), 1)
    course = []
    for _ in range(20):
        model.step()
        course.append(model.politics.experience_of_fire)
    assert course[0] == 0.0
    assert course == sorted(course)
    assert 0.6 < course[-1] < 1.0
    quiet = SiegeModel(town("processes.shelter={experience_on_day_0: 1}", *NO_AIRCRAFT, *NO_GUNS), 1)
    quiet.step()
    before = quiet.politics.experience_of_fire
    quiet.step()
    assert 0.0 < quiet.politics.experience_of_fire < before == 1.0
    assert quiet.conditions.outdoors > Shelter().outdoors_under_fire


def test_without_shelter_everybody_is_in_their_rooms():
    model = played("processes.shelter=null", days=3)
    assert (model.conditions.outdoors, model.conditions.in_cellars, model.conditions.warned_of_aircraft) == (0, 0, 0)


def test_the_kind_of_bomb_decides_how_many_die():
    def by(munition: str) -> float:
        wings = f"air_wings={{one: {{weight: 1.0, share_on_pocket: 1.0, munition: {munition}}}}}"
        return killed("killed_by_air", *HEAVY, *NO_GUNS, wings)

    assert by("general_purpose_bomb") > 2 * by("barrel_bomb") > 0


def test_heavy_shells_kill_more_people_than_mortar_rounds():
    def by(mortar: int) -> float:
        kinds = f"{{shells_per_day: 1500, mortar: {mortar}, heavy_shell: {1 - mortar}}}"
        return killed("killed_by_shelling", *NO_AIRCRAFT, f"processes.artillery={kinds}")

    assert by(mortar=0) > 3 * by(mortar=1) > 0


def test_mortar_rounds_close_hospitals_for_days_and_destroy_none():
    model = SiegeModel(
        town(*NO_AIRCRAFT, "processes.artillery={shells_per_day: 3000, mortar: 1, heavy_shell: 0, share_on_front: 0, "
             "share_on_hospitals: 1}", "days=10"),
        1,
    )  # fmt: skip
    closed = 0
    for _ in range(10):
        model.step()
        hospitals = model.facilities_of(Hospital)
        assert not any(hospital.destroyed for hospital in hospitals)
        closed += sum(hospital.closed for hospital in hospitals)
    assert closed
    events = [event for event in model.log.events if event.kind.startswith("hospital")]
    assert events
    assert {event.cause for event in events} <= {"shelling", "repaired"}


def test_bombs_on_hospitals_destroy_some():
    model = played(*HEAVY, *NO_GUNS, ONLY_HOSPITALS)
    assert any(hospital.destroyed for hospital in model.facilities_of(Hospital))


@pytest.mark.parametrize("seed", SEEDS)
def test_strikes_on_call_fall_where_the_besieger_attacks_or_prepares_to(seed):
    model = SiegeModel(town(*HEAVY, *NO_GUNS, ONLY_ON_CALL, "days=25"), seed)
    called_days = 0
    for _ in range(25):
        # What the besieger does is decided after the air strikes of the day: they follow the evening before.
        called = model.city.front & (model.city.pressed | in_preparation(model))
        front = model.city.front.copy()
        model.step()
        if not model.running:
            break
        struck = model.city.layers.impacts > 0
        called_days += bool(called.any() and struck.any())
        assert not (struck & ~(called if called.any() else front)).any()
    assert called_days


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_the_share_on_the_front_is_an_input(share):
    model = SiegeModel(town(*NO_AIRCRAFT, f"processes.artillery={{shells_per_day: 400, share_on_front: {share}}}"), 1)
    front, people = model.city.front.copy(), model.city.layers.civilians > 0
    model.step()
    struck = model.city.layers.shells > 0
    assert struck.any()
    assert not (struck & ~(front if share else people)).any()


def test_no_weight_of_any_kind_is_no_shell():
    model = played(*NO_AIRCRAFT, "processes.artillery={mortar: 0, heavy_shell: 0, rocket: 0}", days=3)
    assert not model.city.layers.shells.any()


def test_shells_ruin_a_little_and_bombs_much_more():
    shelled = played(*NO_AIRCRAFT, "processes.artillery.shells_per_day=60").city.layers.rubble.sum()
    bombed = played("processes.sorties.per_day=60", *NO_GUNS).city.layers.rubble.sum()
    untouched = played(*NO_AIRCRAFT, *NO_GUNS).city.layers.rubble.sum()
    assert untouched < shelled < bombed


def test_snipers_hit_nobody_out_of_range_of_the_besiegers_ground():
    model = SiegeModel(
        town(*NO_AIRCRAFT, *NO_GUNS, "processes.snipers={intensity: 30, range_m: 500}", "processes.assault=null",
             "processes.besieger_command=null"), 1,
    )  # fmt: skip
    cell = model.city.map.cell_size_m
    near = model.city.within(model.city.held_by(BESIEGER), int(np.ceil(500 / cell)))
    for _ in range(10):
        model.step()
    killed_in = model.city.layers.civilians_killed
    assert model.ledger.total("civilians", "killed_by_snipers") > 0
    assert killed_in[near].sum() > 0
    assert killed_in[~near].sum() == 0


def test_more_of_those_whom_snipers_hit_are_wounded_than_killed():
    quiet = (*NO_AIRCRAFT, *NO_GUNS, "processes.besieger_command=null", "processes.snipers.intensity=30")
    model = played(*quiet)
    dead, wounded = (model.ledger.total("civilians", flow) for flow in ("killed_by_snipers", "wounded"))
    assert 3 < wounded / dead < 8


def test_nobody_is_shot_who_is_never_outdoors():
    model = played("processes.snipers.intensity=100", "processes.shelter=null", days=5)
    assert model.ledger.total("civilians", "killed_by_snipers") == 0


def test_a_threat_that_is_believed_holds_fire_back():
    believed = "{before: 0.0, 2020-09-04: 1.0, 2020-09-08: 0.0}"
    threats = f"processes.outside_threats={{restraint: 1.0, believed: {believed}}}"
    model = SiegeModel(town(*HEAVY, threats), 1)
    hits = []
    for _ in range(12):
        model.step()
        hits.append(int(model.city.layers.impacts.sum() + model.city.layers.shells.sum()))
    assert hits[2:6] == [0, 0, 0, 0]
    assert all(hits[:2] + hits[6:])
