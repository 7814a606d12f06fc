"""Deliveries: routes bring in what passes, into the stores they name, and the books and the log say so."""

from __future__ import annotations

import numpy as np
import pytest

from siege_sim import SiegeModel, load_scenario
from siege_sim.errors import ScenarioError
from siege_sim.model.agents.facility import Market, Warehouse
from siege_sim.schema.sides import BESIEGER

QUIET = (
    "population.persons_per_household=50", "days=12", "processes.sorties=null", "processes.artillery=null",
    "processes.besieger_command=null", "processes.counter_attack=null", "processes.looting=null",
    "interventions.aid_convoys=null",
)  # fmt: skip


def town(routes: str, *settings: str) -> SiegeModel:
    return SiegeModel(load_scenario("toy_town", [*QUIET, *settings, f"processes.deliveries.routes={routes}"]), 1)


def delivered(model: SiegeModel) -> float:
    return model.ledger.total("food", "delivered")


def test_a_route_delivers_what_is_sent_within_its_capacity_less_what_is_lost():
    model = town("{ice: {by: ice, tonnes_per_day: {1: 10, 4: 2}, capacity_tonnes_per_day: 5, lost_share: 0.2}}")
    by_day = [model.ledger.today("food", "delivered") for _ in model.days()]
    a_tonne = 3.4e6
    assert by_day[:3] == pytest.approx([0.8 * 5 * a_tonne] * 3)
    assert by_day[3:] == pytest.approx([0.8 * 2 * a_tonne] * 9)
    assert model.ledger.total("food", "lost_on_the_way") == pytest.approx((3 * 5 + 9 * 2) * 0.2 * a_tonne)
    assert model.recorder.values[-1][[o.name for o in model.recorder.outcomes].index("delivered_kcal")] == delivered(
        model
    )


def test_a_closed_route_delivers_nothing_and_the_log_tells_when_it_opens_and_closes():
    model = town("{sea_lane: {by: boat, kcal_per_day: 1e6, open: {before: 0, 4: 0.5, 8: 0}}}")
    for _ in model.days():
        pass
    assert delivered(model) == pytest.approx(4 * 0.5e6)
    told = [(e.day, e.kind, e.what) for e in model.log.events if e.kind.startswith("route")]
    assert told == [
        (4, "route_opened", "food came in by the route sea lane (boat)"),
        (8, "route_closed", "no more food came in by the route sea lane (boat)"),
    ]


@pytest.mark.parametrize(("into", "kind"), [("council", Warehouse), ("aid_agency", Warehouse), ("merchant", Market)])
def test_food_comes_into_the_stores_that_the_route_names(into, kind):
    model = town(f"{{road: {{kcal_per_day: 1e6, into: {into}}}}}", "processes.rationing=null", "processes.market=null")
    before = {store: store.kcal for store in model.facilities_of(kind)}
    model.step()
    gained = {store.owner: store.kcal - before[store] for store in before if store.kcal > before[store]}
    assert set(gained) == {into}
    assert sum(store.kcal - before[store] for store in before) == pytest.approx(1e6)


def test_what_is_looted_ends_on_the_markets():
    model = town("{road: {kcal_per_day: 1e6, looted: 0.25}}", "processes.rationing=null", "processes.market=null")
    before = sum(market.kcal for market in model.facilities_of(Market))
    model.step()
    assert sum(market.kcal for market in model.facilities_of(Market)) - before == pytest.approx(0.25e6)


def test_a_route_delivers_only_while_the_garrison_holds_ground_where_it_enters():
    model = town("{tunnel: {by: tunnel, kcal_per_day: 1e6, at: Old Town}}")
    model.step()
    assert delivered(model) == pytest.approx(1e6)
    number = [quarter.name for quarter in model.city.map.quarters].index("Old Town")
    model.city.capture(np.flatnonzero(model.city.layers.quarter == number), BESIEGER)
    model.step()
    assert delivered(model) == pytest.approx(1e6)
    closed = model.log.events[model.log.newest("route_closed")]
    assert (closed.where, closed.cause) == ("Old Town", "its end in the pocket was lost")


def test_without_a_working_store_nothing_comes_in():
    model = town("{road: {kcal_per_day: 1e6}}")
    for store in model.facilities_of(Warehouse):
        store.destroyed = True
    model.step()
    assert delivered(model) == 0.0


@pytest.mark.parametrize(
    ("route", "words"),
    [
        ("{}", "give 'tonnes_per_day' or 'kcal_per_day', and not both"),
        ("{tonnes_per_day: 1, kcal_per_day: 1}", "give 'tonnes_per_day' or 'kcal_per_day', and not both"),
        ("{tonnes_per_day: 1, at: Old Twon}", "no quarter 'Old Twon' on day 0; did you mean 'Old Town'?"),
        ("{tonnes_per_day: 1, at: South Fields}", "the garrison holds no quarter 'South Fields' on day 0"),
        ("{tonnes_per_day: 1, open: {3: 2}}", "routes.r.open.3: 2 is out of range; it must be at most 1"),
        ("{tonnes_per_day: 1, into: garrison}", "'garrison' is not known here"),
        ("{tonnes_per_day: 1, open: {1999-01-01: 1}}", "routes.r.open: none of its dates is in the run"),
    ],
)
def test_a_wrong_route_is_refused_in_words(route, words):
    with pytest.raises(ScenarioError) as caught:
        load_scenario("toy_town", [f"processes.deliveries.routes={{r: {route}}}"])
    assert words in str(caught.value)
