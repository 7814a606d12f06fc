"""What every process of the catalogue must do, whatever it models."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from siege_sim import SiegeModel, load_scenario, run
from siege_sim.model import catalogue
from siege_sim.model import model as model_module
from siege_sim.model.agents.columns import Column
from siege_sim.model.agents.household import Households
from siege_sim.model.agents.unit import Units
from siege_sim.model.city.layers import LAYERS
from siege_sim.model.processes.base import Intervention, Phase
from siege_sim.model.processes.break_off import BreakOff
from siege_sim.model.rng import stream
from siege_sim.runner.about import names_to_be_about
from siege_sim.schema.meanings import meanings
from tests.conftest import STRESS

PROCESSES = sorted(catalogue.processes().items())
INTERVENTIONS = sorted(catalogue.interventions().items())
EVERYTHING = PROCESSES + INTERVENTIONS
KNOWN = dict(PROCESSES)

SEED = 8
MORE_SEEDS = range(1, 13)
"""Stressed runs end by agreement or by the fall of the pocket; together they show everything that can happen."""

each_process = pytest.mark.parametrize(("name", "cls"), PROCESSES, ids=[name for name, _ in PROCESSES])
each = pytest.mark.parametrize(("name", "cls"), EVERYTHING, ids=[name for name, _ in EVERYTHING])


def yaml_of(values) -> str:
    return "{" + ", ".join(f"{key}: {str(value).lower()}" for key, value in values.items()) + "}"


@each
def test_it_has_a_summary_a_phase_and_documented_parameters(name, cls):
    assert cls.summary().endswith(".")
    assert isinstance(cls.phase, Phase)
    assert name == cls.name()
    for key, field in cls.model_fields.items():
        if key == "kind":
            continue
        assert meanings(cls)[key], f"{name}.{key} has no docstring"
        facts = field.json_schema_extra
        if field.annotation in (int, float):
            assert facts["unit"], f"{name}.{key} has no unit"
            assert facts["source"], f"{name}.{key} has no source"


@each
def test_it_says_which_outcomes_it_is_there_for(name, cls):
    assert cls.about, f"{name} names no outcome that it is in the model for"
    assert set(cls.about) <= set(names_to_be_about())
    assert len(set(cls.about)) == len(cls.about)


@each
def test_a_plausible_range_lies_around_its_default(name, cls):
    for key, field in cls.model_fields.items():
        facts = field.json_schema_extra or {}
        if "plausible" in facts and not field.is_required():
            low, high = facts["plausible"]
            assert low <= field.default <= high, f"{name}.{key}: {field.default} is not within {low} to {high}"


@each
def test_it_is_frozen_and_refuses_what_it_does_not_know(name, cls):
    needed = {"from_day": 1} if issubclass(cls, Intervention) else {}
    with pytest.raises(ValueError, match="unknown key 'no_such_thing'"):
        cls.model_validate({**needed, "no_such_thing": 1})


@pytest.fixture(scope="module")
def stressed():
    """Series of the stressed city with changes: the whole city, or without one of its processes."""

    @cache
    def series(changes: tuple[str, ...], seed: int) -> str:
        result = run(load_scenario("toy_town", [*STRESS, *changes]), seed=seed)
        of_one_process = [outcome.name for _, cls in PROCESSES for outcome in cls.outcomes]
        of_one_process += [flow for _, cls in PROCESSES for flow in cls.flows.get("civilians", {})]
        return result.series.drop(columns=of_one_process, errors="ignore").to_csv(index=False)

    return series


NEEDS = {"bridges": ("map.river=true",), "ending": ("processes.agreement=null",)}
"""What the stressed city needs besides for a process to have anything to do."""

WORKS_WITH = {
    "withdrawal": ("clearing", "main_effort"),
    "group_deals": ("clearing", "main_effort"),
}
"""What one of these acts upon, where the stressed city has another theory."""

AT_WORK = {
    "bridges": "{open: {Old Bridge: {3: 0}}}",
    "deliveries": "{routes: {road: {tonnes_per_day: 2}}}",
    "orders_to_civilians": "{besieger_says: stay, shot_when_leaving: 0.05}",
    "outside_threats": "{believed: 0.5}",
}
"""Parameters with which a process does something, where its default ones do nothing."""


def others_off(name) -> tuple[str, ...]:
    """Theories of the same thing act in place of each other, so only one of them is on, with all that it needs."""
    theories = {other for other, cls in PROCESSES if issubclass(cls, BreakOff)}
    needed = _needed_by(name)
    off = {other for on in (name, *needed) for other in KNOWN[on].instead_of}
    off |= theories if name in theories else set()
    return (
        *(f"processes.{other}=null" for other in sorted(off - {name})),
        *(f"processes.{other}={{}}" for other in needed),
    )


def _needed_by(name) -> list[str]:
    """Return the processes that one needs or works with, for which the stressed city has another theory."""
    return sorted({*getattr(KNOWN[name], "needs", ()), *WORKS_WITH.get(name, ())} - {name})


@each_process
def test_with_neutral_parameters_it_does_nothing(name, cls, stressed):
    assert cls.neutral, f"{name} names no neutral parameters"
    city = (*others_off(name), *NEEDS.get(name, ()))
    neutral = (*city, f"processes.{name}={yaml_of(cls.neutral)}")
    assert stressed(neutral, SEED) == stressed((*city, f"processes.{name}=null"), SEED)


@each_process
def test_with_its_parameters_it_does_something(name, cls, stressed):
    # The runs without it have passed the check of the books on each of their days as well.
    known = dict(load_scenario("toy_town", STRESS).processes.on())
    on = () if name in known else (f"processes.{name}={AT_WORK.get(name, '{}')}",)
    city = (*others_off(name), *NEEDS.get(name, ()))
    off = (*city, f"processes.{name}=null")
    assert any(stressed((*city, *on), seed) != stressed(off, seed) for seed in MORE_SEEDS)


@pytest.fixture(scope="module")
def watched(stressed_city):
    """A stressed run: the streams that were asked for, and the extremes of every column and layer."""
    streams, model = set(), SiegeModel(stressed_city, SEED)
    original = model_module.Later
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model_module, "Later", lambda set_up, *key: streams.add(key) or original(set_up, *key))
        days = [_extremes(model)]
        days += [_extremes(model) for _ in model.days()]
    lowest = {name: min(day[name][0] for day in days) for name in days[0]}
    highest = {name: max(day[name][1] for day in days) for name in days[0]}
    return model, streams, lowest, highest


def _arrays(model):
    """Yield (name, unit, array) of every column and layer."""
    for spec in LAYERS:
        yield f"layer {spec.name}", spec.unit, model.city.layers.array(spec.name)
    for label, table in (("household", model.households), ("unit", model.units)):
        for name, column in table.columns.items():
            yield f"{label} {name}", column.unit, table.arrays[name]


def _extremes(model):
    return {name: (float(array.min()), float(array.max())) for name, _, array in _arrays(model)}


def test_every_draw_comes_from_the_process_s_own_stream(watched):
    model, streams, *_ = watched
    assert {name for _, name, _ in streams} == {process.stream or name for name, process in model.schedule}
    assert {seed for seed, *_ in streams} == {SEED}
    assert len(streams) == len(model.schedule) * model.day


def test_every_column_and_layer_stays_within_its_bounds(watched):
    model, _, lowest, highest = watched
    for name, unit, _ in _arrays(model):
        floor = -1.0 if name in ("layer pressed_by", "unit axis") else 0.0
        assert lowest[name] >= floor, f"{name} went down to {lowest[name]}"
        assert np.isfinite(highest[name]), name
        if unit in ("share", "0-1"):
            assert highest[name] <= 1.0 + 1e-9, f"{name} went up to {highest[name]}"


def test_every_column_and_layer_is_documented():
    for spec in LAYERS:
        assert spec.doc.endswith("."), spec.name
    for table in (Households, Units):
        for name, column in table.columns.items():
            assert isinstance(column, Column)
            assert column.__doc__.endswith("."), name
            assert column.unit, name


class _Idle:
    """A process that draws a great deal and does nothing."""

    phase = Phase.AIR
    stream = ""

    def step(self, model, rng):
        rng.random(10_000)


def test_another_process_leaves_all_draws_untouched(stressed_city):
    undisturbed = run(stressed_city, seed=SEED).series.iloc[:, 2:].to_numpy()
    model = SiegeModel(stressed_city, SEED)
    model.schedule = (("processes.idle", _Idle()), *model.schedule)
    for _ in model.days():
        pass
    values = model.recorder.values[: model.recorder.rows]
    assert np.array_equal(values, undisturbed, equal_nan=True)


def test_a_stream_depends_on_nothing_but_seed_name_and_day(watched):
    _, streams, *_ = watched
    some = sorted(streams)[::37]
    before = [stream(*key).random() for key in some]
    assert [stream(*key).random() for key in reversed(some)] == before[::-1]


def test_the_stressed_city_is_stressed(stressed_city):
    hoped_for = {
        "ground_lost", "reinforcements", "relief_attack", "relief_failed", "hospital_lost", "quarter_lost",
        "cell_retaken", "pocket_split", "pause", "agreement", "unit_surrendered",
    }  # fmt: skip
    harms = {
        "killed_by_air", "killed_by_shelling", "killed_in_crossfire", "died_of_wounds", "died_of_hunger",
        "civilians_wounded", "besieger_civilians_killed", "left_to_hill_militia", "left_to_besieger",
        "came_under_new_holder", "garrison_killed", "besieger_killed", "relief_force_killed",
    }  # fmt: skip
    for seed in MORE_SEEDS:
        result = run(stressed_city, seed=seed)
        hoped_for -= set(result.events["kind"])
        harms -= {name for name in harms if result.series[name].iloc[-1] > 0}
        if not hoped_for | harms:
            return
    raise AssertionError(f"in no run: {', '.join(sorted(hoped_for | harms))}")
