"""Deals by group in the sieges of history."""

from __future__ import annotations

import numpy as np
import pytest

from siege_sim import load_scenario, run

COARSE = "population.persons_per_household=100"
SEEDS = range(1, 9)
BROKEN_PROMISE = tuple(f"interventions.group_leaves.{fire}=1" for fire in ("air", "artillery", "assaults"))
"""The group leaves, and in return nothing slackens."""


@pytest.mark.slow
def test_one_small_group_that_leaves_for_nothing_does_not_prolong_a_siege_by_a_month():
    def last_day(name: str, seed: int, *settings: str) -> float:
        return run(load_scenario(name, [COARSE, *settings]), seed=seed).summary["end_day"]

    gaps = np.array([last_day("group_leaves", seed, *BROKEN_PROMISE) - last_day("aleppo_2016", seed) for seed in SEEDS])
    assert abs(gaps.mean()) + 2.0 * gaps.std(ddof=1) / len(gaps) ** 0.5 < 14.0


def test_where_nothing_is_offered_nobody_comes_to_terms():
    played = run(load_scenario("mosul_2016", [COARSE, "processes.group_deals.least_lost=0"]), seed=1, days=60)
    assert not {"group_deal", "group_left"} & set(played.events["kind"])
