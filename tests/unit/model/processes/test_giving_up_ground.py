"""Ground that is given up without a fight: by order, by a deal; and the resolve of those who stay."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siege_sim import Scenario, SiegeModel
from siege_sim.model.processes.withdrawal import Withdrawal, _Danger
from siege_sim.schema.sides import GARRISON
from tests.unit.model.processes.front_town import SEED, played, town

masks = st.lists(st.booleans(), min_size=9, max_size=9).map(np.array)

FIELDS = ("map.side=14", "map.ring=3", "processes.withdrawal={least_km2: 0.4}")
"""A town large enough for a part of it to be worth an order."""


def lost_by(model: SiegeModel, cause: str) -> list:
    """Return the events of lost ground that give a cause."""
    return [event for event in model.log.events if event.kind == "ground_lost" and event.cause == cause]


@pytest.fixture(scope="module")
def after_orders() -> SiegeModel:
    """Return a town of which its command has given up some ground."""
    for seed in range(12):
        model = played(town(*FIELDS), seed)
        if lost_by(model, "left by order of its command") and lost_by(model, "cleared by an assault"):
            return model
    raise AssertionError("in twelve runs no command gave up ground")


def test_an_ordered_withdrawal_is_told_apart_from_ground_that_was_cleared(after_orders):
    events = after_orders.log.events
    left, cleared = (
        lost_by(after_orders, cause) for cause in ("left by order of its command", "cleared by an assault")
    )
    assert {events[event.because].kind for event in left} == {"ordered_withdrawal"}
    assert "ordered_withdrawal" not in {events[event.because].kind for event in cleared if event.because is not None}


metres = st.floats(0.0, 9000.0)


@given(metres, metres, st.floats(0.0, 1.0), st.floats(0.0, 50.0), masks, masks)
def test_no_line_is_in_more_danger_than_its_lengths_allow_whatever_it_parts(lost, width, thin, shortens, front, part):
    rules = Withdrawal(shortens=shortens)
    kilometres = max(np.count_nonzero(front) * 0.4, 1e-9)
    danger = _Danger(rules, 400.0, front, kilometres, thin, np.zeros(9, bool), works_m=500.0)
    of_cut, breach = danger.of_lines(np.array([lost]), np.array([width]))
    bound = danger.at_most(of_cut, breach)[0]
    assert danger.of(part, of_cut[0], breach[0], width) <= bound


def test_an_order_to_leave_follows_a_gain_of_the_assault(after_orders):
    events = after_orders.log.events
    orders = [event for event in events if event.kind == "ordered_withdrawal"]
    assert orders
    assert {events[order.because].kind for order in orders} == {"ground_lost"}
    assert all("cut off" in order.cause for order in orders)


def test_an_order_brings_all_units_out_of_the_part_and_loses_few_of_them():
    ordered = 0
    for seed in range(6):
        model = SiegeModel(town(*FIELDS, "processes.garrison_command=null", "processes.counter_attack=null"), seed)
        while model.running and not (left := model.city.layers.array("left_by_order")).any():
            model.step()
        orders = [event for event in model.log.events if event.kind == "ordered_withdrawal"]
        if not orders:
            continue
        ordered += 1
        units, today = model.units, [event for event in model.log.events if event.day == model.day]
        inside = units.of(GARRISON) & left[units.cell_index]
        # Only who was driven back into the part on the same day is still there.
        assert units.fit[inside].sum() <= sum(event.amount for event in today if event.kind == "units_withdrew")
        rules = model.scenario.processes.withdrawal
        assert model.ledger.total("garrison", "surrendered") <= rules.routed * sum(event.amount for event in orders) + 1
    assert ordered


def left_half(*settings: str) -> tuple[SiegeModel, np.ndarray]:
    """Return a town divided by a river whose eastern bank its command has left, and the cells of that bank."""
    model = SiegeModel(
        town("map.river=true", "processes.main_effort.posture=hold", "processes.garrison_command=null", *settings), SEED
    )
    city = model.city
    east = city.pocket_ground & (np.arange(city.n_cells) % city.shape[1] > city.shape[1] // 2)
    refuge = int(np.flatnonzero(city.pocket_ground & ~east)[0])
    for row in np.flatnonzero(model.units.of(GARRISON) & east[model.units.cell_index]).tolist():
        model.unit(row).march_to(refuge)
    city.layers.array("left_by_order")[east] = True
    city.layers.given_up[east] = True
    return model, east


def test_a_bank_that_is_left_by_order_is_occupied_without_a_fight():
    model, east = left_half()
    for _ in range(12):
        model.step()
    assert not (model.city.pocket_ground & east).any()
    assert lost_by(model, "left by order of its command")
    for side in ("garrison", "besieger"):
        assert model.ledger.total(side, "killed_in_combat") == 0


def test_who_only_holds_the_ring_follows_later_than_who_has_just_advanced():
    def day_of_the_first(seen_after_days: int) -> int:
        model, _ = left_half(f"processes.clearing.seen_after_days={seen_after_days}")
        while model.running and not lost_by(model, "left by order of its command"):
            model.step()
        return model.day

    assert day_of_the_first(4) == day_of_the_first(0) + 4


def weak(exit_offered: float) -> Scenario:
    """Return a town whose one group has no conviction, and is offered an exit."""
    return town(
        "processes.group_deals={least_lost: 0.0}",
        "forces.garrison.town_militia.steadfast=0.0",
        f"forces.garrison.town_militia.exit_offered={exit_offered}",
    )


def test_a_group_without_an_exit_fights_on_and_one_with_it_leaves():
    none, offered = played(weak(0.0)), played(weak(1.0))
    assert "group_deal" not in {event.kind for event in none.log.events}
    assert "group_deal" in {event.kind for event in offered.log.events}
    assert none.ledger.total("garrison", "evacuated") == 0
    assert none.ledger.total("garrison", "killed_in_combat") > offered.ledger.total("garrison", "killed_in_combat")


def test_steadfast_groups_keep_their_resolve_where_others_lose_it():
    def resolve(steadfast: float) -> float:
        model = played(
            town(
                "processes.main_effort.posture=hold",
                "processes.resolve.relief=0.0",
                f"forces.garrison.town_militia.steadfast={steadfast}",
            )
        )
        return float(model.units.cohesion[model.units.of(GARRISON)].mean())

    assert resolve(1.0) > resolve(0.5) > resolve(0.0)


def test_a_burden_weighs_less_on_those_who_expect_death():
    def resolve(exit_offered: float) -> float:
        model = played(
            town(
                "processes.main_effort.posture=hold",
                "processes.resolve.relief=0.0",
                f"forces.garrison.town_militia.exit_offered={exit_offered}",
            )
        )
        return float(model.units.cohesion[model.units.of(GARRISON)].mean())

    assert resolve(0.0) > resolve(1.0)
