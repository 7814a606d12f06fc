"""The theory of the front: assaults clear ground, the besieger's command orders them, both sides pay."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from siege_sim import SiegeModel, load_scenario, run
from siege_sim.errors import ScenarioError
from siege_sim.model import front
from siege_sim.model.codes import AxisPhase
from siege_sim.schema.sides import BESIEGER
from tests.unit.model.processes.front_town import SEED, built_up, played, town

SEEDS = range(4)


def mean_share_held(scenario, day: int, seeds=SEEDS) -> float:
    """Return which share of its ground the garrison holds after some days, on average."""
    return float(np.mean([played(scenario, seed, day).share_held for seed in seeds]))


def test_an_assault_clears_ground_and_both_sides_pay_for_it():
    model = played(town())
    assert model.share_held < 0.9
    for stock in ("garrison", "besieger"):
        assert model.ledger.total(stock, "killed_in_combat") > 0
    causes = {event.cause for event in model.log.events if event.kind == "ground_lost"}
    assert causes == {"cleared by an assault"}


def test_an_assault_clears_open_fields_faster_than_dense_fabric():
    fields, suburbs, old_town = (mean_share_held(built_up(town(), share), day=10) for share in (0.05, 0.4, 0.9))
    assert fields < suburbs - 0.1
    assert suburbs < old_town - 0.1


def test_works_hold_an_assault_up():
    none, full = (mean_share_held(town(f"front.works={works}"), day=15) for works in (0.0, 2.0))
    assert none < full - 0.1


def test_better_defenders_hold_longer():
    weak, firm = (
        mean_share_held(town(f"forces.garrison.town_militia.quality={worth}"), day=15) for worth in (0.6, 1.5)
    )
    assert weak < firm - 0.1


@pytest.mark.parametrize("day", [10, 20, 30])
def test_the_story_is_the_same_where_the_map_has_four_times_as_many_cells(day):
    """Each share held is a mean of six runs; they may differ by 0.08, about twice what chance makes of six runs."""
    coarse = town("map.cell_size_m=400", "map.side=12", "map.ring=2", "processes.withdrawal={}")
    fine = town("map.cell_size_m=200", "map.side=24", "map.ring=4", "processes.withdrawal={}")
    shares = [mean_share_held(scenario, day, range(6)) for scenario in (coarse, fine)]
    assert abs(shares[0] - shares[1]) <= 0.08


@pytest.mark.parametrize("seed", SEEDS)
def test_no_fighter_is_made_or_lost_outside_the_books(seed):
    model = played(town("processes.withdrawal={}", "processes.group_deals={}"), seed)
    for side in ("garrison", "besieger"):
        stock = model.ledger.stocks[side]
        assert stock.measure() == stock.expected
        assert stock.measure() < stock.opening


def test_where_nobody_stands_nobody_is_counted_below_none():
    """A sum over a square is a difference of large sums, so it may leave less than nothing where there is nothing."""
    model = played(town(), days=1)
    crowd = np.zeros(model.city.n_cells)
    crowd[: model.city.n_cells // 3] = np.linspace(0.1, 1e6, model.city.n_cells // 3)
    assert front.per_km(model, crowd).min() >= 0.0


def test_a_besieger_that_is_ordered_to_hold_takes_nothing():
    assert played(town("processes.main_effort.posture=hold")).share_held == 1.0


def test_orders_by_date_open_the_assault_on_their_day():
    model = played(town("processes.main_effort.posture={before: hold, 20: assault}"))
    first = min(event.day for event in model.log.events if event.kind == "assault_began")
    assert first == 20 + model.scenario.processes.main_effort.prepare_days


def test_axes_that_are_not_open_do_not_attack():
    model = played(town("processes.main_effort.axes_open=1"))
    began = [event.what for event in model.log.events if event.kind == "assault_began"]
    assert began
    assert all(what.startswith("axis 1 ") for what in began)


def test_all_axes_make_for_the_objective_that_is_ordered():
    model = SiegeModel(town("processes.main_effort.objective=west"), SEED)
    model.step()
    sector = model.in_sector("west") & model.city.front
    assert all(sector[model.city.around[axis.focus][1:]].any() for axis in model.axes)
    causes = [event.cause for event in model.log.events if event.kind == "assault_prepared"]
    assert causes
    assert all(cause.endswith("the objective that was ordered") for cause in causes)


def test_an_axis_that_has_lost_its_part_rests_before_it_attacks_again():
    rest = 9
    model = SiegeModel(
        town(
            "front.attackers_killed_rate=0.1",
            f"processes.main_effort.rest_days={rest}",
            "processes.main_effort.axes_open=1",
        ),
        SEED,
    )
    axis, phases, fresh, spent = model.axes[0], [], 0, []
    while model.running:
        before = int(model.units.fit[axis.rows].sum())
        model.step()
        phases.append(axis.phase)
        if len(phases) > 1 and phases[-2:] == [AxisPhase.ASSAULT, AxisPhase.REGROUP]:
            spent.append(1.0 - before / fresh)
        fresh = axis.fresh
    borne = model.scenario.processes.main_effort.losses_borne
    assert spent, "it never lost its part"
    assert min(spent) > borne - 0.1
    stopped = phases.index(AxisPhase.REGROUP)
    assert phases[stopped : stopped + rest] == [AxisPhase.REGROUP] * rest
    assert any(event.kind == "assault_stopped" for event in model.log.events)


def test_the_first_axis_begins_where_its_cut_would_begin():
    model = SiegeModel(town(), SEED)
    model.step()
    main = model.axes[0]
    city = model.city
    assert main.cut, "it found ground that it could cut off"
    assert city.held_by(BESIEGER)[main.focus]
    assert main.cut[0] in city.around[main.focus].tolist()


def test_the_map_shows_the_odds_of_todays_assaults_and_none_where_nobody_attacks():
    model = SiegeModel(town("processes.main_effort.prepare_days=1"), SEED)
    while not model.city.pressed.any():
        model.step()
    odds = model.city.layers.odds
    assert ((odds > 0.0) == model.city.pressed).all()
    assert len(set(odds[model.city.pressed].tolist())) > 1


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


def units_of_the_west_elsewhere(keeps: str) -> int:
    """Return how many units of a group of the west are elsewhere after twelve days of an assault on the east."""
    eastern = "{fighters: 300, unit_size: 30, sectors: {east: 1}}"
    western = f"{{fighters: 600, unit_size: 30, sectors: {{west: 1}}, keeps_to_sectors: {keeps}}}"
    others = ("processes.withdrawal=null", "processes.counter_attack=null", "processes.main_effort.objective=east")
    model = played(town(f"forces.garrison={{eastern: {eastern}, western: {western}}}", *others), days=12)
    units, west = model.units, model.in_sector("west")
    mine = np.array([model.unit_labels[row][0] == "western" for row in range(len(units))])
    return np.count_nonzero(mine & (units.fit > 0) & ~west[units.cell_index])


def test_a_group_that_keeps_to_its_sectors_does_not_go_to_the_help_of_another():
    assert units_of_the_west_elsewhere("false") > 3
    assert units_of_the_west_elsewhere("true") == 0
