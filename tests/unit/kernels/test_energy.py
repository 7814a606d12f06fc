"""Hunger against the experiments and sieges it is taken from."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siege_sim.kernels import energy
from siege_sim.model.processes.hunger import Hunger


def body_after(intakes_kcal: list[float], need_kcal: float, mass_kg: float, **changes: float) -> float:
    """Return the share of body mass lost after days of such intakes, with the parameters of the hunger process."""
    body = Hunger(**{"need_spread": 0.0, **changes})
    loss, worst, people = np.zeros(1), np.zeros(1), np.ones(1)
    for intake in intakes_kcal:
        energy.lose_mass(
            loss,
            np.full(1, float(intake)),
            people,
            people,
            float(need_kcal),
            body.adaptation,
            body.rest,
            1 / (body.kcal_per_kg * mass_kg),
            body.recovery,
        )
        if body.lasting:
            energy.keep_scars(loss, worst, people, body.lasting)
    return float(loss[0])


def starve(intake_kcal: float, need_kcal: float, days: int, mass_kg: float, **changes: float) -> float:
    """Return the share of body mass lost after days of one intake."""
    return body_after([intake_kcal] * days, need_kcal, mass_kg, **changes)


def deaths_per_10000(loss: float) -> float:
    body = Hunger()
    return float(energy.excess_mortality_per_day(loss, body.deaths_at_quarter / 10_000, body.steepness)) * 10_000


def deaths_per_10000_after(intake_kcal: float, need_kcal: float, days: int, mass_kg: float) -> float:
    """Return the deaths of a day after days of one intake, among those whom the days before have left."""
    past = sum(deaths_per_10000(starve(intake_kcal, need_kcal, day, mass_kg)) / 10_000 for day in range(1, days))
    loss = starve(intake_kcal, need_kcal, days, mass_kg)
    return deaths_per_10000(loss) * float(energy.spared(np.array([past]), Hunger().frailty)[0])


def test_minnesota_men_lose_a_quarter_in_twenty_four_weeks():
    assert starve(1570, 3210, days=168, mass_kg=69.4) == pytest.approx(0.25, abs=0.02)


def test_sarajevo_rations_do_not_starve_a_city_in_half_a_year():
    loss = starve(1400, 2100, days=180, mass_kg=60)
    assert 0.08 < loss < 0.18
    assert deaths_per_10000(loss) < 1


def test_leningrad_rations_kill_as_they_did_in_january_1942():
    assert 10 < deaths_per_10000_after(450, 2300, days=100, mass_kg=60) < 20


def test_warsaw_rations_with_smuggling_kill_as_they_did_in_august_1941():
    assert 2 < deaths_per_10000_after(950, 2000, days=270, mass_kg=58) < 8


def test_total_starvation_is_slower_than_the_record_and_known_to_be():
    """Hunger strikes ended in death after 46-73 days; the model, made for rations, needs about a hundred."""
    days = next(day for day in range(1, 200) if starve(0, 2100, day, mass_kg=65) >= 0.38)
    assert 73 < days < 115


def test_a_fed_body_keeps_its_mass():
    assert starve(2100, 2100, days=200, mass_kg=60) == 0.0
    assert deaths_per_10000(0.0) == 0.0


def test_loss_never_leaves_its_bounds():
    loss, eaten, there = np.array([0.59, 0.01, 0.2]), np.array([0.0, 50_000.0, 0.0]), np.array([1.0, 1.0, 0.0])
    largest = energy.lose_mass(loss, eaten, there, np.ones(3), 50_000.0, 0.3, 0.0, 1e-4, 1.0)
    assert loss.tolist() == [0.6, 0.0, 0.2]
    assert largest == 0.6


def test_mass_comes_back_at_its_own_pace_and_never_wholly_when_some_loss_lasts():
    hungry, fed = [500] * 60, [2600] * 30
    lost = body_after(hungry, 2100, 55, recovery=1.0)
    quick, slow = (body_after(hungry + fed, 2100, 55, recovery=pace) for pace in (1.0, 0.4))
    assert quick < slow < lost
    assert body_after(hungry + fed * 20, 2100, 55, lasting=0.5) == pytest.approx(0.5 * (lost - 0.1))
    assert body_after(hungry + fed * 20, 2100, 55, lasting=0.0) == 0.0


def test_a_loss_of_less_than_a_tenth_heals_even_where_losses_last():
    nothing_lost = body_after([2100] * 50, 2100, 55, lasting=1.0)
    little_lost = body_after([1500] * 20 + [2600] * 100, 2100, 55, lasting=1.0)
    assert nothing_lost == little_lost == 0.0


@pytest.mark.parametrize("share_eaten", [0.2, 0.5, 0.8, 1.0])
def test_who_rests_loses_less_and_most_of_all_who_lacks_half(share_eaten):
    usual, rested = (starve(2100 * share_eaten, 2100, 2, 55, rest=rest) for rest in (0.0, 0.2))
    saved = (usual - rested) / (0.2 * 2 * 2100 / (Hunger().kcal_per_kg * 55))
    assert saved == pytest.approx(min((1.0 - share_eaten) / 0.5, 1.0), abs=0.05)


def test_deaths_at_a_loss_of_a_quarter_are_what_the_parameter_says():
    assert deaths_per_10000(0.25) == pytest.approx(Hunger().deaths_at_quarter)
    assert float(energy.excess_mortality_per_day(0.25, 0.01, 9.0)) == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("loss", "low", "high"), [(0.05, 0.0, 0.0), (0.10, 0.0, 0.0), (0.20, 0.5, 3.5), (0.325, 8.0, 30.0), (0.40, 25, 90)]
)
def test_excess_mortality_is_near_what_clinics_and_registries_saw(loss, low, high):
    """At mean frailty, so above what registries saw among those whom months of hunger had left."""
    assert low <= deaths_per_10000(loss) <= high


def test_excess_mortality_never_falls_with_loss_and_is_a_chance():
    chance = energy.excess_mortality_per_day(np.linspace(0, 0.6, 200), 0.01, 5.0)
    assert (np.diff(chance) >= 0).all()
    assert chance.min() == 0.0
    assert chance.max() == 1.0


@given(st.lists(st.floats(0.0, 0.6), min_size=1, max_size=60), st.floats(0.5, 6.0))
def test_past_hunger_adds_up_the_chances_of_the_days(losses, steepness):
    steps = np.linspace(0.0, energy.LARGEST_LOSS, 601)
    table = energy.excess_mortality_per_day(steps, 0.0004, steepness)
    past = np.zeros(1)
    for loss in losses:
        energy.wear(past, np.array([loss]), np.ones(1), table)
    exact = energy.excess_mortality_per_day(np.array(losses), 0.0004, steepness).sum()
    assert past[0] == pytest.approx(exact, rel=0.02, abs=2e-5 * len(losses))


def test_those_who_are_left_are_as_robust_as_a_crowd_of_unlike_people_would_be():
    """A gamma distribution of frailty, followed person by person."""
    variance, chance, days = 3.0, 0.01, 60
    frailty = np.random.default_rng(5).gamma(1 / variance, variance, 200_000)
    alive = np.exp(-frailty * chance * days)
    assert energy.spared(np.array([chance * days]), variance)[0] == pytest.approx(
        (frailty * alive).sum() / alive.sum(), rel=0.02
    )
