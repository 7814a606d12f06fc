"""Copies of a model, and models as files: they continue to the same end, and share nothing."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
import pytest
from mesa.discrete_space import CellAgent

from siege_sim import Column, Facility, Flow, LayerSpec, Outcome, Phase, Process, Scenario, SiegeModel, load_scenario
from siege_sim.errors import LedgerError, SiegeError
from siege_sim.model.agents.facility import Warehouse
from siege_sim.model.agents.household import Household
from siege_sim.model.agents.unit import GarrisonUnit
from siege_sim.runner.tables import result_of
from tests.conftest import STRESS
from tests.integration.object_graphs import differences

COARSE = ("population.persons_per_household=50",)

PLAYED = [
    ("toy_town", (), 1, (0, 1, 20, 53)),
    ("toy_town", STRESS, 7, (0, 13, 30)),
    ("aleppo_2016", COARSE, 2, (0, 45)),
]
"""Scenarios with their settings, a seed, and days on which they are copied."""


class Well(Facility):
    """A well."""

    kind, map_key, label, symbol = "well", "wells", "well", "o"


class Water(Process):
    """People fetch water from wells, and some of them fall ill."""

    kind: Literal["water"] = "water"
    phase: ClassVar[Phase] = Phase.HEALTH
    neutral: ClassVar[dict[str, Any]] = {}
    columns: ClassVar[dict[str, Column[Any]]] = {
        "litres": Column(np.float64, "litres", "Water at home.", 20.0),
        "ill": Column(np.int64, "persons", "Members who are ill.", of_members=True),
    }
    layers: ClassVar[tuple[LayerSpec, ...]] = (
        LayerSpec("wetness", "0-1", np.float64, 0.5, "How wet it is.", kept=True),
    )
    facilities: ClassVar[tuple[type[Facility], ...]] = (Well,)
    flows: ClassVar[dict[str, dict[str, Flow]]] = {
        "civilians": {"died_of_fever": Flow(-1, "Died of fever", death=True)}
    }
    outcomes: ClassVar[tuple[Outcome, ...]] = (
        Outcome("water_litres", "litres", "Water", lambda model, sums: float(model.households.arrays["litres"].sum())),
    )

    def step(self, model, rng):
        homes = model.households
        luck = rng.random((3, len(homes)))
        homes.arrays["litres"][...] *= luck[0]
        homes.arrays["ill"][...] = np.where(homes.inside, np.floor(homes.persons * luck[1] * 0.4), 0)
        rows = np.flatnonzero(homes.inside & (luck[2] < 0.002) & (homes.persons > 0))
        homes.kill(rows, np.ones(rows.size, dtype=np.int64), "died_of_fever", luck[2, rows])
        model.city.layers.wetness[...] *= 0.9
        for well in model.facilities_of(Well):
            well.drawn = model.day


class Clearing(Process):
    """People clear rubble from the streets."""

    kind: Literal["clearing_of_rubble"] = "clearing_of_rubble"
    phase: ClassVar[Phase] = Phase.HEALTH
    neutral: ClassVar[dict[str, Any]] = {}

    def step(self, model, rng):
        model.city.layers.rubble[...] *= rng.uniform(0.8, 1.0)


class Observer(CellAgent):
    """An agent of somebody's own, who stands in a cell and counts."""

    def __init__(self, model, cell):
        super().__init__(model)
        self.cell = cell
        self.seen = [cell]


class Noting(SiegeModel):
    """A model of somebody's own."""

    def step(self):
        super().step()
        self.noted.append((self.day, self.facilities[0]))


def pickled(model):
    return pickle.loads(pickle.dumps(model))


def saved(model):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.siege"
        model.save(path)
        return type(model).load(path)


COPIED = [copy.deepcopy, pickled, saved]


def stressed(days: int, agents_on: int | None = 5, kind: type[SiegeModel] = SiegeModel) -> SiegeModel:
    model = kind(load_scenario("toy_town", STRESS), 7)
    model.noted = []
    for day in range(days):
        if day == agents_on:
            assert len(model.agents) > 0
        model.step()
    return model


def outcome_of(model: SiegeModel) -> dict[str, Any]:
    """Play a model to its end and return all that is kept of a run."""
    model.run_model()
    result = result_of(model)
    tables = {name: getattr(result, name).to_csv() for name in ("series", "quarters", "events")}
    snapshots = {name: array.tobytes() for name, array in result.snapshots.items()}
    return tables | snapshots | {"summary": repr(dict(result.summary))}


@pytest.mark.slow
@pytest.mark.parametrize("agents", [False, True], ids=["columns alone", "with household agents"])
@pytest.mark.parametrize(("name", "settings", "seed", "days"), PLAYED, ids=["calm", "stressed", "aleppo"])
def test_copies_continue_to_the_same_end_to_the_byte(name, settings, seed, days, agents):
    scenario = load_scenario(name, settings)
    whole = outcome_of(SiegeModel(scenario, seed))
    model = SiegeModel(scenario, seed)
    copies = []
    for day in range(max(days) + 1):
        if day in days:
            if agents:
                assert model.agents_by_type[Household]
            copies += [(day, kind.__name__, kind(model)) for kind in COPIED]
        model.step()
    for day, kind, other in copies:
        assert (other.day, other.steps, other._households_made) == (day, day, agents)
        assert outcome_of(other) == whole, (day, kind)
    assert outcome_of(model) == whole


@pytest.mark.parametrize("kind", COPIED)
@pytest.mark.parametrize("days", [0, 8, 34])
def test_a_copy_has_every_attribute_of_every_object_and_shares_none(kind, days):
    model = stressed(days)
    assert differences(model, kind(model)) == []


def test_what_is_forgotten_or_shared_would_be_found():
    model = stressed(12)
    other = copy.deepcopy(model)
    other.facilities[0].hits = 99
    other.axes[0].__dict__.pop("stalled")
    other.households.food_kcal[3] += 1.0
    other.units.city = copy.deepcopy(model).city
    other.recorder.snapshots = model.recorder.snapshots
    other.log.extra = []
    found = "\n".join(differences(model, other))
    for what in (".hits", ".stalled", "food_kcal", "is shared", ".extra is missing", "one object in the first"):
        assert what in found, what


def test_a_change_in_one_copy_leaves_the_others_as_they_are():
    model = stressed(20)
    as_it_was, changed = copy.deepcopy(model), copy.deepcopy(model)
    homes = changed.households
    rows = np.flatnonzero(homes.inside & (homes.persons > 0))[:40]
    homes.kill(rows, homes.persons[rows], "killed_by_air", np.zeros(rows.size))
    changed.city.layers.rubble[...] = 0.9
    changed.note("test", "", "something happened", "a test", about=(changed.axes[0],))
    changed.scenario.interventions.clear()
    next(iter(changed.agents_by_type[GarrisonUnit])).give_up()
    changed.facilities_of(Warehouse)[0].close_for(3)
    changed.run_model()
    assert differences(model, as_it_was) == []
    assert outcome_of(model) == outcome_of(as_it_was) != outcome_of(changed)


@pytest.mark.parametrize("kind", COPIED)
def test_what_a_user_has_added_goes_along(kind):
    model = stressed(9, kind=Noting)
    assert len(model.noted) == 9
    model.grid.create_property_layer("snow", default_value=0.0, dtype=float)
    model.grid.snow.data[3, 4] = 12.0
    model.watched = {"homes": [home for home in model.agents_by_type[Household] if home.row < 4], "rubble": None}
    observer = Observer(model, model.grid_cell(44))
    collector = model.datacollector
    other = kind(model)
    assert differences(model, other) == []
    assert type(other) is Noting
    assert other.grid_cell(3 * 14 + 4).snow == 12.0
    assert other.watched["homes"][2] in other.agents_by_type[Household]
    mine = next(iter(other.agents_by_type[Observer]))
    assert (mine.model, mine.unique_id, mine.seen) == (other, observer.unique_id, [other.grid_cell(44)])
    assert mine in other.grid_cell(44).agents
    other.step()
    assert (len(other.noted), len(model.noted)) == (10, 9)
    assert other.noted[-1][1] is other.facilities[0]
    assert [len(kept.model_vars["day"]) for kept in (other.datacollector, collector)] == [10, 9]


def with_water(scenario: Scenario) -> Scenario:
    return scenario.with_process(Water(), places={"wells": [{"quarter": "Old Town", "count": 2}]})


@pytest.mark.parametrize("kind", COPIED)
def test_what_a_mechanism_brings_along_and_changes_of_the_scenario_go_along(kind):
    changed = load_scenario("toy_town", ["changes.later={from_day: 12, processes: {sorties: {per_day: 30}}}"])
    model = SiegeModel(with_water(changed), 3)
    model.agents_by_type[Household].set("litres", 7.0)
    for _ in range(15):
        model.step()
    assert model.ledger.total("civilians", "died_of_fever") > 0
    other = kind(model)
    assert differences(model, other) == []
    assert other.scenario == model.scenario
    assert dict(other.schedule)["processes.sorties"].per_day == 30
    assert [well.drawn for well in other.facilities_of(Well)] == [15, 15]
    assert outcome_of(other) == outcome_of(model)


def test_an_agent_writes_into_a_column_that_a_mechanism_brought_along_unless_it_counts_members(toy_town):
    model = SiegeModel(with_water(toy_town), 3)
    homes = model.agents_by_type[Household]
    homes.set("litres", 7.0)
    assert set(model.households.arrays["litres"]) == {7.0}
    with pytest.raises(
        AttributeError, match=r"ill is read-only, because it counts members; write model\.households\.ill"
    ):
        homes.set("ill", 3)
    assert next(iter(homes)).ill == 0


@pytest.mark.parametrize("kind", [copy.deepcopy, pickled])
def test_an_agent_brings_its_model_and_stays_the_agent_of_that_model(kind):
    model = stressed(6)
    unit = next(iter(model.agents_by_type[GarrisonUnit]))
    alone = kind(unit)
    assert alone is not unit
    assert alone is alone.model.unit(unit.row)
    assert alone in alone.cell.agents
    agent, together, cell = kind([unit, model, unit.cell])
    assert agent is together.unit(unit.row)
    assert agent.cell is cell
    assert differences(model, together) == []
    assert outcome_of(alone.model) == outcome_of(together) == outcome_of(model)


def test_new_agents_in_a_copy_get_the_numbers_that_they_would_get_in_the_original():
    model = stressed(6, agents_on=None)
    model.unit(0).give_up()
    other = pickled(model)
    pairs = zip(model.agents_by_type[Household], other.agents_by_type[Household], strict=True)
    assert all(one.unique_id == two.unique_id for one, two in pairs)
    assert len(set(other.agents.get("unique_id"))) == len(other.agents)


def test_a_stock_of_ones_own_goes_along_unless_it_would_read_the_original():
    model = stressed(4)
    model.fuel = 100.0
    model.ledger.open("fuel", "litres", {"bought": Flow(1, "Bought")}, partial(getattr, model, "fuel"))
    other = copy.deepcopy(model)
    other.fuel = 90.0
    model.step()
    with pytest.raises(LedgerError, match="the books of 'fuel' do not balance: 90"):
        other.step()
    model.ledger.open("soap", "kg", {}, lambda: model.fuel)
    for kind in COPIED:
        with pytest.raises(SiegeError, match="measure of the stock 'soap' only remembers what it reads"):
            kind(model)


def test_a_shallow_copy_is_refused():
    with pytest.raises(SiegeError, match=r"share its people and ground .* use copy\.deepcopy"):
        copy.copy(stressed(1))


def test_a_model_is_not_copied_together_with_events_and_observers_of_mesa():
    model = stressed(2)
    if not hasattr(model, "schedule_event"):
        pytest.skip("from Mesa 3.5 on")
    model.observe("time", "changed", model.facilities[0].close_for)
    with pytest.raises(SiegeError, match="somebody observes it"):
        copy.deepcopy(model)
    model.clear_all_subscriptions("time")
    event = model.schedule_event(model.facilities[0].remove, after=2)
    with pytest.raises(SiegeError, match="scheduled events of its own"):
        copy.deepcopy(model)
    event.cancel()
    assert differences(model, copy.deepcopy(model)) == []


def test_a_copy_made_in_the_middle_of_a_day_does_not_continue(toy_town):
    class Looking(Process):
        """Somebody copies the model at noon."""

        kind: Literal["looking"] = "looking"
        phase: ClassVar[Phase] = Phase.FOOD
        neutral: ClassVar[dict[str, Any]] = {}

        def step(self, model, rng):
            model.copied = copy.deepcopy(model)

    model = SiegeModel(toy_town.with_process(Looking()), 1)
    model.step()
    with pytest.raises(SiegeError, match="day 1 was not completed, so this model cannot continue"):
        model.copied.step()


# Files


def test_a_checkpoint_is_loaded_in_another_process_and_continues_to_the_same_bytes(tmp_path):
    model = stressed(20)
    model.save(tmp_path / "day_20.siege")
    code = (
        "import sys; from siege_sim import SiegeModel; from tests.integration.test_checkpoint import outcome_of;"
        "import pickle; pickle.dump(outcome_of(SiegeModel.load(sys.argv[1])), open(sys.argv[2], 'wb'))"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "day_20.siege"), str(tmp_path / "end")],
        env={**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": os.pathsep.join(sys.path)},
        check=True,
    )
    assert pickle.loads((tmp_path / "end").read_bytes()) == outcome_of(model)


def test_a_file_that_was_cut_short_or_damaged_anywhere_is_refused(tmp_path):
    path = tmp_path / "model.siege"
    stressed(1).save(path)
    whole = path.read_bytes()
    for length in (5, 21, 40, 90, 200, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(SiegeError, match=r"model.siege: is damaged or cut short"):
            SiegeModel.load(path)
    for place in (30, 110, len(whole) // 3, len(whole) - 1):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(SiegeError, match=r"model.siege: is damaged or cut short"):
            SiegeModel.load(path)


@pytest.mark.parametrize("text", [b"name: toy_town\n", pickle.dumps({"a": 1}), b"\0" * 4000])
def test_a_file_that_is_no_checkpoint_is_refused(tmp_path, text):
    path = tmp_path / "other.yaml"
    path.write_bytes(text)
    with pytest.raises(SiegeError, match=r"other.yaml: is no checkpoint; give a file that model.save has written"):
        SiegeModel.load(path)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SiegeError, match=r"none.siege: cannot be read: No such file"):
        SiegeModel.load(tmp_path / "none.siege")
    with pytest.raises(SiegeError, match="cannot be read: Is a directory"):
        SiegeModel.load(tmp_path)


def test_a_checkpoint_of_another_version_of_the_model_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "model.siege"
    with monkeypatch.context() as changed:
        changed.setattr("siege_sim.model.checkpoint.model_version", lambda: "0.0.9+abc")
        stressed(1).save(path)
    with pytest.raises(SiegeError, match=r"was saved by model 0\.0\.9\+abc, and this is [\d.]+\+\w+; load it with"):
        SiegeModel.load(path)


def test_a_checkpoint_is_loaded_as_what_it_is(tmp_path):
    stressed(1).save(tmp_path / "model.siege")
    with pytest.raises(SiegeError, match=r"is a SiegeModel, not a Noting; use SiegeModel\.load"):
        Noting.load(tmp_path / "model.siege")


def test_what_cannot_be_saved_is_named_and_leaves_the_earlier_file_as_it_was(tmp_path):
    path = tmp_path / "model.siege"
    model = stressed(1)
    model.save(path)
    before = path.read_bytes()
    model.step()
    model.trick = lambda: model
    with pytest.raises(SiegeError, match=r"cannot be saved: .*lambda.*; what is added .* must be data"):
        model.save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_disk_that_fails_leaves_the_earlier_file_and_nothing_half_written(tmp_path, monkeypatch):
    path = tmp_path / "model.siege"
    model = stressed(1)
    model.save(path)
    before = path.read_bytes()
    model.step()

    def full(file):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(SiegeError, match=r"model.siege: cannot be written: No space left on device"):
        model.save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("place", ["nowhere/model.siege", "file/model.siege", "."])
def test_a_place_that_cannot_be_written_to_is_named(tmp_path, place):
    (tmp_path / "file").write_text("")
    with pytest.raises(SiegeError, match="cannot be written: "):
        stressed(0).save(tmp_path / place)
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


def test_a_class_that_the_loading_program_does_not_have_is_named(tmp_path, monkeypatch):
    model = stressed(1)
    model.watcher = Observer(model, model.grid_cell(3))
    model.save(tmp_path / "model.siege")
    monkeypatch.delattr(sys.modules[__name__], "Observer")
    with pytest.raises(SiegeError, match=r"needs a class that this program does not have: .*Observer"):
        SiegeModel.load(tmp_path / "model.siege")


def test_scenarios_of_ones_own_are_pickled_with_their_classes(toy_town: Scenario):
    mine = with_water(toy_town)
    again = pickle.loads(pickle.dumps(mine))
    assert again == mine
    assert (again.digest, type(again), type(again.map)) == (mine.digest, type(mine), type(mine.map))
    assert type(again.city_map) is type(mine.city_map)
    twice = mine.with_process(Clearing())
    assert pickle.loads(pickle.dumps(twice)).processes.clearing_of_rubble is not None
    assert twice != mine
