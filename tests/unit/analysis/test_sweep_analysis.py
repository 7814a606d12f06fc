"""Analysis of sweeps: every method against a function whose answer is known."""

from __future__ import annotations

import contextlib
import re

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from siege_sim.analysis.completeness import completeness, require_runs, runs_text
from siege_sim.analysis.convergence import convergence_of
from siege_sim.analysis.discovery import find_box, question_of, worst_quarter
from siege_sim.analysis.intervals import mean_of, paired_difference, share_of
from siege_sim.analysis.quantities import by_point, chosen_quantities, quantities
from siege_sim.analysis.regret import regret_of
from siege_sim.analysis.scatter import scatter_of
from siege_sim.analysis.sensitivity import morris_effects, share_of_chance, sobol_indices
from siege_sim.analysis.summaries import factor_effects, grid_estimates, is_grid, point_estimates
from siege_sim.analysis.surface import surface_of
from siege_sim.analysis.survival import survival
from siege_sim.errors import ResultError
from siege_sim.results.sweep import Factor
from tests.unit.sweeps_for_tests import luck, ranges, sweep_of

NAMES = ("x1", "x2", "x3")


def ishigami(point, seed):
    x1, x2, x3 = (float(point[name]) for name in NAMES)
    return {"died_of_hunger": np.sin(x1) + 7 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1) + 100.0}


def sobol_sample(count=512, second_order=False):
    from SALib.sample import sobol

    problem = {"num_vars": 3, "names": list(NAMES), "bounds": [[-np.pi, np.pi]] * 3}
    drawn = sobol.sample(problem, count, calc_second_order=second_order, seed=1)
    return pd.DataFrame(drawn, columns=list(NAMES))


def ishigami_sweep(**options):
    second_order = options.pop("second_order", False)
    count = options.pop("count", 512)
    factors = ranges(*NAMES, low=-np.pi, high=np.pi)
    return sweep_of("sobol", factors, sobol_sample(count, second_order), options.pop("play", ishigami), **options)


def hunger(sweep):
    return quantities(sweep)["died_of_hunger"]


# Sobol: Ishigami's function with a = 7, b = 0.1 has these indices (Ishigami and Homma 1990).
FIRST, TOTAL, PAIR_13 = (0.3139, 0.4424, 0.0), (0.5576, 0.4424, 0.2437), 0.2437


def test_sobol_indices_of_ishigamis_function_are_the_analytic_ones():
    sweep = ishigami_sweep()
    found = sobol_indices(sweep, hunger(sweep))
    assert found.values["S1"] == pytest.approx(FIRST, abs=0.06)
    assert found.values["ST"] == pytest.approx(TOTAL, abs=0.06)
    assert found.blocks == 512
    assert found.dropped == 0


def test_intervals_of_sobol_indices_hold_the_analytic_values():
    sweep = ishigami_sweep()
    found = sobol_indices(sweep, hunger(sweep))
    assert (np.abs(found.values["ST"] - TOTAL) <= 1.5 * found.reach["ST"] + 0.01).all()


def test_pairs_that_act_together_are_found_when_the_sample_has_them():
    sweep = ishigami_sweep(second_order=True)
    pairs = {frozenset(pair[:2]): pair[2] for pair in sobol_indices(sweep, hunger(sweep)).pairs}
    assert pairs[frozenset({"x1", "x3"})] == pytest.approx(PAIR_13, abs=0.12)
    assert abs(pairs[frozenset({"x1", "x2"})]) < 0.12


def test_a_hole_in_a_sobol_sample_costs_its_block_only_and_is_counted():
    whole = ishigami_sweep()
    holed = ishigami_sweep(missing=[(7, 0)], failed=[(2, 0), (3, 0)])
    found = sobol_indices(holed, hunger(holed))
    assert (found.blocks, found.dropped) == (510, 2)
    assert found.values["ST"] == pytest.approx(sobol_indices(whole, hunger(whole)).values["ST"], abs=0.05)


def test_a_design_in_another_order_is_refused_instead_of_misread():
    shuffled = sobol_sample().sample(frac=1.0, random_state=1)
    sweep = sweep_of("sobol", ranges(*NAMES, low=-np.pi, high=np.pi), shuffled, ishigami)
    with pytest.raises(ResultError, match="not a Saltelli sample"):
        sobol_indices(sweep, hunger(sweep))


def test_an_outcome_that_some_runs_lack_has_no_indices():
    def play(point, seed):
        return {"died_of_hunger": float("nan") if point["x1"] > 2.0 else 1.0}

    sweep = ishigami_sweep(play=play)
    with pytest.raises(ResultError, match=r"in 8.* % of the runs only"):
        sobol_indices(sweep, hunger(sweep))


def test_crossed_factors_give_indices_for_each_of_their_values():
    drawn = sobol_sample(64)
    design = pd.concat([drawn.assign(policy="none"), drawn.assign(policy="aid")], ignore_index=True)

    def play(point, seed):
        return {"died_of_hunger": point["x1"] if point["policy"] == "none" else point["x2"]}

    factors = (*ranges(*NAMES, low=-np.pi, high=np.pi), Factor("policy", "lever", values=("none", "aid")))
    sample = pd.concat([drawn, drawn], ignore_index=True)
    sweep = sweep_of("sobol", factors, design, play, sample=sample)
    from siege_sim.analysis.design import strata

    without, with_aid = (sobol_indices(sweep, hunger(sweep), stratum) for stratum in strata(sweep))
    assert without.values["ST"] == pytest.approx((1, 0, 0), abs=0.05)
    assert with_aid.values["ST"] == pytest.approx((0, 1, 0), abs=0.05)
    assert with_aid.stratum == "aid"


def morris_sweep(function, names=("a", "b", "c"), trajectories=20, **options):
    from SALib.sample import morris

    problem = {"num_vars": len(names), "names": list(names), "bounds": [[10.0, 30.0]] * len(names)}
    drawn = pd.DataFrame(morris.sample(problem, trajectories, num_levels=4, seed=1), columns=list(names))
    return sweep_of("morris", ranges(*names, low=10.0, high=30.0), drawn, function, **options)


def test_morris_effects_of_a_straight_line_are_its_slopes_over_the_whole_range():
    sweep = morris_sweep(lambda point, seed: {"died_of_hunger": 3.0 * point["a"] - 2.0 * point["b"]})
    found = morris_effects(sweep, hunger(sweep))
    assert found.values["mu"] == pytest.approx((60.0, -40.0, 0.0))
    assert found.values["mu_star"] == pytest.approx((60.0, 40.0, 0.0))
    assert found.values["sigma"] == pytest.approx((0.0, 0.0, 0.0), abs=1e-9)


def test_morris_sigma_shows_what_acts_together():
    sweep = morris_sweep(lambda point, seed: {"died_of_hunger": point["a"] * point["b"]})
    found = morris_effects(sweep, hunger(sweep))
    assert found.values["sigma"][0] > 50
    assert found.values["sigma"][2] == pytest.approx(0.0, abs=1e-9)


def test_a_trajectory_with_a_hole_is_left_out():
    sweep = morris_sweep(lambda point, seed: {"died_of_hunger": point["a"]}, missing=[(5, 0)])
    found = morris_effects(sweep, hunger(sweep))
    assert (found.blocks, found.dropped) == (19, 1)
    assert found.values["mu"] == pytest.approx((20.0, 0.0, 0.0))


def cube(count=400, names=("a", "b", "c"), seed=3):
    sampler = stats.qmc.LatinHypercube(len(names), rng=np.random.default_rng(seed))
    return pd.DataFrame(sampler.random(count), columns=list(names))


def planted(point, seed):
    """A box: a above 0.6 and b below 0.4 is bad; a few cases elsewhere."""
    bad = point["a"] > 0.6 and point["b"] < 0.4
    return {"died_of_hunger": 900.0 if bad else 100.0, "ending": "pocket_taken" if bad else "evacuated"}


def test_prim_finds_the_box_that_was_planted():
    sweep = sweep_of("latin_hypercube", ranges("a", "b", "c"), cube(), planted)
    box = find_box(sweep, question_of(sweep, "died_of_hunger>500"))
    limits = {limit.factor.name: limit for limit in box.limits}
    assert set(limits) == {"a", "b"}
    assert limits["a"].low == pytest.approx(0.6, abs=0.06)
    assert limits["b"].high == pytest.approx(0.4, abs=0.06)
    assert box.coverage > 0.9
    assert box.density > 0.9
    assert max(limit.quasi_p for limit in box.limits) < 1e-6
    assert min(limit.found_again for limit in box.limits) > 0.99
    assert box.density_elsewhere > 0.7


def test_the_same_box_is_found_by_the_way_the_runs_ended():
    sweep = sweep_of("latin_hypercube", ranges("a", "b", "c"), cube(), planted)
    by_ending = find_box(sweep, question_of(sweep, "ending=pocket_taken"))
    by_number = find_box(sweep, question_of(sweep, "died_of_hunger >= 900"))
    assert (by_ending.inside == by_number.inside).all()


def gain_elsewhere(sweep):
    """Return by how much a box is denser than all points in halves that it was not fitted to; 0 without a box."""
    with contextlib.suppress(ResultError):
        box = find_box(sweep, worst_quarter(sweep, hunger(sweep)))
        return box.density_elsewhere - box.base
    return 0.0


@pytest.mark.parametrize("first", [0, 10_000, 20_000])
def test_in_noise_there_is_no_box_or_the_other_halves_show_it_up(first):
    def play(point, seed):
        return {"died_of_hunger": luck(first + int(point["point"]))}

    assert gain_elsewhere(sweep_of("latin_hypercube", ranges("a", "b", "c"), cube(200), play)) < 0.12


def test_prim_limits_words_and_whole_numbers_too():
    design = cube(300).assign(bakeries=np.arange(300) % 7, corridor=np.where(np.arange(300) % 2 == 0, "shut", "open"))

    def play(point, seed):
        return {"died_of_hunger": float(point["bakeries"] <= 2 and point["corridor"] == "shut")}

    factors = (
        *ranges("a", "b", "c"),
        Factor("bakeries", "uncertainty", low=0, high=6),
        Factor("corridor", "lever", values=("shut", "open")),
    )
    sweep = sweep_of("latin_hypercube", factors, design, play)
    box = find_box(sweep, question_of(sweep, "died_of_hunger>0.5"))
    limits = {limit.factor.name: limit for limit in box.limits}
    assert limits["corridor"].values == ("shut",)
    assert 2 <= limits["bakeries"].high < 3
    assert set(limits) == {"bakeries", "corridor"}


def test_too_few_cases_for_a_box_are_said_in_a_sentence():
    sweep = sweep_of("latin_hypercube", ranges("a", "b", "c"), cube(), planted)
    with pytest.raises(ResultError, match="0 of 400 points are cases"):
        find_box(sweep, question_of(sweep, "died_of_hunger>5000"))


@pytest.mark.parametrize("text", ["", "died_of_hunger", "died_of_hunger > many", "import os", "a<b<c"])
def test_a_question_that_is_none_is_refused_with_an_example(text):
    sweep = sweep_of("latin_hypercube", ranges("a", "b", "c"), cube(50), planted)
    with pytest.raises(ResultError, match="--cases"):
        question_of(sweep, text)


def test_an_outcome_that_was_not_kept_is_named_with_the_nearest():
    sweep = sweep_of("latin_hypercube", ranges("a", "b", "c"), cube(50), planted)
    with pytest.raises(ResultError, match="did you mean 'died_of_hunger'"):
        chosen_quantities(sweep, ["died_of_hungr"])


# Summaries and pairs


def test_a_mean_has_students_interval():
    values = [3.0, 5.0, 4.0, 8.0]
    low, high = stats.t.interval(0.95, 3, loc=np.mean(values), scale=stats.sem(values))
    found = mean_of(values)
    assert (found.low, found.high) == pytest.approx((low, high))
    assert mean_of([*values, np.nan]) == found


def test_one_run_gives_a_value_and_no_interval():
    found = mean_of([3.0])
    assert found.value == 3.0
    assert np.isnan(found.low)


def test_a_share_of_none_still_has_an_interval():
    assert share_of([0.0] * 20).high == pytest.approx(0.161, abs=0.001)


def test_intervals_of_means_hold_the_truth_nineteen_times_in_twenty():
    rng = np.random.default_rng(5)
    held = [mean.low <= 10 <= mean.high for mean in (mean_of(rng.normal(10, 3, 12)) for _ in range(2000))]
    assert np.mean(held) == pytest.approx(0.95, abs=0.015)


def test_pairing_takes_the_luck_of_a_seed_out_of_a_difference():
    def play(point, seed):
        return {"died_of_hunger": 500 + 100 * luck(seed) - 20 * (point["aid"] == "weekly") + luck(seed + 1000)}

    factors = (Factor("aid", "lever", values=("none", "weekly")),)
    sweep = sweep_of("one_at_a_time", factors, pd.DataFrame({"aid": ["none", "weekly"]}), play, replications=30)
    effects = factor_effects(sweep, hunger(sweep))
    points = point_estimates(sweep, hunger(sweep))
    assert effects.effects[0].difference.value == pytest.approx(-20, abs=1e-9)
    assert min(estimate.high - estimate.low for estimate in points.estimates) > 40


def test_differences_use_only_the_seeds_that_both_points_have():
    assert paired_difference([1.0, np.nan, 5.0], [0.0, 7.0, 3.0]).runs == 2


def one_at_a_time(**options):
    design = pd.DataFrame({"fire": [2.0, 1.0, 3.0, 2.0, 2.0], "food": [10.0, 10.0, 10.0, 0.0, 20.0]})
    factors = (Factor("fire", "uncertainty", low=1, high=3), Factor("food", "lever", low=0, high=20))

    def play(point, seed):
        return {"died_of_hunger": 100 * point["fire"] - 8 * point["food"] + 50 * luck(seed)}

    return sweep_of("one_at_a_time", factors, design, play, replications=6, **options)


def test_effects_are_those_of_the_function_and_the_strongest_comes_first():
    effects = factor_effects(one_at_a_time(), hunger(one_at_a_time()))
    found = {(e.factor.name, e.value): e.difference.value for e in effects.effects}
    assert found == pytest.approx({("fire", 1.0): -100, ("fire", 3.0): 100, ("food", 0.0): 80, ("food", 20.0): -80})
    assert effects.by_strength[0][0].factor.name == "fire"
    assert {e.usual for e in effects.effects} == {2.0, 10.0}


def test_a_sweep_with_holes_says_so():
    sweep = one_at_a_time(missing=[(1, 0), (1, 1)], failed=[(2, 0)])
    found = completeness(sweep)
    assert (found.finished, found.failed, found.absent, found.whole) == (27, 1, 2, 3)
    assert "27 of 30 planned runs are finished; 1 failed; 2 have not been run." in found.sentences
    assert runs_text(sweep) == "27 runs (of 30 planned: 5 points x 6), seeds 1 to 6"
    effects = factor_effects(sweep, hunger(sweep))
    assert {(e.factor.name, e.value): e.difference.runs for e in effects.effects}["fire", 1.0] == 4


def test_a_sweep_without_a_finished_run_is_refused():
    sweep = one_at_a_time(failed=[(point, r) for point in range(5) for r in range(6)])
    with pytest.raises(ResultError, match="no run of 'known_answers' is finished"):
        require_runs(sweep)


# Grids and surfaces


def grid(replications=4, **options):
    values = [(a, b) for a in (0.0, 1.0, 2.0, 3.0) for b in (0.0, 10.0, 20.0)]
    design = pd.DataFrame(values, columns=["sorties", "convoys"])
    factors = (
        Factor("sorties", "uncertainty", values=(0.0, 1.0, 2.0, 3.0)),
        Factor("convoys", "lever", values=(0.0, 10.0, 20.0)),
    )

    def play(point, seed):
        return {"died_of_hunger": 10 * point["sorties"] ** 2 - point["convoys"] + 5 * luck(seed)}

    return sweep_of("grid", factors, design, play, replications, **options)


def test_a_grid_holds_each_cells_mean():
    sweep = grid()
    assert is_grid(sweep) is None
    found = grid_estimates(sweep, hunger(sweep))
    luckily = np.mean([5 * luck(seed) for seed in range(1, 5)])
    assert found.values - luckily == pytest.approx(
        np.array([[0, 10, 40, 90], [-10, 0, 30, 80], [-20, -10, 20, 70]], dtype=float)
    )
    assert found.cells[0][0].runs == 4


def test_a_cell_without_runs_stays_empty():
    sweep = grid(missing=[(0, r) for r in range(4)])
    assert np.isnan(grid_estimates(sweep, hunger(sweep)).values[0, 0])


def test_a_surface_predicts_a_parabola_and_not_noise():
    sweep = grid()
    surface = surface_of(sweep, hunger(sweep))
    assert surface.predicted > 0.99
    noise = sweep_of(
        "latin_hypercube", ranges("a", "b"), cube(60, ("a", "b")), lambda p, s: {"died_of_hunger": luck(p["point"])}
    )
    with pytest.raises(ResultError, match="too little to show a shape"):
        surface_of(noise, hunger(noise))


# Survival


def test_survival_agrees_with_the_textbook_by_hand():
    """Kaplan and Meier by hand: ends on days 3 and 5 of four runs, of which one is cut off on day 4."""
    ends = {1: (3, "evacuated"), 2: (4, "holding"), 3: (5, "pocket_taken"), 4: (9, "holding")}

    def play(point, seed):
        return dict(zip(("end_day", "ending"), ends[seed], strict=True))

    sweep = sweep_of(
        "grid", (Factor("aid", "lever", values=("none",)),), pd.DataFrame({"aid": ["none"]}), play, replications=4
    )
    curve = survival(sweep).curves[0]
    by_day = dict(zip(curve.days, curve.share, strict=True))
    assert by_day[0.0] == 1.0
    assert by_day[3.0] == pytest.approx(3 / 4)
    assert by_day[5.0] == pytest.approx(3 / 4 * 1 / 2)
    assert curve.median_day == 5.0
    assert curve.censored == 2
    assert ((curve.low <= curve.share) & (curve.share <= curve.high)).all()


def test_survival_is_parted_by_policy():
    def play(point, seed):
        if point["aid"] == "none":
            return {"end_day": 50 + seed, "ending": "pocket_taken"}
        return {"end_day": 90, "ending": "holding"}

    factors = (Factor("aid", "lever", values=("none", "weekly")),)
    found = survival(sweep_of("grid", factors, pd.DataFrame({"aid": ["none", "weekly"]}), play, replications=9))
    assert found.by == "aid"
    assert [curve.label for curve in found.curves] == ["none", "weekly"]
    assert [curve.share[-1] for curve in found.curves] == [0.0, 1.0]
    assert found.curves[0].median_day == 55


def test_a_group_without_a_run_is_named():
    factors = (Factor("aid", "lever", values=("none", "weekly")),)
    design = pd.DataFrame({"aid": ["none", "weekly"]})
    sweep = sweep_of("grid", factors, design, lambda p, s: {"end_day": 9, "ending": "x"}, 2, [(1, 0), (1, 1)])
    assert survival(sweep).without_runs == ("weekly",)


def test_where_no_siege_has_ended_the_curve_stays_at_one_with_an_interval():
    sweep = sweep_of(
        "grid", (Factor("aid", "lever", values=("none",)),), pd.DataFrame({"aid": ["none"]}),
        lambda p, s: {"end_day": 130, "ending": "holding"}, replications=20,
    )  # fmt: skip
    curve = survival(sweep).curves[0]
    assert curve.share.min() == 1.0
    assert curve.low[-1] == pytest.approx(0.832, abs=0.001)
    assert curve.median_day is None


# Regret


def policies(play, worlds=30, replications=2, **options):
    drawn = cube(worlds, ("need",))
    design = pd.concat([drawn.assign(aid=aid) for aid in ("none", "flour", "clinic")], ignore_index=True)
    factors = (*ranges("need"), Factor("aid", "lever", values=("none", "flour", "clinic")))
    return sweep_of("latin_hypercube", factors, design, play, replications, sample=None, **options)


def harm(point, seed):
    """Flour saves where need is high, the clinic where it is low: neither is best everywhere."""
    need = point["need"]
    return {"died_of_hunger": {"none": 100.0, "flour": 100 - 50 * need, "clinic": 70.0}[point["aid"]] + luck(seed)}


def test_regret_is_that_of_the_function():
    sweep = policies(harm)
    found = {policy.policy: policy for policy in regret_of(sweep, hunger(sweep)).policies}
    need = sweep.design["need"].to_numpy()[:30]
    best = np.minimum(100 - 50 * need, 70.0)
    assert found["none"].mean.value == pytest.approx((100 - best).mean())
    assert found["flour"].worst == pytest.approx((100 - 50 * need - best).max())
    assert found["clinic"].best_in == pytest.approx((need < 0.6).mean())
    assert found["none"].best_in == 0.0


def test_a_world_in_which_a_policy_has_no_run_is_left_out():
    sweep = policies(harm, missing=[(0, 0), (0, 1)])
    found = regret_of(sweep, hunger(sweep))
    assert (found.worlds, found.left_out) == (29, 1)


def test_regret_is_refused_for_what_is_no_harm_to_civilians():
    sweep = policies(lambda point, seed: {**harm(point, seed), "garrison_killed": 3.0})
    with pytest.raises(ResultError, match="serves the choice of aid"):
        regret_of(sweep, quantities(sweep)["garrison_killed"])


# Convergence


def test_how_many_runs_it_takes_is_about_right():
    """A standard deviation of half the mean takes (1.96 * 0.5 / 0.1) ** 2 = 96 runs for 10 % of the mean."""

    def play(point, seed):
        return {"died_of_hunger": 100 + 50 * luck(seed)}

    factors = (Factor("aid", "lever", values=("none",)),)
    design = pd.DataFrame({"aid": ["none"]})
    few = sweep_of("grid", factors, design, play, replications=50)
    path = convergence_of(few, hunger(few)).estimates[0]
    assert not path.settled
    assert 60 < path.wanted < 160
    many = sweep_of("grid", factors, design, play, replications=200)
    assert convergence_of(many, hunger(many)).verdict.startswith("Enough by this rule")


def test_indices_settle_with_the_sample():
    sweep = ishigami_sweep(count=512)
    found = convergence_of(sweep, hunger(sweep))
    path = next(path for path in found.estimates if path.label == "x2")
    assert path.high[-1] - path.low[-1] < path.high[0] - path.low[0]
    assert path.value[-1] == pytest.approx(TOTAL[1], abs=0.06)


def test_the_share_of_chance_is_that_of_the_noise():
    """Between points a variance of 1/12 times 144, within a variance of 4: a quarter is chance."""

    def play(point, seed):
        return {"died_of_hunger": 12 * point["a"] + 2 * luck(1000 * point["point"] + seed)}

    sweep = sweep_of("latin_hypercube", ranges("a", "b", "c"), cube(300), play, replications=3)
    assert share_of_chance(sweep, hunger(sweep)) == pytest.approx(4 / (4 + 12), abs=0.04)


def test_points_without_any_run_have_no_value():
    sweep = grid(missing=[(2, r) for r in range(4)])
    assert np.isnan(by_point(sweep, hunger(sweep)).iloc[2])


def against_factors(weights, points=200, replications=1):
    """Return a sweep in which deaths are a weighted sum of factors that are drawn evenly, and luck."""
    names = [f"factor_{number}" for number in range(len(weights))]
    design = pd.DataFrame(np.random.default_rng(3).random((points, len(names))), columns=names)

    def play(point, seed):
        chance = luck(1000 * int(point["point"]) + seed, 0.2)
        return {"died_of_hunger": sum(w * point[n] for w, n in zip(weights, names, strict=True)) + chance}

    return sweep_of("latin_hypercube", ranges(*names), design, play, replications)


def test_a_sample_says_which_factor_comes_first_and_which_cannot_be_told_from_chance():
    sweep = against_factors((0.0, 8.0, 4.0, 0.0, 0.0), points=300)
    said = scatter_of(sweep, quantities(sweep)["died_of_hunger"]).in_short
    assert re.match(r"First factor 1 \(rank correlation 0\.9\d* ± 0\.\d+\); second factor 2 \(", said)
    assert "factor 0" not in said
    assert said.endswith("The other 3 factors cannot be told from chance at these 300 points.")


def test_no_order_is_told_beside_intervals_that_leave_it_open():
    sweep = against_factors((3.0, 3.0, 3.0, 0.0), points=60)
    said = scatter_of(sweep, quantities(sweep)["died_of_hunger"]).in_short
    assert said.startswith("Which of these comes first is undecided with these runs: factor ")
    assert "First" not in said
    nothing = against_factors((0.0, 0.0), points=40)
    assert scatter_of(nothing, quantities(nothing)["died_of_hunger"]).in_short.startswith("No factor clearly goes with")


def test_an_outcome_that_is_another_in_every_run_is_not_shown_twice():
    factor = ranges("x")
    sweep = sweep_of("grid", factor, pd.DataFrame({"x": [0.0, 1.0]}),
                     lambda point, seed: dict.fromkeys(("excess_deaths", "civilians_killed"), point["x"])
                     | {"died_of_hunger": 0.0})  # fmt: skip
    assert [one.name for one in chosen_quantities(sweep)] == ["excess_deaths", "died_of_hunger"]
    assert [one.name for one in chosen_quantities(sweep, ["civilians_killed"])] == ["civilians_killed"]
