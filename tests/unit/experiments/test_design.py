"""Designs: the library's own samples, crossed levers, grids, tables; values from ranges, lists and distributions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from scipy import stats

from siege_sim.errors import SiegeError
from siege_sim.experiments.design import (
    DesignFactor,
    Distribution,
    GridDesign,
    LatinHypercube,
    Morris,
    OneAtATime,
    Sobol,
    table_points,
)

RANGES = (
    DesignFactor("a", 1.0, low=0.0, high=2.0),
    DesignFactor("b", 0.0, low=-1.0, high=1.0),
    DesignFactor("c", 5.0, low=3.0, high=7.0),
)
PROBLEM = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[0.0, 2.0], [-1.0, 1.0], [3.0, 7.0]]}


def test_a_sobol_design_is_the_librarys_own_sample():
    from SALib.sample import sobol

    own = Sobol(samples=8, seed=3).points(RANGES)
    theirs = sobol.sample(PROBLEM, 8, calc_second_order=False, seed=3)
    np.testing.assert_allclose(own.table[["a", "b", "c"]].to_numpy(), theirs, rtol=1e-12)
    assert len(own) == 8 * (3 + 2)
    assert len(Sobol(samples=8, second_order=True).points(RANGES)) == 8 * (2 * 3 + 2)


def test_a_morris_design_is_the_librarys_own_sample():
    from SALib.sample import morris

    own = Morris(trajectories=5, levels=6, seed=3).points(RANGES)
    theirs = morris.sample(PROBLEM, 5, num_levels=6, seed=3)
    np.testing.assert_allclose(own.table[["a", "b", "c"]].to_numpy(), theirs, atol=1e-12)


@pytest.mark.parametrize(("samples", "dimensions", "seed"), [(2, 1, 0), (20, 3, 1), (333, 7, 2**32 - 1)])
def test_a_latin_hypercube_is_the_one_that_the_library_draws_but_does_not_need_it(samples, dimensions, seed):
    latin = pytest.importorskip("SALib.sample.latin")
    theirs = latin.sample(
        {"num_vars": dimensions, "names": list(map(str, range(dimensions))), "bounds": [[0.0, 1.0]] * dimensions},
        samples, seed=seed,
    )  # fmt: skip
    assert (LatinHypercube(samples=samples, seed=seed).sample(dimensions) == theirs).all()


def test_a_latin_hypercube_meets_every_part_of_every_range_once():
    table = LatinHypercube(samples=20, seed=1).points(RANGES).table
    for name, (low, high) in zip("abc", PROBLEM["bounds"], strict=True):
        parts = np.floor((table[name] - low) / (high - low) * 20).astype(int)
        assert sorted(parts) == list(range(20))


def test_the_library_analyses_what_was_sampled():
    """Indices of a + 3b are known: the variances of the parts stand as 1 to 9."""
    from SALib.analyze import sobol

    points = Sobol(samples=256).points(
        (DesignFactor("a", 0.0, low=0.0, high=1.0), DesignFactor("b", 0.0, low=0.0, high=1.0))
    )
    problem = {"num_vars": 2, "names": ["a", "b"], "bounds": [[0.0, 1.0]] * 2}
    found = sobol.analyze(problem, (points.table["a"] + 3 * points.table["b"]).to_numpy(), calc_second_order=False)
    np.testing.assert_allclose(found["S1"], [0.1, 0.9], atol=0.03)


def test_a_crossed_lever_meets_the_same_sample_with_each_of_its_values():
    lever = DesignFactor("policy", "none", values=("none", "aid"), crossed=True)
    points = LatinHypercube(samples=6).points((RANGES[0], lever))
    none, aid = (points.table[points.table["policy"] == policy] for policy in ("none", "aid"))
    assert none["a"].tolist() == aid["a"].tolist()
    assert points.sample is not None
    assert list(points.sample.columns) == ["a"]
    assert len(points.sample) == len(points) == 12


def test_only_crossed_levers_are_nothing_to_sample():
    with pytest.raises(SiegeError, match="use the design 'grid'"):
        Sobol(samples=8).points((DesignFactor("policy", "none", values=("none", "aid"), crossed=True),))


def test_a_grid_has_every_combination_once():
    table = (
        GridDesign()
        .points((DesignFactor("a", 0.0, low=0.0, high=1.0, steps=3), DesignFactor("b", "x", values=("x", "y"))))
        .table
    )
    assert list(zip(table["a"], table["b"], strict=True)) == [
        (0.0, "x"), (0.0, "y"), (0.5, "x"), (0.5, "y"), (1.0, "x"), (1.0, "y"),
    ]  # fmt: skip
    assert table["point"].tolist() == list(range(6))


def test_one_at_a_time_leaves_all_other_factors_as_they_are():
    table = OneAtATime().points((RANGES[0], DesignFactor("n", 2, values=(1, 2, 3)))).table
    assert list(zip(table["a"], table["n"], strict=True)) == [(1.0, 2), (0.0, 2), (2.0, 2), (1.0, 1), (1.0, 3)]


def test_whole_numbers_stay_whole_and_the_ends_get_their_share():
    factor = DesignFactor("n", 2, low=1, high=4, whole=True)
    drawn = factor.at((np.arange(4000) + 0.5) / 4000)
    assert all(isinstance(value, int) for value in drawn)
    assert [drawn.count(value) for value in (1, 2, 3, 4)] == pytest.approx([1000] * 4, abs=1)
    assert factor.at(np.array([0.0, 1.0])) == [1, 4]


@pytest.mark.parametrize(
    ("distribution", "family"),
    [
        (Distribution(kind="normal", mean=5.0, sd=1.0), stats.norm(5.0, 1.0)),
        (Distribution(kind="log_normal", median=5.0, sd=0.3), stats.lognorm(0.3, scale=5.0)),
        (Distribution(kind="triangular", mode=4.0), stats.triang(0.3, 1.0, 10.0)),
        (Distribution(kind="log_uniform"), stats.loguniform(1.0, 11.0)),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_a_distribution_is_cut_off_at_the_ends_of_the_range(distribution, family):
    factor = DesignFactor("x", 5.0, low=1.0, high=11.0, distribution=distribution)
    shares = np.linspace(0.0, 1.0, 101)
    drawn = np.array(factor.at(shares))
    below, above = family.cdf([1.0, 11.0])
    np.testing.assert_allclose((family.cdf(drawn) - below) / (above - below), shares, atol=1e-9)
    assert drawn[0] == pytest.approx(1.0)
    assert drawn[-1] == pytest.approx(11.0)


@pytest.mark.parametrize(
    ("kind", "facts"),
    [(Distribution, {"kind": "normal", "mean": 1.0}), (Distribution, {"kind": "uniform", "mode": 1.0}),
     (Sobol, {"samples": 100}), (Morris, {"trajectories": 4, "levels": 5})],
)  # fmt: skip
def test_facts_that_do_not_fit_are_refused(kind, facts):
    with pytest.raises(ValidationError):
        kind(**facts)


def test_points_can_come_from_a_table():
    axes = (
        DesignFactor("a", 1.0, low=0.0, high=2.0),
        DesignFactor("n", 2, low=1, high=3, whole=True),
        DesignFactor("p", "x", values=("x", "y")),
    )
    given = pd.DataFrame({"p": ["y", "x"], "n": ["3", "1"], "a": ["0.25", "7"]})
    assert table_points(axes, given, "points.csv").table.to_dict("list") == {
        "point": [0, 1], "a": [0.25, 7.0], "n": [3, 1], "p": ["y", "x"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"a": ["1"]}, "the factors are a, n"),
        ({"a": ["1", ""], "n": ["1", "2"]}, r"points\.csv:3: a: '' is not a number"),
        ({"a": ["1"], "n": ["1.5"]}, r"points\.csv:2: n: '1.5' is not a whole number"),
        ({"a": [], "n": []}, "no points"),
    ],
)
def test_a_bad_table_is_refused_with_its_line(given, said):
    axes = (DesignFactor("a", 1.0, low=0.0, high=2.0), DesignFactor("n", 2, low=1, high=3, whole=True))
    with pytest.raises(SiegeError, match=said):
        table_points(axes, pd.DataFrame(given), "points.csv")
