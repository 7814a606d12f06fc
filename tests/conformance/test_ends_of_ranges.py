"""Every end of every range of every process and dated action, played in a tiny town, alone and in pairs.

People, fighters and food are conserved; nothing is below zero, infinite or no number. `SIEGE_SIM_PAIRS` says how many
pairs are played.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import annotated_types
import numpy as np
import pytest

from siege_sim import Scenario, SiegeModel, load_scenario
from siege_sim.analysis.run import PER_PERSON
from siege_sim.errors import ScenarioError
from siege_sim.loading.keys import with_values
from siege_sim.loading.scenario import scenario_of
from siege_sim.model import catalogue
from siege_sim.model.city.layers import LAYERS
from siege_sim.schema.dated import DatedNumbers, reader_of
from tests.blocks import all_blocks
from tests.conformance.test_interventions import EXAMPLES
from tests.conformance.test_processes import AT_WORK, NEEDS, others_off

pytestmark = pytest.mark.slow

PAIRS = int(os.environ.get("SIEGE_SIM_PAIRS", "100"))
BELOW_ZERO = ("pressed_by", "axis")
"""Arrays in which -1 stands for none."""

TINY = (
    "days=7", "interventions.aid_convoys.from_day=2", "map.side=6", "map.ring=1", "population.besieged=400",
    "population.persons_per_household=20", "forces.garrison.town_militia.fighters=200",
    "forces.besieger.vanguard.fighters=400", "processes.sorties.per_day=20", "processes.artillery.shells_per_day=60",
    "processes.garrison_shelling.killed_per_day=1", "processes.counter_attack.p_try=0.5",
    "processes.envelopment.hazard_per_round=0.01", "processes.displacement.reluctance=4", "food.home_days=2",
    "food.council_kcal=3.0e6", "food.aid_kcal=1.0e6", "food.merchant_kcal=2.0e6",
)  # fmt: skip

Ends = dict[str, tuple[float, float]]


def ends_of(block: type) -> Ends:
    """Return the least and the greatest value of every number of a block, by its key."""
    found: Ends = {}
    for name, field in block.model_fields.items():
        reader = reader_of(field)
        rules = field.metadata
        if isinstance(reader, DatedNumbers):
            low, high = reader.ge, reader.le
        else:
            low = next((rule.ge for rule in rules if isinstance(rule, annotated_types.Ge)), None)
            high = next((rule.le for rule in rules if isinstance(rule, annotated_types.Le)), None)
        if low is not None and high is not None:
            found[field.alias or name] = (low, high)
    return found


def is_number(annotation: Any) -> bool:
    return annotation in (int, float, int | None, float | None)


@pytest.mark.parametrize("block", all_blocks(), ids=lambda block: block.__name__)
def test_every_number_has_a_least_and_a_greatest_value(block):
    for name, field in block.model_fields.items():
        if is_number(field.annotation) or isinstance(reader_of(field), DatedNumbers):
            rules = [reader_of(field)] if reader_of(field) else field.metadata
            for bounds in (("ge", "gt"), ("le", "lt")):
                given = [getattr(rule, bound, None) for rule in rules for bound in bounds]
                assert any(bound is not None for bound in given), f"{block.__name__}.{name} has no {bounds[0]}"


@pytest.mark.parametrize("kind", [*catalogue.processes().items(), *catalogue.interventions().items()])
def test_every_end_of_a_mechanism_is_a_value_that_can_be_played(kind):
    name, cls = kind
    for key, field in cls.model_fields.items():
        if is_number(field.annotation) or isinstance(reader_of(field), DatedNumbers):
            assert key in ends_of(cls), f"{name}.{key} has an open end; give ge and le"


@cache
def town_with(kind: str) -> Mapping[str, Any]:
    """Return the tiny town in which a mechanism or an action is at work, as plain data."""
    if kind in catalogue.interventions():
        early = {"from_day": 2, "until_day": 6}
        example = re.sub(r"(from_day|until_day): \d+", lambda found: f"{found[1]}: {early[found[1]]}", EXAMPLES[kind])
        further = (f"interventions.tried={{kind: {kind}, {example}}}",)
    else:
        on = dict(load_scenario("toy_town", TINY).processes.on())
        further = (*others_off(kind), *NEEDS.get(kind, ()))
        further += () if kind in on else (f"processes.{kind}={AT_WORK.get(kind, '{}')}",)
    return load_scenario("toy_town", [*TINY, *further]).model_dump(mode="json", by_alias=True)


def every_end() -> list[tuple[str, str, float]]:
    """Return kind, key and value of every end."""
    kinds = {**catalogue.processes(), **catalogue.interventions()}
    return [(kind, key, end) for kind, cls in kinds.items() for key, ends in ends_of(cls).items() for end in ends]


def key_in_scenario(kind: str, key: str) -> str:
    return f"interventions.tried.{key}" if kind in catalogue.interventions() else f"processes.{kind}.{key}"


def scenario_with(kind: str, values: Mapping[str, float]) -> Scenario | None:
    """Return the tiny town with other values; None where they do not go together."""
    town = town_with(kind)
    try:
        return scenario_of(with_values(town, values))
    except ScenarioError:
        return None


def arrays_of(model: SiegeModel) -> Iterator[tuple[str, np.ndarray]]:
    for table in (model.households, model.units):
        yield from table.arrays.items()
    for layer in LAYERS:
        yield layer.name, model.city.layers.array(layer.name)


def play(scenario: Scenario, what: str) -> None:
    """Play a siege; each of its days ends with a check of the books of people, fighters and food."""
    model = SiegeModel(scenario, 3)
    everybody, homes = model.households.persons.sum(), model.households
    for _ in model.days():
        for name, array in arrays_of(model):
            assert np.isfinite(array).all(), f"{what}: {name} is no number"
            assert name in BELOW_ZERO or array.min(initial=0.0) >= -1e-6, f"{what}: {name} is {array.min()}"
    gone = sum(
        model.ledger.total("civilians", name)
        for name, flow in model.ledger.stocks["civilians"].flows.items()
        if flow.death or name == "evacuated_for_treatment"
    )
    assert homes.persons.sum() + gone == everybody, f"{what}: people were made or lost"
    for outcome, values in zip(model.recorder.outcomes, model.recorder.values[: model.recorder.rows].T, strict=True):
        name = outcome.name
        assert not np.isinf(values).any(), f"{what}: {name} is infinite"
        assert name in PER_PERSON or not np.isnan(values).any(), f"{what}: {name} is no number"


def test_every_end_of_every_range_can_be_played_alone():
    ends, played = every_end(), 0
    for kind, key, end in ends:
        scenario = scenario_with(kind, {key_in_scenario(kind, key): end})
        if scenario is not None:
            play(scenario, f"{kind}.{key}={end}")
            played += 1
    assert played > 0.9 * len(ends)


def test_a_series_may_go_from_one_end_to_the_other():
    played = 0
    for kind, cls in {**catalogue.processes(), **catalogue.interventions()}.items():
        for key, (low, high) in ends_of(cls).items():
            if isinstance(reader_of(cls.model_fields[key]), DatedNumbers):
                scenario = scenario_with(kind, {key_in_scenario(kind, key): {"2": high, "5": low, "before": low}})
                if scenario is not None:
                    play(scenario, f"{kind}.{key} from {low:g} to {high:g}")
                    played += 1
    assert played > 10


def test_ends_of_two_ranges_can_be_played_together():
    luck, ends, played = random.Random(11), every_end(), 0
    for _ in range(PAIRS):
        kind, key, end = luck.choice(ends)
        same = [one for one in ends if one[0] == kind and one[1] != key]
        _, other, further = luck.choice(same) if same else (kind, key, end)
        values = {key_in_scenario(kind, key): end, key_in_scenario(kind, other): further}
        scenario = scenario_with(kind, values)
        if scenario is not None:
            play(scenario, f"{kind}: {values}")
            played += 1
    assert played > 0.5 * PAIRS
