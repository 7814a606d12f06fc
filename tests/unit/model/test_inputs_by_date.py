"""What is decided from outside changes on its days, and a run with one value throughout is the run of that number."""

from __future__ import annotations

import pytest

from siege_sim import SiegeModel, load_scenario, run
from siege_sim.errors import ScenarioError
from siege_sim.model.agents.facility import Crossing
from siege_sim.model.codes import AxisPhase

TOWN = ("population.persons_per_household=50", "days=50", "interventions.aid_convoys=null")

CONSTANT = {
    "processes.sorties.per_day": 4,
    "processes.artillery.shells_per_day": 25,
    "processes.garrison_shelling.killed_per_day": 0.1,
    "processes.targets.hospitals": 0.2,
    "processes.rationing.bread_kcal": 500,
    "processes.rationing.aid_kcal": 300,
    "processes.supply.kcal_in_per_day": 1e6,
    "processes.season.temperature_c": 5,
    "processes.besieger_command.posture": "squeeze",
    "air_wings.bombers.weight": 1.5,
    "air_wings.bombers.share_on_pocket": 0.6,
}


def town(*settings: str, days: int = 50) -> SiegeModel:
    return SiegeModel(load_scenario("toy_town", [*TOWN, f"days={days}", *settings]), 3)


@pytest.mark.parametrize(("key", "value"), CONSTANT.items(), ids=CONSTANT)
def test_a_series_with_one_value_gives_the_run_of_that_value(key, value):
    def series_of(written: object) -> str:
        return run(load_scenario("toy_town", [*TOWN, f"{key}={written}"]), 3, days=25).series_csv()

    once = series_of(value)
    assert series_of(f"{{2020-08-01: {value}, 2020-09-10: {value}}}") == once
    assert series_of(f"{{12: {value}}}") == once


@pytest.mark.parametrize(("key", "value"), CONSTANT.items(), ids=CONSTANT)
def test_before_a_series_changes_the_run_is_the_same_as_without_the_change(key, value):
    other = "hold" if value == "squeeze" else "0.0"
    first, second = (town(f"{key}={written}", days=12) for written in (value, f"{{5: {value}, 9: {other}}}"))
    for day in range(1, 9):
        for model in (first, second):
            model.step()
        assert first.recorder.values[day].tolist() == second.recorder.values[day].tolist()


def test_sorties_follow_their_calendar():
    clear = "processes.season.p_grounded_in_winter=0"
    model = town("processes.sorties.per_day={before: 30, 10: 0, 20: 30}", clear, days=25)
    flown = by_day(model, lambda m: m.conditions.sorties)
    assert all(flown[day] > 0 for day in (*range(1, 10), *range(20, 26)))
    assert all(flown[day] == 0 for day in range(10, 20))


def test_a_wing_with_sorties_of_its_own_does_not_depend_on_the_others():
    own = ("air_wings.bombers.weight=null", "air_wings.bombers.per_day=9")
    one, other = (town(*own, f"processes.sorties.per_day={number}") for number in (0, 100))
    for model in (one, other):
        model.step()
    assert one.conditions.sorties == other.conditions.sorties > 0


@pytest.mark.parametrize("both", ["air_wings.bombers.per_day=9", "air_wings.bombers.weight=null"])
def test_a_wing_has_a_weight_or_sorties_of_its_own(both):
    with pytest.raises(ScenarioError, match=r"give 'weight'.* or 'per_day', and not both"):
        load_scenario("toy_town", [both])


def test_a_series_of_temperatures_takes_the_place_of_the_yearly_cosine():
    model = town("processes.season.temperature_c={1: 20, 5: -10}", "processes.season.daily_spread_c=0", days=8)
    degrees = by_day(model, lambda m: m.conditions.temperature_c)
    assert degrees == {day: (20.0 if day < 5 else -10.0) for day in range(1, 9)}


def test_more_shells_than_one_can_count_fall_on_a_day():
    model = town("processes.artillery.shells_per_day=20000", "processes.artillery.dispersion=0", days=2)
    model.step()
    assert 15_000 < model.city.layers.shells.sum() < 25_000


def by_day(model: SiegeModel, read) -> dict[int, float]:
    return {day: read(model) for day in model.days()}


def assault_days(posture: str, seeds: range = range(3)) -> int:
    found = 0
    for seed in seeds:
        settings = [*TOWN, "processes.besieger_command.prepare_days=1", f"processes.besieger_command.posture={posture}"]
        model = SiegeModel(load_scenario("toy_town", settings), seed)
        found += sum(bool(model.city.pressed.any()) for _ in model.days())
    return found


def test_a_besieger_that_squeezes_assaults_on_some_days_and_one_that_holds_on_none():
    assault, squeeze, hold = (assault_days(posture) for posture in ("assault", "squeeze", "hold"))
    assert assault > squeeze > hold == 0


def test_the_log_tells_which_posture_was_ordered_and_who_acted_on_it():
    model = town("processes.besieger_command.posture={0: hold, 15: assault}", days=30)
    for _ in model.days():
        if model.day < 15:
            assert all(axis.phase in (AxisPhase.IDLE, AxisPhase.REGROUP) for axis in model.axes)
    ordered = [event for event in model.log.events if event.kind == "posture"]
    assert [(event.day, event.what.split("'")[1]) for event in ordered] == [(1, "hold"), (15, "assault")]
    prepared = next(event for event in model.log.events if event.kind == "assault_prepared")
    assert prepared.because == model.log.events.index(ordered[1])


def test_a_change_of_a_mechanism_may_set_a_series():
    change = "changes.more={from_day: 5, processes: {sorties: {per_day: {5: 0, 10: 30}}}}"
    model = town(change, "processes.season.p_grounded_in_winter=0", days=12)
    flown = by_day(model, lambda m: m.conditions.sorties)
    assert all(flown[day] == 0 for day in range(5, 10))
    assert flown[10] > 0
    with pytest.raises(ScenarioError, match=r"changes\.more\.processes\.sorties\.per_day: none of its dates"):
        load_scenario("toy_town", [change.replace("{5: 0, 10: 30}", "{1999-01-01: 4}")])


def test_a_corridor_opens_step_by_step():
    action = "interventions.out={kind: corridor, from_day: 1, open_share: {1: 0, 3: 0.4}}"
    model = town(action, "map.third_party=hill_militia", days=4)
    seen = by_day(model, lambda m: max(way.open_share for way in m.facilities_of(Crossing)))
    assert seen == {1: 0.0, 2: 0.0, 3: 0.4, 4: 0.4}


ALLIES = "interventions.allies={kind: reinforcements, from_day: 3, side: garrison, faction: allies, sector: north, "


def test_reinforcements_arrive_on_the_days_of_their_table():
    model = town(ALLIES + "unit_size: 50, arrivals: {9: 80, 2020-09-05: 200, 4: 20}}", days=12)
    joined = by_day(model, lambda m: m.ledger.today("garrison", "reinforced"))
    assert {day: fighters for day, fighters in joined.items() if fighters} == {4: 220.0, 9: 80.0}


def test_a_table_with_one_day_is_the_single_arrival():
    base = [*TOWN, "days=15"]
    settings = [[*base, f"{ALLIES}{how}}}"] for how in ("fighters: 200", "arrivals: {3: 200}")]
    once, table = (run(load_scenario("toy_town", given), 3).series_csv() for given in settings)
    assert once == table


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("unit_size: 50", "give 'fighters', or a table of 'arrivals', and not both"),
        ("fighters: 3, arrivals: {4: 3}", "give 'fighters', or a table of 'arrivals', and not both"),
        ("arrivals: {2: 3}", "is not in force on 2, when fighters are to arrive"),
        ("until_day: 8, arrivals: {9: 3}", "is not in force on 9, when fighters are to arrive"),
        ("arrivals: {tomorrow: 3}", "'tomorrow' is no day"),
        ("arrivals: {4: 0}", "0 is out of range; it must be at least 1"),
    ],
)
def test_a_wrong_table_of_arrivals_is_refused_in_words(how, words):
    with pytest.raises(ScenarioError) as caught:
        load_scenario("toy_town", [ALLIES + how + "}"])
    assert words in str(caught.value)
