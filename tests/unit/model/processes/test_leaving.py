"""People: what a trusted way out, orders, fear of reprisal and bullets do to who leaves and who stays."""

from __future__ import annotations

import numpy as np
import pytest

from siege_sim import SiegeModel, load_scenario
from siege_sim.errors import ScenarioError
from siege_sim.model.codes import Status
from siege_sim.schema.sides import BESIEGER, GARRISON

QUIET = (
    "days=15", "interventions={}", "processes.sorties=null", "processes.artillery=null", "processes.snipers=null",
    "processes.besieger_command=null", "processes.agreement=null", "processes.garrison_shelling=null",
)  # fmt: skip
OVER = ("left_to_besieger", "left_to_third_party")


def town(*settings: str, seed: int = 1) -> SiegeModel:
    return SiegeModel(load_scenario("toy_town", [*QUIET, *settings]), seed)


def left(model: SiegeModel) -> float:
    flows = [flow for flow in model.ledger.stocks["civilians"].totals if flow.startswith("left_to_")]
    return model.ledger.total("civilians", *flows)


def corridor(trusted: float, open_share: float = 1.0) -> str:
    return f"interventions={{c: {{kind: corridor, from_day: 1, open_share: {open_share}, trusted: {trusted}}}}}"


def after(model: SiegeModel, days: int) -> SiegeModel:
    for _ in range(days):
        model.step()
    return model


def overrun(*settings: str, seed: int = 1) -> SiegeModel:
    """Return a town on the evening of a day on which a third of the garrison's ground was lost."""
    model = town("processes.displacement=null", *settings, seed=seed)
    ground = np.flatnonzero(model.city.pocket_ground)
    model.city.capture(ground[: ground.size // 3], BESIEGER)
    for cell in ground[: ground.size // 3].tolist():
        model.fall_back(GARRISON, cell)
    return after(model, 1)


def test_half_leave_within_days_of_a_guarantee_and_hardly_anybody_without():
    free = "processes.displacement.prevented=0"
    guaranteed, open_only = (after(town(corridor(trusted), free), 8) for trusted in (1.0, 0.0))
    people = guaranteed.setting.population.besieged
    assert left(guaranteed) > 0.4 * people
    assert left(open_only) < 0.05 * people


def test_a_trusted_way_that_is_shut_or_held_draws_nobody():
    shut = after(town(corridor(1.0, open_share=0.0)), 8)
    held = after(town(corridor(1.0), "processes.displacement.prevented=1"), 8)
    nothing = after(town(), 8)
    assert left(shut) == left(nothing)
    assert left(held) == 0


def test_a_guarantee_ends_with_its_day():
    model = town(
        "interventions={c: {kind: corridor, from_day: 1, until_day: 3, open_share: 1.0, trusted: 1.0}}",
        "processes.displacement.prevented=0",
    )
    after(model, 3)
    at_the_end = left(model)
    after(model, 5)
    assert at_the_end > 0
    assert left(model) - at_the_end < 0.2 * at_the_end


def test_people_who_are_told_to_stay_do_so_more_often():
    stayed = {}
    for word in ("nothing", "stay"):
        model = overrun(f"processes.orders_to_civilians={{besieger_says: {word}, heeded: 0.6}}")
        stayed[word] = model.ledger.total("civilians", "came_under_new_holder")
    assert stayed["stay"] > 1.1 * stayed["nothing"] > 0


def test_people_who_are_told_to_leave_go_more_often():
    base = ("processes.displacement={reluctance: 5, prevented: 0, crossing_elsewhere: 0.05}",)
    told = after(town(*base, "processes.orders_to_civilians={besieger_says: leave, heeded: 0.6}"), 8)
    kept = after(town(*base, "processes.orders_to_civilians={besieger_says: stay, heeded: 0.6}"), 8)
    usual = after(town(*base), 8)
    assert left(told) > left(usual) > left(kept)


def test_fear_of_reprisal_keeps_people_from_staying_and_from_crossing():
    calm, afraid = (overrun(f"population.fear_of_reprisal={fear}") for fear in (0.1, 0.9))
    for flow in ("came_under_new_holder", "left_to_besieger"):
        assert calm.ledger.total("civilians", flow) > afraid.ledger.total("civilians", flow)
    assert afraid.households.inside.sum() > calm.households.inside.sum()


def test_the_garrisons_bullets_are_a_cause_of_death_and_the_books_balance():
    model = overrun("processes.orders_to_civilians.shot_when_leaving=0.2")
    shot, gone = model.ledger.total("civilians", "killed_leaving"), left(model)
    assert 0.1 < shot / (shot + gone) < 0.3
    model.ledger.check()
    assert model.ledger.is_violent("civilians", "killed_leaving")


def test_nobody_is_shot_who_stays_or_where_no_order_says_so():
    crossed = overrun("processes.orders_to_civilians={}")
    assert left(crossed) > 0
    assert crossed.ledger.total("civilians", "killed_leaving") == 0
    stayed = overrun("processes.orders_to_civilians.shot_when_leaving=1", "processes.new_holder={stay: 1.0, cross: 0}",
                     "population.fear_of_reprisal=0")  # fmt: skip
    assert stayed.ledger.total("civilians", "killed_leaving") == 0
    assert (stayed.households.status == Status.UNDER_NEW_HOLDER).any()


@pytest.mark.parametrize("word", ["flee", "Stay", 3])
def test_an_unknown_order_is_refused_with_the_known_ones(word):
    with pytest.raises(ScenarioError, match="besieger_says"):
        town(f"processes.orders_to_civilians.besieger_says={word}")
