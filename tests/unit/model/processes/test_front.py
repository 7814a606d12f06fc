"""The second theory of the front: assaults that clear ground, orders on both sides, groups that hold or leave."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from siege_sim import SiegeModel, load_scenario, run
from siege_sim.errors import ScenarioError
from siege_sim.schema.sides import GARRISON

THEORY = (
    *(f"processes.{old}=null" for old in ("assault", "envelopment", "loss_threshold", "desertion", "morale")),
    "processes.besieger_command=null",
    "processes.agreement=null",
    "processes.clearing={}",
    "processes.main_effort={}",
    "processes.resolve={}",
    "population.persons_per_household=50",
    "days=40",
)
SEED = 3


def town(*settings: str):
    """Return the small town with the second theory of the front."""
    return load_scenario("toy_town", [*THEORY, *settings])


def played(*settings: str) -> SiegeModel:
    """Return the town after its days."""
    model = SiegeModel(town(*settings), SEED)
    for _ in model.days():
        pass
    return model


def test_an_assault_clears_ground_and_both_sides_pay_for_it():
    model = played()
    assert model.share_held < 0.9
    for stock in ("garrison", "besieger"):
        assert model.ledger.stocks[stock].totals["killed_in_combat"] > 0
    causes = {event.cause for event in model.log.events if event.kind == "ground_lost"}
    assert causes == {"cleared by an assault"}


def test_a_besieger_that_is_ordered_to_hold_takes_nothing():
    assert played("processes.main_effort.posture=hold").share_held == 1.0


def test_orders_by_date_open_the_assault_on_their_day():
    model = played("processes.main_effort.posture={before: hold, 20: assault}")
    first = min(event.day for event in model.log.events if event.kind == "assault_began")
    assert first == 20 + model.scenario.processes.main_effort.prepare_days


def test_axes_that_are_not_open_do_not_attack():
    model = played("processes.main_effort.axes_open=1")
    began = [event.what for event in model.log.events if event.kind == "assault_began"]
    assert began
    assert all(what.startswith("axis 1 ") for what in began)


def test_the_same_seed_gives_the_same_run_also_from_a_copy_half_way():
    scenario = town("processes.withdrawal={}", "processes.group_deals={}")
    model = SiegeModel(scenario, SEED)
    for _ in range(20):
        model.step()
    twin = copy.deepcopy(model)
    for each in (model, twin):
        for _ in each.days():
            pass
    assert twin.log.events == model.log.events
    assert np.array_equal(twin.city.layers.holder, model.city.layers.holder)
    assert run(scenario, seed=SEED).events["what"].tolist() == [event.what for event in model.log.events]


def test_a_group_without_an_offer_makes_no_deal_and_one_with_it_does():
    weak = ("processes.group_deals={least_lost: 0.0}", "forces.garrison.town_militia.steadfast=0.0")
    none = played(*weak, "forces.garrison.town_militia.exit_offered=0.0")
    offered = played(*weak, "forces.garrison.town_militia.exit_offered=1.0")
    kinds = [[event.kind for event in model.log.events] for model in (none, offered)]
    assert "group_deal" not in kinds[0]
    assert "group_deal" in kinds[1]
    assert offered.ledger.stocks["garrison"].totals["evacuated"] > 0


def test_steadfast_groups_keep_their_resolve_where_others_lose_it():
    def resolve(steadfast: float) -> float:
        model = played(
            f"forces.garrison.town_militia.steadfast={steadfast}",
            "processes.resolve.relief=0.0",
            "processes.main_effort.posture=hold",
        )
        return float(model.units.cohesion[model.units.of(GARRISON)].mean())

    assert resolve(1.0) > resolve(0.5) > resolve(0.0)


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("processes.assault={}", "'clearing' and 'assault' are two theories of the same thing"),
        ("processes.morale={}", "'resolve' and 'morale' are two theories of the same thing"),
        ("processes.besieger_command={}", "'main_effort' and 'besieger_command' are two theories of the same thing"),
        ("processes.clearing=null", "the process 'clearing', which lets its assaults take ground, is off"),
        ("processes.main_effort.objective=Nowhere", "the garrison holds no sector 'Nowhere'"),
        ("processes.main_effort.posture=storm", "'storm' is not one of assault, squeeze, hold"),
    ],
)
def test_theories_that_do_not_go_together_are_refused_in_a_sentence(setting, says):
    with pytest.raises(ScenarioError, match=says):
        town(setting)


def test_a_scenario_says_what_is_missing_only_where_nothing_stands_in_its_place():
    assert not [note for note in town().notes() if "besieger_command" in note or "'morale'" in note]
    assert not [note for note in load_scenario("toy_town").notes() if "main_effort" in note or "'resolve'" in note]
