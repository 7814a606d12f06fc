"""What Mesa users expect of agents, sets of agents, cells and models."""

from __future__ import annotations

import gc
import inspect
import signal
import subprocess
import sys
import weakref

import mesa
import numpy as np
import pytest
from mesa.discrete_space import FixedAgent

from siege_sim import SiegeModel, load_scenario, run
from siege_sim.errors import LedgerError, SiegeError
from siege_sim.model.agents.axis import Axis
from siege_sim.model.agents.columns import Entry
from siege_sim.model.agents.facility import Bakery, Facility, Hospital
from siege_sim.model.agents.household import Household, Households
from siege_sim.model.agents.unit import BesiegerUnit, GarrisonUnit, Units
from siege_sim.model.codes import Status


@pytest.fixture
def model(toy_town):
    return SiegeModel(toy_town, seed=1)


def test_the_model_is_a_mesa_model(model, toy_town):
    assert isinstance(model, mesa.Model)
    assert model.running
    model.step()
    assert (model.steps, model.day) == (1, 1)
    assert model.scenario is toy_town


def test_places_are_mesa_agents_fixed_to_a_cell_once_a_siege_can_be_played(model):
    class Well(Facility):
        """A kind that came later."""

    well = Well(model, model.city, 7, "the well")
    for place in (*model.facilities, well):
        assert isinstance(place, FixedAgent)
        assert place in model.agents
        assert place in place.cell.agents
        assert type(place) in model.agents_by_type


def test_kinds_of_places_made_before_mesa_is_there_become_agents_like_the_others():
    """A package's kinds may be imported before anything that plays."""
    program = """
import sys
from siege_sim import Facility
class Well(Facility):
    pass
assert "mesa" not in sys.modules
from siege_sim import SiegeModel, load_scenario
model = SiegeModel(load_scenario("toy_town"), seed=1)
well = Well(model, model.city, 7, "the well")
assert well in model.agents and well in well.cell.agents and well.unique_id
assert getattr(Well, "_datasets", None) is not getattr(Facility, "_datasets", 0)
"""
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("name", ["seed", "rng"])
@pytest.mark.parametrize("seed", [-1, 1.5, True, "1", np.random.default_rng(1)])
def test_a_seed_that_is_none_is_refused(toy_town, name, seed):
    with pytest.raises(SiegeError, match=r"seed is .*, but it must be a whole number of at least 0"):
        SiegeModel(toy_town, **{name: seed})


def test_a_seed_may_be_a_whole_number_of_numpy(toy_town):
    assert SiegeModel(toy_town, seed=np.int64(3)).seed == 3


def test_the_seed_has_two_names_and_a_place(toy_town):
    models = [SiegeModel(toy_town, 3), SiegeModel(toy_town, seed=3), SiegeModel(toy_town, rng=3)]
    assert {model.seed for model in models} == {3}
    assert SiegeModel(toy_town, rng=None, seed=3).seed == 3
    with pytest.raises(SiegeError, match="rng is 3 and seed is 4, but both name the seed"):
        SiegeModel(toy_town, rng=3, seed=4)
    with pytest.raises(TypeError, match="unexpected keyword argument 'sede'"):
        SiegeModel(toy_town, sede=4)


def test_without_a_seed_one_is_drawn_and_told(toy_town):
    drawn = [SiegeModel(toy_town), SiegeModel(toy_town, seed=None), SiegeModel(toy_town, rng=None)]
    assert len({model.seed for model in drawn}) == 3
    result = run(toy_town, seed=None, days=3)
    assert run(toy_town, seed=result.manifest["seed"], days=3).series_csv() == result.series_csv()


def test_a_name_is_no_scenario():
    with pytest.raises(
        SiegeError, match=r"scenario is 'toy_town', but a model takes what siege_sim\.load_scenario returns"
    ):
        SiegeModel("toy_town", 1)


def batch(parameters, **settings):
    return mesa.batch_run(SiegeModel, parameters, display_progress=False, **settings)


@pytest.fixture(scope="module")
def short_town():
    return load_scenario("toy_town", ["population.persons_per_household=50", "days=20"])


@pytest.mark.parametrize("seeds", [[1, 2], 5])
def test_mesa_s_batch_run_gives_the_last_day_of_each_run(short_town, seeds):
    rows = batch({"scenario": short_town, "seed": seeds})
    assert [row["seed"] for row in rows] == (seeds if isinstance(seeds, list) else [seeds])
    for row in rows:
        summary = run(short_town, row["seed"]).summary
        assert (row["day"], row["ending"]) == (20, summary["ending"])
        names = [outcome.name for outcome in short_town.outcomes]
        assert {name: row[name] for name in names} == {name: summary[name] for name in names}


def test_mesa_s_batch_run_gives_every_day_when_asked(toy_town, toy_result):
    rows = batch({"scenario": [toy_town], "seed": 1}, data_collection_period=1)
    last = int(toy_result.summary["end_day"])
    assert [row["day"] for row in rows] == list(range(1, last + 1))
    assert {row["ending"] for row in rows[:-1]} == {"holding"}
    assert rows[-1]["ending"] == toy_result.summary["ending"]
    for name in ("killed_by_air", "garrison_area_share"):
        assert [row[name] for row in rows] == toy_result.series[name].tolist()[1:]


def test_mesa_s_batch_run_draws_seeds_and_tells_them(short_town):
    settings = {"rng": [None] * 3} if "rng" in inspect.signature(mesa.batch_run).parameters else {"iterations": 3}
    rows = batch({"scenario": short_town}, **settings)
    assert len({row["seed"] for row in rows}) == 3
    again = batch({"scenario": short_town, "seed": [row["seed"] for row in rows]})
    assert [row["killed_by_air"] for row in again] == [row["killed_by_air"] for row in rows]


def test_mesa_s_batch_run_takes_seeds_by_its_newer_name_or_says_that_it_lost_them(short_town):
    newer = "rng" in inspect.signature(mesa.batch_run).parameters
    if newer:
        assert [row["seed"] for row in batch({"scenario": short_town}, rng=[3, 4])] == [3, 4]
        with pytest.raises(
            SiegeError, match="replaces 'rng' among the parameters of batch_run by None; call them 'seed'"
        ):
            batch({"scenario": short_town, "rng": [3, 4]})
    else:
        assert [row["seed"] for row in batch({"scenario": short_town, "rng": [3, 4]})] == [3, 4]


@pytest.mark.slow
def test_mesa_s_batch_run_works_with_several_processes(short_town):
    rows = batch({"scenario": short_town, "seed": [1, 2]}, number_processes=2)
    alone = batch({"scenario": short_town, "seed": [1, 2]})
    assert sorted(map(repr, rows)) == sorted(map(repr, alone))


def test_the_data_collector_has_a_row_a_day_without_collecting(model):
    collector = model.datacollector
    assert len(collector.get_model_vars_dataframe()) == 0
    for day in range(1, 4):
        model.step()
        collector.collect(model)
        table = collector.get_model_vars_dataframe()
        assert table["day"].tolist() == list(range(1, day + 1))
    assert table["civilians_killed"].tolist() == model.recorder.values[1:4, 3].tolist()
    assert collector is model.datacollector


def test_a_data_collector_of_ones_own_takes_its_place(model):
    reporters = {**model.datacollector.model_reporters, "homes": lambda model: len(model.households)}
    model.datacollector = mesa.DataCollector(
        model_reporters=reporters, agenttype_reporters={GarrisonUnit: {"fit": "fit"}}
    )
    for _ in range(3):
        model.step()
        model.datacollector.collect(model)
    table = model.datacollector.get_model_vars_dataframe()
    assert (table["day"].tolist(), set(table["homes"])) == ([1, 2, 3], {1200})
    assert table["killed_by_air"].tolist() == model.recorder.values[1:4, 4].tolist()
    assert len(model.datacollector.get_agenttype_vars_dataframe(GarrisonUnit)) == 60


def test_run_model_plays_to_the_end(toy_town):
    model = SiegeModel(toy_town, seed=1)
    model.run_model()
    assert not model.running
    assert model.politics.ending != "holding" or model.day == toy_town.days


def test_days_yields_after_each_day_and_can_be_left(model):
    played = []
    for day in model.days():
        played.append((day, model.day))
        if day == 3:
            break
    assert played == [(1, 1), (2, 2), (3, 3)]
    assert next(model.days()) == 4


def test_no_household_agent_is_made_until_somebody_asks(model):
    for _ in range(3):
        model.step()
    assert Household not in model._agents_by_type
    assert len(model.agents_by_type[GarrisonUnit]) == 20
    assert Household not in model._agents_by_type
    assert len(model.agents_by_type[Household]) == len(model.households)
    assert Household in model._agents_by_type


@pytest.mark.parametrize("ask", [lambda m: m.agents, lambda m: m.agent_types, lambda m: list(m.agents_by_type.items())])
def test_asking_for_all_agents_makes_the_households(model, ask):
    ask(model)
    assert Household in model._agents_by_type


def test_agents_by_type_reads_like_a_dictionary(model):
    by_type = model.agents_by_type
    assert {GarrisonUnit, BesiegerUnit, Household, Hospital, Bakery} <= set(by_type)
    assert by_type.get(int) is None
    with pytest.raises(KeyError):
        by_type[int]
    assert len(by_type) == len(model.agent_types)
    assert sum(len(agents) for agents in by_type.values()) == len(model.agents)


@pytest.mark.parametrize("kind", [Household, GarrisonUnit, BesiegerUnit, Hospital])
def test_a_set_of_agents_does_what_mesa_s_do(model, kind):
    agents = model.agents_by_type[kind]
    assert type(agents) is type(mesa.Model().agents)
    assert all(isinstance(agent, kind) and agent.model is model for agent in agents)
    ids = agents.get("unique_id")
    assert len(set(ids)) == len(agents)
    first = next(iter(agents))
    assert first in agents
    assert len(agents.select(lambda agent: agent is first)) == 1
    assert agents.agg("unique_id", max) == max(ids)
    assert agents.map(lambda agent: agent.unique_id) == ids
    assert set(agents.groupby(lambda agent: agent.unique_id % 2).groups) <= {0, 1}


def test_household_columns_and_agents_are_the_same_numbers(model):
    homes = model.agents_by_type[Household]
    assert homes.agg("persons", sum) == model.households.persons.sum() == 6000
    assert homes.get("food_kcal") == model.households.food_kcal.tolist()
    one = homes.select(lambda home: home.row == 17, at_most=1).get("row")
    assert one == [17]
    household = next(home for home in homes if home.row == 17)
    household.food_kcal = 123.5
    assert model.households.food_kcal[17] == 123.5
    model.households.fear_of_strikes[17] = 0.75
    assert household.fear_of_strikes == 0.75
    assert isinstance(household.persons, int)
    assert household.adults + household.children == household.persons


def test_household_agents_follow_the_columns_through_the_days(model):
    homes = list(model.agents_by_type[Household])
    for _ in range(10):
        model.step()
    assert [home.persons for home in homes] == model.households.persons[[home.row for home in homes]].tolist()
    for home in homes[:50]:
        assert home.cell is model.grid_cell(home.cell_index)
        assert home.quarter == model.city.quarter_name(home.cell_index)


def test_households_that_have_died_out_are_deregistered(model):
    rows = np.array([3, 4])
    model.agents_by_type[Household]
    model.households.kill(rows, model.households.persons[rows], "killed_by_air", np.zeros(2))
    model.step()
    assert {3, 4}.isdisjoint(model.agents_by_type[Household].get("row"))


def test_making_agents_changes_nothing_in_the_run(toy_town):
    plain, asked = SiegeModel(toy_town, 4), SiegeModel(toy_town, 4)
    for _ in range(8):
        plain.step()
        asked.step()
        assert len(asked.agents) > 0
    assert np.array_equal(plain.recorder.values, asked.recorder.values, equal_nan=True)


def test_households_are_found_at_their_cell_day_after_day(stressed_city):
    model = SiegeModel(stressed_city, 7)
    assert Household in map(type, model.grid_cell(90).agents), "they are made when a cell is asked"
    for _ in range(25):
        for index, cell in enumerate(model.city.cells):
            homes = [agent for agent in cell.agents if isinstance(agent, Household)]
            assert sum(home.persons for home in homes) == model.city.layers.civilians[index]
            assert all(home.cell is cell and home.inside for home in homes)
        model.step()
    gone = [home for home in model.agents_by_type[Household] if not home.inside]
    assert gone
    assert {home.cell for home in gone} == {None}


@pytest.mark.parametrize(
    "ask", [lambda m: m.grid.agents, lambda m: m.grid_cell(44).agents, lambda m: m.grid_cell(43).neighborhood.agents]
)
def test_every_way_to_the_agents_of_cells_finds_households(model, ask):
    assert any(isinstance(agent, Household) for agent in ask(model))


def test_no_household_agent_is_made_while_units_move_and_cells_are_printed(model):
    unit = next(iter(model.agents_by_type[GarrisonUnit]))
    unit.march_to(44)
    assert not unit.cell.is_empty
    assert repr(unit.cell) == f"Cell((4, 4), {unit.quarter})"
    assert Household not in model._agents_by_type


def test_a_household_moves_within_the_pocket_and_keeps_the_count_of_civilians(model):
    household = next(iter(model.agents_by_type[Household]))
    old, new = household.cell, model.grid_cell(55)
    household.move_to(new)
    assert (household.cell_index, household.status.name) == (55, "DISPLACED_INSIDE")
    assert household in new.agents
    assert household not in old.agents
    household.move_relative((0, -1))
    assert household.cell_index == 54
    model.step()


def test_a_household_is_not_moved_out_of_the_pocket(model):
    household = next(iter(model.agents_by_type[Household]))
    for place in (model.grid_cell(0), None):
        with pytest.raises(SiegeError, match=r"household 0 can be moved only within the pocket.*households\.leave"):
            household.cell = place
    model.households.leave(np.array([0]), Status.EVACUATED)
    with pytest.raises(SiegeError, match="only while it is there"):
        household.cell = model.grid_cell(44)
    assert household.cell is None


def test_food_that_is_set_by_hand_is_booked(model):
    homes = model.agents_by_type[Household]
    before = model.households.food_kcal.sum()
    homes.set("food_kcal", 50_000.0)
    homes.select(lambda home: home.row < 10).set("food_kcal", 0)
    assert model.households.food_kcal.tolist() == [0.0] * 10 + [50_000.0] * (len(homes) - 10)
    given, taken = (model.ledger.total("food", flow) for flow in ("given", "taken_away"))
    assert given - taken == pytest.approx(model.households.food_kcal.sum() - before)
    model.step()


def test_food_is_not_set_to_what_cannot_be(model):
    homes = model.agents_by_type[Household]
    for nonsense in (-1.0, float("nan"), float("inf")):
        with pytest.raises(SiegeError, match=f"food_kcal is {nonsense}, but it must be a number of at least 0"):
            homes.set("food_kcal", nonsense)
    model.households.leave(np.array([3]), Status.EVACUATED)
    with pytest.raises(SiegeError, match="household 3 is no longer in the pocket"):
        homes.set("food_kcal", 5.0)
    model.step()


@pytest.mark.parametrize(("kind", "table"), [(Household, Households), (GarrisonUnit, Units), (BesiegerUnit, Units)])
def test_every_column_is_an_attribute_of_its_agents_that_keeps_the_books_or_refuses(model, kind, table):
    agents = model.agents_by_type[kind]
    for name in table.columns:
        assert isinstance(getattr(kind, name), (Entry, property)), name
        for agent in agents:
            value = getattr(agent, name)
            try:
                setattr(agent, name, not value if isinstance(value, bool) else value / 2)
            except AttributeError:
                assert getattr(agent, name) == value
    model.ledger.check()
    assert model.city.layers.civilians.sum() == model.households.mouths.sum()


def test_what_cannot_be_missing_is_not_removed(model):
    before = len(model.agents)
    for kind, says in (
        (Household, "household 0 has 7 members and cannot be removed; use"),
        (Hospital, r"Hospital\(.*\) cannot be removed; put it out of service"),
        (Axis, "axis 0 cannot be removed; set forces.axes"),
        (BesiegerUnit, r"BesiegerUnit\(.*\) cannot be removed: its fighters do not lay down arms; use its method lose"),
    ):
        with pytest.raises(SiegeError, match=says):
            next(iter(model.agents_by_type[kind])).remove()
    with pytest.raises(SiegeError, match="a siege cannot go on without"):
        model.remove_all_agents()
    model.step()
    assert len(model.agents) == before


def test_a_household_with_nobody_left_can_be_removed(model):
    household = next(iter(model.agents_by_type[Household]))
    cell, row = household.cell, np.array([household.row])
    model.households.kill(row, model.households.persons[row], "killed_by_air", np.zeros(1))
    household.remove()
    assert household.cell is None
    assert household not in cell.agents
    assert household not in model.agents
    model.step()


def test_units_stand_in_mesa_cells(model):
    unit = next(iter(model.agents_by_type[GarrisonUnit]))
    assert unit in unit.cell.agents
    assert unit.cell.coordinate == divmod(unit.cell_index, 10)
    target = model.grid_cell(44)
    old = unit.cell
    unit.cell = target
    assert unit.cell_index == 44
    assert unit in target.agents
    assert unit not in old.agents
    unit.move_to(old)
    assert unit.cell_index == model.city.index_of(old.coordinate)


def test_a_disbanded_unit_leaves_model_and_cell(model):
    unit = next(iter(model.agents_by_type[GarrisonUnit]))
    cell = unit.cell
    fighters = unit.fit
    assert unit.give_up() == fighters
    assert unit not in model.agents_by_type[GarrisonUnit]
    assert unit not in cell.agents
    model.ledger.check()


def test_layers_are_mesa_property_layers(model):
    grid = model.grid
    assert grid.rubble.data[4, 4] == model.city.layers.rubble[44]
    model.city.layers.rubble[44] = 0.5
    assert model.grid_cell(44).rubble == 0.5
    model.grid_cell(44).rubble = 0.25
    assert model.city.layers.rubble[44] == 0.25
    model.city.layers.rubble = np.zeros(100)
    assert grid.rubble.data.sum() == 0.0


def test_modify_cells_either_writes_what_the_model_reads_or_is_noticed(model):
    before = model.city.layers.rubble.copy()
    model.grid.rubble.modify_cells(lambda value: value + 0.1)
    if np.shares_memory(model.grid.rubble.data, model.city.layers.rubble):  # Mesa 3.4 and newer
        np.testing.assert_allclose(model.city.layers.rubble, before + 0.1)
    else:
        with pytest.raises(SiegeError, match="layer 'rubble' was replaced"):
            model.step()


@pytest.mark.parametrize("go_on", [lambda m: m.step(), lambda m: m.run_model(), lambda m: list(m.days())])
def test_after_an_error_in_a_step_a_model_refuses_to_continue(model, go_on):
    model.step()
    model.households.food_kcal[:] *= 2.0  # nobody booked that
    with pytest.raises(LedgerError):
        model.step()
    for _ in range(2):
        with pytest.raises(SiegeError, match=r"day 2 was not completed \(LedgerError: the books of 'food' do"):
            go_on(model)
    assert (model.day, model.running) == (2, True)


def test_after_an_interruption_in_a_step_a_model_refuses_to_continue(model, monkeypatch):
    monkeypatch.setattr(type(model.recorder), "record", lambda recorder, model: signal.raise_signal(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        model.step()
    monkeypatch.undo()
    with pytest.raises(SiegeError, match=r"day 1 was not completed \(KeyboardInterrupt\)"):
        model.step()


def test_after_an_error_mesa_s_own_ways_to_go_on_are_refused_too(model):
    if not hasattr(model, "run_for"):
        pytest.skip("from Mesa 3.5 on")
    model.households.food_kcal[:] *= 2.0
    with pytest.raises(LedgerError):
        model.run_for(3)
    for go_on in (lambda: model.run_for(1), lambda: model.run_until(9)):
        with pytest.raises(SiegeError, match="day 1 was not completed"):
            go_on()


def test_an_error_outside_of_a_step_stops_nothing(model):
    with pytest.raises(LedgerError):
        model.ledger.book("food", "eaten", -1.0)
    for day in model.days():
        if day == 2:
            break
    assert model.day == 2


def test_a_model_that_nobody_holds_is_freed(toy_town):
    model = SiegeModel(toy_town, seed=1)
    for _ in range(2):
        model.step()
    assert len(model.agents) > 0
    gone = weakref.ref(model)
    layer = weakref.ref(model.city.layers)
    del model
    gc.collect()
    assert gone() is None
    assert layer() is None
