"""Random towns: nothing is made, lost or negative, whatever the numbers."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from siege_sim import Scenario, SiegeModel, load_scenario, run

shares = st.floats(0, 1)
towns = st.fixed_dictionaries(
    {
        "map.side": st.integers(6, 14),
        "map.ring": st.integers(1, 2),
        "map.third_party": st.just("hill_militia"),
        "days": st.integers(1, 25),
        "population.besieged": st.integers(1, 4000),
        "population.persons_per_household": st.floats(1, 60),
        "population.children_share": shares,
        "food.home_days": st.floats(0, 60),
        "food.council_kcal": st.floats(0, 1e9),
        "food.aid_kcal": st.floats(0, 1e9),
        "food.merchant_kcal": st.floats(0, 1e9),
        "forces.garrison.town_militia.fighters": st.integers(1, 3000),
        "forces.besieger.vanguard.fighters": st.integers(1, 4000),
        "forces.axes": st.integers(0, 4),
        "ground.odds_to_assault": st.floats(0.1, 3),
        "processes.sorties.per_day": st.floats(0, 80),
        "processes.artillery.shells_per_day": st.floats(0, 300),
        "processes.strike_effects.affected_area_m2": st.floats(0, 20_000),
        "processes.strike_effects.p_killed": st.floats(0, 0.5),
        "processes.strike_effects.p_trapped": st.floats(0, 0.5),
        "processes.envelopment.hazard_per_round": st.floats(0, 0.5),
        "processes.counter_attack.p_try": shares,
        "processes.displacement.reluctance": st.floats(-3, 10),
        "processes.new_holder.decided_per_day": shares,
        "processes.agreement.hazard": st.floats(0, 1),
        "processes.hunger.mortality": st.floats(0, 20),
        "processes.rationing.policy": st.sampled_from(["equal", "per_family", "fighters_first"]),
        "processes.season.mean_c": st.floats(-20, 40),
        "interventions.aid_convoys.from_day": st.just(1),
        "interventions.aid_convoys.trucks": st.integers(0, 20),
        "interventions.drops": st.builds("{{kind: airdrop, from_day: 1, missed: {}}}".format, shares),
        "interventions.wounded_out": st.builds(
            "{{kind: medical_evacuation, from_day: 1, persons_per_day: {}}}".format, st.integers(0, 60)
        ),
        "interventions.road": st.builds("{{kind: siege_broken, from_day: 1, leaving_per_day: {}}}".format, shares),
        "interventions.missiles": st.builds(
            "{{kind: anti_aircraft_missiles, from_day: 1, missiles_per_month: {}}}".format, st.floats(0, 300)
        ),
        "interventions.group": st.builds(
            "{{kind: armed_group_leaves, from_day: 1, faction: town_militia, fighters_per_day: {}}}".format,
            st.integers(0, 200),
        ),
    }
)


def town(settings_of_it: dict) -> Scenario:
    return load_scenario("toy_town", [f"{key}={value}" for key, value in settings_of_it.items()])


@given(towns, st.integers(0, 2**32))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_people_fighters_and_food_are_conserved_every_day(numbers, seed):
    model = SiegeModel(town(numbers), seed)
    homes, units, layers = model.households, model.units, model.city.layers
    everybody = homes.persons.sum()
    for _ in model.days():  # each day ends with a check of the ledger
        assert (homes.persons >= 0).all()
        assert (homes.children >= 0).all()
        assert (homes.children <= homes.persons).all()
        assert (homes.wounded <= homes.persons).all()
        assert (homes.food_kcal >= -1e-6).all()
        assert (units.fit >= 0).all()
        assert (units.wounded >= 0).all()
        assert ((homes.mass_loss >= 0) & (homes.mass_loss <= 0.6)).all()
        assert (homes.mouths == homes.persons * homes.inside).all()
        assert abs(layers.civilians.sum() - homes.mouths.sum()) < 1e-6
        assert all(stock.kcal >= 0 for stock in model.facilities if hasattr(stock, "kcal"))
    killed = layers.civilians_killed.sum() + model.ledger.total("civilians", "died_of_hunger")
    assert homes.persons.sum() + killed + model.ledger.total("civilians", "evacuated_for_treatment") == everybody


@given(towns, st.integers(0, 1000))
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
def test_cumulative_counts_never_fall(numbers, seed):
    series = run(town(numbers), seed=seed).series
    counts = [name for name in series if name.startswith(("killed", "died", "left_", "came_", "evac", "garrison_k"))]
    for name in [*counts, "civilians_killed", "civilians_wounded", "besieger_civilians_killed", "besieger_killed"]:
        assert (series[name].diff().dropna() >= 0).all(), name


@given(
    st.integers(0, 10_000),
    st.floats(0, 4e8),
    st.floats(1e6, 1e9),
    st.sampled_from(["council", "aid", "merchant"]),
)
@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
def test_more_food_never_kills_more_by_hunger(seed, kcal, more, owner):
    """Paired seeds; fighting is off, so that food cannot change who is where."""
    quiet = ["processes.besieger_command=null", "processes.sorties.per_day=0", "processes.artillery.shells_per_day=0",
             "food.home_days=1", "days=60", "food.council_kcal=0", "food.aid_kcal=0", "food.merchant_kcal=0",
             "interventions.aid_convoys=null", "processes.displacement=null"]  # fmt: skip
    little = run(load_scenario("toy_town", [*quiet, f"food.{owner}_kcal={kcal}"]), seed=seed)
    much = run(load_scenario("toy_town", [*quiet, f"food.{owner}_kcal={kcal + more}"]), seed=seed)
    assert much.summary["died_of_hunger"] <= little.summary["died_of_hunger"]
    assert little.summary["died_of_hunger"] > 0 or kcal > 2e8  # with more, nobody at all may die within 60 days
