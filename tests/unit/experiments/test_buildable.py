"""What `validate` takes can be played: every point of every design that is accepted makes a scenario."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from siege_sim import load_scenario
from siege_sim.cli.check import check_file
from siege_sim.errors import ScenarioError
from siege_sim.experiments.buildable import MOST_BUILT, points_to_build
from siege_sim.experiments.design import DesignFactor, GridDesign
from siege_sim.experiments.plan import load_plan
from siege_sim.loading.keys import keys_in, with_values
from siege_sim.loading.scenario import scenario_of
from tests.blocks import VALUES

HEAD = {"name": "tried", "title": "T", "base": "toy_town", "days": 3, "replications": 1}
KEYS = sorted(keys_in(load_scenario("toy_town").model_dump(mode="json", by_alias=True)))
ODD_KEYS = ["map", "forces", "interventions", "processes.sorties", "model_fields.name", "map.rows", "", ".", "a.b.c"]

numbers = st.one_of(
    st.integers(-5, 50), st.floats(-10, 100), st.sampled_from([0, 1, 1e-300, 1e300, -1e300, math.inf, math.nan, 10**25])
)
values = st.lists(
    st.one_of(numbers, st.sampled_from([True, False, "equal", "x", date(2020, 9, 10), {"a": 1}, [1], None])), max_size=4
)
distributions = st.fixed_dictionaries(
    {"kind": st.sampled_from(["uniform", "log_uniform", "triangular", "normal", "log_normal"])},
    optional={"mode": numbers, "mean": numbers, "median": numbers, "sd": numbers},
)
factors = st.fixed_dictionaries(
    {},
    optional={
        "key": st.sampled_from(KEYS + ODD_KEYS), "low": numbers, "high": numbers, "values": values,
        "scale": st.lists(numbers, min_size=2, max_size=2), "distribution": distributions, "steps": st.integers(2, 4),
    },
)  # fmt: skip
fitting = st.one_of(
    st.fixed_dictionaries({"key": st.sampled_from(KEYS), "values": st.lists(numbers, min_size=1, max_size=3)}),
    st.fixed_dictionaries({"key": st.sampled_from(KEYS), "scale": st.just([0.5, 2.0])}),
    st.fixed_dictionaries(
        {"key": st.sampled_from(KEYS), "low": st.sampled_from([0, 0.5, 1]), "high": st.sampled_from([1, 2, 30]),
         "distribution": distributions}
    ),
)  # fmt: skip
designs = st.sampled_from(
    [
        {"kind": "grid"}, {"kind": "one_at_a_time"}, {"kind": "latin_hypercube", "samples": 4},
        {"kind": "sobol", "samples": 2}, {"kind": "morris", "trajectories": 2},
    ]
)  # fmt: skip


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("experiments") / "tried.yaml"


def why_refused(file: Path) -> str:
    """Return why an experiment is refused; when it is not, make the scenario of every point."""
    try:
        plan = load_plan(file)
    except ScenarioError as error:
        return str(error)
    for point in range(len(plan.points)):
        policy, chosen = plan.values_of(point)
        scenario_of(with_values(plan.bases[policy], chosen))
    return ""


@given(st.lists(st.one_of(factors, fitting), min_size=1, max_size=2), designs)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_an_experiment_is_refused_in_plain_words_or_every_point_of_it_is_a_scenario(file, given_factors, design):
    levers = {f"factor_{number}": factor for number, factor in enumerate(given_factors)}
    file.write_text(yaml.safe_dump({**HEAD, "levers": levers, "design": design}))
    refused = why_refused(file)
    assert "tried.yaml:" in refused or not refused


@given(st.lists(st.sampled_from(["0", "1", "5", "-5", "1e9", "", "nan", "x", "2.5"]), min_size=1, max_size=3))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_table_of_points_is_refused_at_its_line_or_every_row_of_it_is_a_scenario(file, cells):
    factor = {"key": "interventions.aid_convoys.trucks", "values": [0, 1]}
    file.with_name("points.csv").write_text("trucks\n" + "\n".join(cells) + "\n")
    table = {"kind": "table", "file": "points.csv"}
    file.write_text(yaml.safe_dump({**HEAD, "levers": {"trucks": factor}, "design": table}))
    while cells and cells[-1] == "":  # lines without anything at the end of a file are no rows
        cells = cells[:-1]
    wrong = [line for line, cell in enumerate(cells, 2) if cell not in ("0", "1", "5")]
    refused = why_refused(file)
    assert bool(refused) == bool(wrong or not cells)
    assert any(f"points.csv:{line}:" in refused for line in wrong) or not wrong


@pytest.mark.parametrize(
    ("distribution", "said"),
    [
        ("{kind: log_normal, median: -1, sd: 1}", "median: -1 is out of range; it must be above 0"),
        ("{kind: normal, mean: 500, sd: 1}", "every point would be near one end; give a mean within the range"),
        ("{kind: normal, mean: -500, sd: 1}", "every point would be near one end; give a mean within the range"),
        ("{kind: log_normal, median: 1.0e9, sd: 0.1}", "give a median within the range"),
        ("{kind: triangular, mode: 77}", "77 is not between 2 and 8"),
    ],
)
def test_a_distribution_that_lies_outside_its_range_is_refused(file, distribution, said):
    factor = f"{{processes.sorties.per_day: {{low: 2, high: 8, distribution: {distribution}}}}}"
    file.write_text(yaml.safe_dump(HEAD) + f"uncertainties: {factor}\ndesign: {{kind: latin_hypercube, samples: 4}}\n")
    with pytest.raises(ScenarioError, match=said):
        load_plan(file)


def test_a_combination_that_only_some_points_have_is_found_and_named(file):
    window = "{until_day: {key: interventions.aid_convoys.until_day, values: [30, 39]},\n"
    window += "from_day: {key: interventions.aid_convoys.from_day, values: [5, 35]}}"
    file.write_text(yaml.safe_dump(HEAD | {"days": 40}) + f"levers: {window}\ndesign: {{kind: grid}}\n")
    with pytest.raises(ScenarioError) as caught:
        load_plan(file)
    (problem,) = caught.value.problems
    assert "design: point 1 (until_day 30, from_day 35): interventions.aid_convoys" in problem


def test_of_a_large_design_the_ends_of_every_factor_are_built():
    factors = [DesignFactor("a", 1.0, 0.0, 1.0, steps=40), DesignFactor("b", 1.0, values=tuple(range(100)))]
    table = GridDesign().points([*factors, DesignFactor("c", "x", values=("x", "y"))]).table
    rows = table.iloc[points_to_build(table)]
    assert MOST_BUILT <= len(rows) <= 2 * MOST_BUILT
    for name in ("a", "b", "c"):
        assert {table[name].min(), table[name].max()} <= set(rows[name])


def test_validate_says_of_a_large_design_how_much_of_it_was_built(file):
    levers = {"x": {"key": "processes.sorties.per_day", "low": 1, "high": 5, "steps": 1000}}
    file.write_text(yaml.safe_dump({**HEAD, "levers": levers, "design": {"kind": "grid"}}))
    (line,) = check_file(str(file))
    assert "of its 1,000 points were made into scenarios" in line


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_any_value_of_yaml_in_any_place_of_a_factor_is_taken_or_refused(file, value):
    for place in ("key", "keys", "low", "high", "steps", "distribution", "scale", "values", "policies"):
        for given_value in (value, [value], {"a": value}):
            factor = {"key": "processes.sorties.per_day"} | {place: given_value}
            text = yaml.safe_dump(_plain({**HEAD, "levers": {"x": factor}, "design": {"kind": "one_at_a_time"}}))
            file.write_text(text)
            refused = why_refused(file)
            assert "tried.yaml:" in refused or not refused


def _plain(value):
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
