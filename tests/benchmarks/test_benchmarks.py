"""The benchmark's twin and bare loop follow the rules of the project's own processes. Nothing here is about time."""

from __future__ import annotations

from inspect import signature
from pathlib import Path

import numpy as np
import pytest

from siege_sim import load_scenario
from siege_sim.model.rng import stream
from siege_sim.results.store import Store, read_sweep
from siege_sim.schema.sides import BESIEGER
from tests.benchmarks import growth, sweeping
from tests.benchmarks.bare import BareTown
from tests.benchmarks.cases import CASES
from tests.benchmarks.civilians import civilian_model, civilian_scenario, start_of
from tests.benchmarks.growth import GrowthPlan
from tests.benchmarks.measurement import Measurement
from tests.benchmarks.plan import QUICK, QUICK_SWEEPS, Plan, SweepPlan
from tests.benchmarks.ratios import ratio_rows, sweep_rows
from tests.benchmarks.table import markdown, measurement_rows, text
from tests.benchmarks.twin import Household, HouseholdOnGrid, TwinTown
from tests.benchmarks.twin_in_batch import TwinInBatch

DAYS = 6
NO_CHANCE = (
    "processes.hunger.mortality=0",
    "processes.displacement.reluctance=1e6",
    "processes.hospitals.deaths_per_day=0",
    "processes.hospitals.healed_per_day=0",
)
MUCH_CHANCE = (
    "processes.hunger.mortality=20",
    "processes.displacement.reluctance=5.5",
    "processes.displacement.crossing_elsewhere=0.5",
    "processes.hospitals.deaths_per_day=0.05",
)
STORES_RUN_OUT = (
    "food.council_kcal=8e6",
    "food.aid_kcal=1e6",
    "food.merchant_kcal=3e6",
    "processes.rationing.fuel_days=4",
)


def town(settings=(), seed=1, days=DAYS, split=False):
    """Return the project's model of a small town without fighting, in one pocket or in two."""
    model = civilian_model(civilian_scenario("toy_town", 1200, days, settings), seed)
    homes = model.households
    homes.mass_loss += 0.05
    homes.wounded = np.arange(len(homes)) % 5 == 0
    return cut_in_two(model) if split else model


def cut_in_two(model):
    """Let the besieger hold a strip through the middle for a long time; its people have gone south."""
    city, homes = model.city, model.households
    rows = np.arange(city.n_cells) // city.shape[1]
    strip = city.pocket_ground & (rows == 4)
    city.capture(np.flatnonzero(strip), BESIEGER)
    city.layers.days_held[:] = 365
    there = np.flatnonzero(strip[homes.cell_index])
    south = np.flatnonzero(city.pocket_ground & (rows > 4))
    homes.move(there, south[there % south.size])
    assert city.pocket_count == 2
    return model


def play_columns(model):
    start = start_of(model)
    for _ in model.days():
        pass
    return model, start


def play_twin(start, days=DAYS, seed=1, kind=Household):
    twin = TwinTown(start, seed, kind)
    for _ in range(days):
        twin.step()
    return twin


def play_bare(start, seed, days=DAYS):
    bare = BareTown(start)
    for day in range(1, days + 1):
        bare.day(lambda process, day=day: stream(seed, f"processes.{process}", day))
    return bare


@pytest.mark.parametrize("split", [False, True], ids=["one pocket", "two pockets"])
@pytest.mark.parametrize("stores", [(), STORES_RUN_OUT], ids=["stores last", "stores run out"])
@pytest.mark.parametrize("kind", [Household, HouseholdOnGrid])
def test_without_chance_all_three_give_the_same_food_and_bodies(split, stores, kind):
    model, start = play_columns(town([*NO_CHANCE, *stores], split=split))
    bare, twin = play_bare(start, seed=1), play_twin(start, kind=kind)
    agents = list(twin.agents)
    assert len(agents) == len(model.households)
    for name in ("food_kcal", "eaten_kcal", "mass_loss", "fear_of_strikes"):
        expected = model.households.arrays[name]
        assert np.ptp(expected) > 0.0
        np.testing.assert_allclose(getattr(bare, name), expected, rtol=1e-9, atol=1e-12, err_msg=f"bare {name}")
        np.testing.assert_allclose(
            [getattr(a, name) for a in agents], expected, rtol=1e-9, atol=1e-12, err_msg=f"twin {name}"
        )


@pytest.mark.parametrize("split", [False, True], ids=["one pocket", "two pockets"])
@pytest.mark.parametrize("seed", [1, 2])
def test_with_the_same_uniforms_the_bare_loop_is_the_same_to_the_last_person(split, seed):
    model, start = play_columns(town(MUCH_CHANCE, seed=seed, split=split))
    bare, homes = play_bare(start, seed), model.households
    (third_party,) = model.city.sides.third_parties
    to_third_party = {"left_to_third_party": f"left_to_{third_party}"}
    for flow in ("died_of_hunger", "died_of_wounds", "left_to_third_party", "left_to_besieger"):
        assert bare.flows[flow] == model.ledger.total("civilians", to_third_party.get(flow, flow)), flow
        assert bare.flows[flow] > 0, flow
    for name in ("persons", "mouths", "children", "cell_index"):
        assert np.array_equal(getattr(bare, name), homes.arrays[name]), name
    here = homes.mouths > 0.0
    assert np.array_equal(bare.wounded[here], homes.wounded[here])
    np.testing.assert_allclose(bare.food_kcal, homes.food_kcal, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(bare.mass_loss[here], homes.mass_loss[here], rtol=1e-9)
    np.testing.assert_allclose(bare.civilians, model.city.layers.civilians)


@pytest.mark.parametrize("kind", [Household, HouseholdOnGrid])
def test_with_luck_of_its_own_the_twin_has_as_many_deaths_and_moves(kind):
    _, start = play_columns(town(MUCH_CHANCE))
    seeds = range(1, 9)
    bare = [play_bare(start, seed).flows for seed in seeds]
    twin = [play_twin(start, seed=seed, kind=kind).flows for seed in seeds]
    for flow in bare[0]:
        of_bare, of_twin = (np.array([flows[flow] for flows in runs], dtype=float) for runs in (bare, twin))
        noise = np.sqrt((of_bare.var(ddof=1) + of_twin.var(ddof=1)) / len(seeds))
        assert of_bare.mean() > 10, flow
        assert abs(of_bare.mean() - of_twin.mean()) < 4.0 * noise, f"{flow}: {of_bare.mean()} and {of_twin.mean()}"


def test_the_twin_keeps_its_counts():
    _, start = play_columns(town(MUCH_CHANCE))
    twin = play_twin(start)
    agents = list(twin.agents)
    people, wounded = [0] * len(twin.civilians), [0] * twin.pockets
    for household in agents:
        people[household.cell_index] += household.persons
        wounded[twin.pocket[household.cell_index]] += household.wounded
    assert people == twin.civilians
    assert wounded == twin.wounded
    gone = sum(count for flow, count in twin.flows.items() if flow != "moved_inside")
    assert sum(people) == int(start.people.persons.sum()) - gone


@pytest.mark.parametrize("plan", [Plan(), QUICK], ids=["whole", "quick"])
def test_every_case_of_a_plan_exists_and_takes_its_arguments(plan, tmp_path):
    labels: dict[str, set[str]] = {}
    for key, case, arguments in plan.cases(tmp_path):
        signature(CASES[case]).bind(**arguments)
        labels.setdefault(key, set()).add(arguments["label"])
    assert {
        "aleppo",
        "coarse",
        *(f"{part}@{size}" for part in ("processes", "bare", "twin") for size in plan.sizes),
    } <= set(labels)
    assert all(len(names) == 1 for names in labels.values())
    assert {Path(arguments["file"]).parent for arguments in plan.starts(tmp_path)} == {tmp_path}


@pytest.mark.parametrize("plan", [SweepPlan(), QUICK_SWEEPS], ids=["whole", "quick"])
def test_every_case_of_sweeps_exists_and_takes_its_arguments(plan, tmp_path):
    keys = set()
    for key, case, arguments in plan.cases(tmp_path):
        signature(CASES[case]).bind(**arguments)
        keys.add(key)
    assert {"sweep by 1", "sweep by 2", "batch by 1", "batch by 2", "resume"} < keys
    (start,) = plan.starts(tmp_path)
    signature(CASES["start"]).bind(**start)


def test_a_sweep_of_runs_that_are_made_up_is_one_that_can_be_resumed(tmp_path):
    pytest.importorskip("SALib")
    driven = sweeping.driver("driver", str(tmp_path), 12)
    again = sweeping.resume("again", str(tmp_path), 12)
    assert driven["runs"] == again["runs"] == 12
    assert read_sweep(tmp_path / "12 runs").runs["status"].eq("ok").all()


def test_what_is_written_to_measure_the_store_is_a_run_of_a_sweep(tmp_path):
    pytest.importorskip("SALib")
    sweeping.store("store", str(tmp_path), runs_a_part=2, parts=1)
    runs, *others = (Store.at(tmp_path / "parts of 2").frame(table) for table in ("runs", "series", "quarters"))
    assert runs["point"].tolist() == [0, 1, 2, 3]
    assert all(len(table) for table in others)


def test_the_twin_in_a_batch_is_the_twin(tmp_path):
    _, start = play_columns(town(MUCH_CHANCE))
    start.write(tmp_path / "start.pickle")
    in_batch = [TwinInBatch(str(tmp_path / "start.pickle"), number) for number in (1, 2)]
    for model in in_batch:
        for _ in range(DAYS):
            model.step()
        assert model.datacollector.model_vars["people"][-1] == sum(model.civilians)
    assert in_batch[0].flows == play_twin(start, seed=1).flows
    assert in_batch[0].flows != in_batch[1].flows


def test_towns_of_every_size_that_growth_is_measured_with_can_be_made():
    for kind, arguments in GrowthPlan().cases():
        assert kind in {"people", "cells", "units"}
        load_scenario("toy_town", arguments["settings"])


def test_the_table_of_growth_has_a_line_for_each_town(monkeypatch):
    monkeypatch.setattr(growth, "import_seconds", lambda module: 0.0)
    small = growth.town(["map.side=12"], days=2, repeats=1)
    assert (small["days"], small["cells"], small["rows"]) == (2, 144, 1200)
    head, line = growth.growth_rows([("cells", {**small, "ms_a_day": 2.4})])
    assert dict(zip(head, line, strict=True))["ns/row-day"] == "2000"
    assert line[:3] == ("cells", "1,200", "144")


def test_the_table_of_sweeps_has_a_line_for_each_figure():
    sweep = {"runs": 40.0, "runs_per_second": 5.0, "wall_seconds": 10.0, "driver_mb": 300.0, "worker_mb": 290.0}
    found = {
        "sweep by 1": {**sweep, "play_ms": 190.0, "store_ms": 1.5, "other_ms": 8.0},
        "sweep by 2": {**sweep, "runs_per_second": 9.0},
        "store@10": {"runs_a_part": 10.0, "ms_a_run": 1.25, "kb_a_run": 3.0},
        "driver@1000": {"runs": 1000.0, "parts": 100.0, "driver_mb": 250.0, "wall_seconds": 4.0},
        "resume": {"runs": 1000.0, "scan_seconds": 0.5, "again_seconds": 0.6, "mb": 3.0},
        "batch by 2": {"runs": 40.0, "wall_seconds": 60.0, "driver_mb": 300.0},
    }
    lines = {line[0]: line[1] for line in sweep_rows(found)}
    assert lines["two workers / one"] == "1.80 x"
    assert lines["mesa.batch_run / sweep, by 2"] == "6 x"
    assert lines["writing a run to the store in a part of 10 (3.0 kB)"] == "1.25 ms"
    assert lines["driver of 1,000 runs in 100 parts: driver and store alone"] == "250 a second"


def test_the_tables_have_a_line_for_each_measurement_and_ratio():
    def measurement(seconds):
        return Measurement("a case", 1000, 5000, 10.0, 1, [seconds, 2 * seconds], 0.1, 1.0, 100.0, 120.0)

    measured = {
        f"{key}@1000": measurement(seconds) for key, seconds in (("twin", 4.0), ("processes", 0.5), ("bare", 0.25))
    }
    measured["twin@1000"] = measured["twin@1000"].joined(measurement(5.0))
    rows = measurement_rows(list(measured.values()))
    assert len(rows) == 1 + len(measured)
    assert rows[1][rows[0].index("ns/row-day")] == "400,000"
    assert rows[1][rows[0].index("spread")] == "+150% of 4"
    ratios = {line[0]: line[1] for line in ratio_rows(measured)}
    assert ratios["plain-Mesa twin / civilians' processes, 1,000 households"] == "8 x"
    assert ratios["civilians' processes / bare array loop, 1,000 households"] == "2 x"
    assert len(text(rows).splitlines()) == len(markdown(rows).splitlines()) == 2 + len(measured)
