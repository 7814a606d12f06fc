"""Hunger against the experiments and sieges it is taken from."""

from __future__ import annotations

import numpy as np
import pytest

from siege_sim.kernels import energy
from siege_sim.model.processes.hunger import Hunger


def starve(intake_kcal: float, need_kcal: float, days: int, mass_kg: float) -> float:
    """Return the share of body mass lost, with the default parameters of the hunger process."""
    body = Hunger()
    loss, eaten, people = np.zeros(1), np.full(1, float(intake_kcal)), np.ones(1)
    for _ in range(days):
        energy.lose_mass(loss, eaten, people, float(need_kcal), body.adaptation, 1 / (body.kcal_per_kg * mass_kg))
    return float(loss[0])


def deaths_per_10000(loss: float) -> float:
    return float(energy.excess_mortality_per_day(loss)) * 10_000


def test_minnesota_men_lose_a_quarter_in_twenty_four_weeks():
    assert starve(1570, 3210, days=168, mass_kg=69.4) == pytest.approx(0.25, abs=0.02)


def test_sarajevo_rations_do_not_starve_a_city_in_half_a_year():
    loss = starve(1400, 2100, days=180, mass_kg=60)
    assert 0.08 < loss < 0.18
    assert deaths_per_10000(loss) < 1


def test_leningrad_rations_kill_as_they_did_in_january_1942():
    assert 4 < deaths_per_10000(starve(450, 2300, days=100, mass_kg=60)) < 20


def test_warsaw_rations_with_smuggling_kill_as_they_did_in_august_1941():
    assert 2 < deaths_per_10000(starve(950, 2000, days=270, mass_kg=58)) < 8


def test_total_starvation_is_slower_than_the_record_and_known_to_be():
    """Hunger strikes ended in death after 46-73 days; the model, made for rations, needs about a hundred."""
    days = next(day for day in range(1, 200) if starve(0, 2100, day, mass_kg=65) >= 0.38)
    assert 73 < days < 115


def test_a_fed_body_keeps_its_mass():
    assert starve(2100, 2100, days=200, mass_kg=60) == 0.0
    assert deaths_per_10000(0.0) == 0.0


def test_loss_never_leaves_its_bounds():
    loss = np.array([0.59, 0.01, 0.2])
    largest = energy.lose_mass(loss, np.array([0.0, 50_000.0, 0.0]), np.array([1.0, 1.0, 0.0]), 50_000.0, 0.3, 1e-4)
    assert loss.tolist() == [0.6, 0.0, 0.2]
    assert largest == 0.6


@pytest.mark.parametrize(
    ("loss", "per_10000"), [(0.05, 0.0), (0.10, 0.0), (0.15, 0.2), (0.20, 1.0), (0.25, 4.0), (0.325, 15.0)]
)
def test_excess_mortality_passes_through_its_points(loss, per_10000):
    assert deaths_per_10000(loss) == pytest.approx(per_10000)


def test_excess_mortality_never_falls_with_loss():
    assert (np.diff(energy.excess_mortality_per_day(np.linspace(0, 0.6, 200))) >= 0).all()
