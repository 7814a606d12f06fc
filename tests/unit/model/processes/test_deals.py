"""Deals of armed groups: carried out over days under a cease-fire, kept or broken, each group for itself."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from siege_sim import SiegeModel, load_scenario
from siege_sim.errors import ScenarioError
from siege_sim.model.codes import Status
from siege_sim.schema.sides import GARRISON

TOWN = (
    *(f"processes.{old}=null" for old in ("assault", "envelopment", "loss_threshold", "desertion", "morale")),
    "processes.besieger_command=null",
    "processes.agreement=null",
    "processes.clearing={}",
    "processes.main_effort={}",
    "processes.withdrawal={}",
    "processes.resolve={relief: 0.0}",
    "interventions.aid_convoys=null",
    "population.persons_per_household=10",
    "days=60",
)
WILLING = "steadfast: 0.0, exit_offered: 1.0"
MILITIA = f"forces.garrison.town_militia={{fighters: 600, {WILLING}, sectors: {{north: 1, south: 1}}}}"
READY = "least_lost: 0.0, hazard: 10, steepness: 1"
KEPT = f"processes.group_deals={{{READY}, broken_per_day: 0.0, persons_per_day: 400}}"
STEADFAST = "forces.garrison.guards={fighters: 400, steadfast: 1.0, exit_offered: 0.0, sectors: {east: 1, west: 1}}"


def town(*settings: str, seed: int = 5) -> SiegeModel:
    """Return a town whose militia wants to leave and may."""
    return SiegeModel(load_scenario("toy_town", [*TOWN, MILITIA, KEPT, *settings]), seed)


def days_of(model: SiegeModel) -> Iterator[SiegeModel]:
    """Yield a model after each of its days."""
    for _ in model.days():
        yield model


def kinds(model: SiegeModel) -> list[str]:
    return [event.kind for event in model.log.events]


def test_buses_bring_out_so_many_a_day_and_people_before_fighters():
    model = town()
    largest = int(model.households.persons.max()) + int(model.units.opening[model.units.side == GARRISON].max())
    people, men = [], []
    for _ in days_of(model):
        people.append(model.ledger.today("civilians", "evacuated"))
        men.append(model.ledger.today("garrison", "evacuated"))
    assert sum(people) > 400
    assert sum(men) > 0
    assert max(np.add(people, men)) <= 400 + largest
    first_men, last_people = np.flatnonzero(men)[0], np.flatnonzero(people)[-1]
    assert first_men >= last_people


def test_ground_under_a_deal_is_neither_assaulted_nor_fired_at_until_it_is_left():
    model = town(STEADFAST, "processes.sorties.per_day=60", "processes.artillery.shells_per_day=300")
    held, seen, hit_elsewhere = np.zeros(model.city.n_cells, dtype=np.bool_), 0, 0
    for _ in days_of(model):
        layers = model.city.layers
        under = held & (layers.under_deal > 0)
        seen += int(under.sum())
        assert not (layers.impacts + layers.shells)[under].any()
        assert not model.city.pressed[under].any()
        hit_elsewhere += int((layers.impacts + layers.shells)[~under].sum())
        assert not {e.cause for e in model.log.events if e.kind == "ground_lost"} & {"local assault"}
        held = (layers.under_deal > 0) & model.city.pocket_ground
    assert seen > 0
    assert hit_elsewhere > 0


def test_whoever_waits_to_leave_moves_nowhere_and_takes_nothing_back():
    model, stood = town(STEADFAST, "processes.counter_attack.p_try=1.0"), {}
    for _ in days_of(model):
        for row in np.flatnonzero(model.units.standing & (model.units.deal > 0)).tolist():
            cell = int(model.units.cell_index[row])
            assert stood.setdefault((row, int(model.units.deal[row])), cell) == cell
    assert stood


def test_the_siege_goes_on_for_those_who_made_no_deal():
    model = town(STEADFAST, "processes.main_effort.posture=hold")
    for _ in days_of(model):
        pass
    left = {event.kind for event in model.log.events}
    assert "group_left" in left
    assert model.politics.ending == "holding"
    standing = {model.unit(row).faction for row in model.units.rows_of(GARRISON).tolist()}
    assert standing == {"guards"}
    assert not model.units.deal[model.units.of(GARRISON)].any()


def test_when_the_last_group_has_left_the_pocket_is_handed_over_with_those_who_stay():
    model = town()
    people, men = int(model.households.persons.sum()), int(model.units.fit[model.units.of(GARRISON)].sum())
    for _ in days_of(model):
        pass
    assert model.politics.ending == "evacuated"
    assert not model.city.pocket_ground.any()
    ledger, homes = model.ledger, model.households
    stayed = int(homes.persons[homes.status == int(Status.UNDER_NEW_HOLDER)].sum())
    assert 0.3 * people < ledger.total("civilians", "evacuated") < 0.7 * people
    assert stayed > 0.2 * people
    lost = sum(ledger.total("garrison", flow) for flow in ledger.stocks["garrison"].flows if flow != "reinforced")
    assert lost == men
    assert ledger.total("garrison", "evacuated") > 0.8 * men
    assert model.log.events[model.log.events[-1].because].kind == "group_left"


def test_a_deal_that_is_always_broken_brings_nobody_out_and_is_made_again():
    model = town(f"processes.group_deals={{{READY}, broken_per_day: 1.0}}", "processes.main_effort.posture=hold")
    for _ in days_of(model):
        assert model.ledger.total("garrison", "evacuated") == 0
    assert model.ledger.total("civilians", "evacuated") == 0
    assert kinds(model).count("deal_broken") > 1
    events = model.log.events
    broken = [event for event in events if event.kind == "deal_broken"]
    assert {events[event.because].kind for event in broken} == {"group_deal"}


def test_on_the_day_of_a_broken_deal_nothing_protects_its_ground_and_no_new_one_is_made():
    model = town(f"processes.group_deals={{{READY}, broken_per_day: 1.0}}", "processes.main_effort.posture=hold")
    for _ in days_of(model):
        if "deal_broken" in kinds(model):
            break
    garrison = model.units.of(GARRISON)
    assert not model.units.deal[garrison].any()
    assert not model.city.layers.under_deal.any()
    assert (model.city.fired_at == model.city.pocket_ground).all()


def test_a_broken_deal_ends_the_cease_fire_of_a_mediated_agreement():
    action = "interventions.terms={kind: evacuation_agreement, from_day: 3, until_day: 3}"
    model = town("processes.group_deals={hazard: 0.0, broken_per_day: 1.0}", action)
    for _ in range(3):
        model.step()
    assert model.conditions.fire_tempo == 0.0
    model.step()
    model.step()
    assert model.politics.agreement_day is None
    assert model.conditions.fire_tempo == 1.0


def test_ground_that_a_group_left_is_lost_by_the_deal_and_says_so():
    model = town(STEADFAST)
    for _ in days_of(model):
        pass
    events = model.log.events
    left = [event for event in events if event.cause == "left by agreement" and event.kind == "ground_lost"]
    assert left
    assert {events[event.because].kind for event in left} == {"group_left"}


def test_nobody_is_asked_twice_whether_to_leave():
    model = town(f"processes.group_deals={{{READY}, broken_per_day: 1.0}}", "processes.main_effort.posture=hold")
    wishes = None
    for _ in days_of(model):
        homes = model.households
        asked = homes.arrays["asked"].copy()
        if wishes is not None:
            assert (homes.wants_out[wishes[0]] == wishes[1][wishes[0]]).all()
        wishes = asked, homes.wants_out.copy()
    assert wishes[0].any()


PRESSED = (
    "interventions.pressure={{kind: outside_intervention, from_day: 0, air: 1, hope: 0, diverted: 0, pressure: {}}}"
)


@pytest.mark.parametrize(("offered", "pressure", "deals"), [(0.01, 0, False), (0.01, 1000, True), (0.0, 1000, False)])
def test_pressure_improves_an_offer_and_makes_none(offered, pressure, deals):
    model = town(
        f"forces.garrison.town_militia.exit_offered={offered}",
        "processes.group_deals={least_lost: 0.0, hazard: 10}",
        "processes.main_effort.posture=hold",
        "processes.condemnation=null",
        PRESSED.format(pressure),
    )
    for _ in days_of(model):
        pass
    assert ("group_deal" in kinds(model)) == deals


def test_by_a_mediated_agreement_all_groups_leave_at_once_whatever_their_resolve():
    action = "interventions.terms={kind: evacuation_agreement, from_day: 3}"
    model = town(STEADFAST, "forces.garrison.town_militia.steadfast=1.0", action)
    for _ in days_of(model):
        if model.day == 3:
            assert model.conditions.air_tempo == model.conditions.assault_tempo == 0.0
            assert (model.units.deal[model.units.of(GARRISON)] > 0).all()
            assert (model.city.layers.under_deal[model.city.pocket_ground] > 0).all()
    assert model.politics.ending == "evacuated"
    made = [event for event in model.log.events if event.kind == "group_deal"]
    assert len(made) == 2
    assert {model.log.events[event.because].kind for event in made} == {"agreement"}
    assert all(event.day == 3 for event in made)


def test_one_agreement_for_the_whole_city_and_deals_by_group_cannot_both_be_on():
    with pytest.raises(ScenarioError, match="'group_deals' and 'agreement' are two theories of the same thing"):
        town("processes.agreement={}")
