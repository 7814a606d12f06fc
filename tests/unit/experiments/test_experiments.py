"""Experiment files: ranges from the parameters themselves, policies, pairing, and what is refused."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from siege_sim import SiegeModel
from siege_sim.errors import ScenarioError
from siege_sim.experiments.experiment import shipped_experiments
from siege_sim.experiments.plan import load_plan
from siege_sim.loading.keys import with_values
from siege_sim.model.run_outcomes import OF_THE_RUN
from siege_sim.runner.sweep import batch_of, run_spec, sweep_spec
from siege_sim.runner.worker import run_batch

HEAD = """
name: small
title: A small experiment
base: toy_town
settings: [population.persons_per_household=50]
days: 10
"""
TAIL = "design: {kind: grid}\nreplications: 3\n"


@pytest.fixture
def plan_of(tmp_path):
    def load(text: str, tail: str = TAIL):
        file = tmp_path / "small.yaml"
        file.write_text(HEAD + text + tail)
        return load_plan(file)

    return load


def test_a_factor_without_anything_takes_the_parameters_own_range(plan_of):
    plan = plan_of("uncertainties: {processes.sorties.per_day: {steps: 3}}\n")
    (factor,) = plan.factors
    assert (factor.role, factor.keys, factor.unit) == ("uncertainty", ("processes.sorties.per_day",), "sorties/day")
    assert (factor.low, factor.high) == (50.0, 90.0)
    assert plan.points.table["processes.sorties.per_day"].tolist() == [50.0, 70.0, 90.0]
    assert plan.runs == 9


def test_a_replication_has_the_same_seed_at_every_point(plan_of):
    plan = plan_of("levers: {trucks: {key: interventions.aid_convoys.trucks, values: [0, 5]}}\n")
    seeds = {(point, r): run_spec(plan, point, r).seed for point in range(2) for r in range(3)}
    assert [seeds[0, r] for r in range(3)] == [seeds[1, r] for r in range(3)] == [1, 2, 3]


def test_all_points_are_played_once_before_any_is_played_again(plan_of):
    plan = plan_of("levers: {trucks: {key: interventions.aid_convoys.trucks, values: [0, 5]}}\n")
    assert [plan.place_of(index) for index in range(plan.runs)] == [(0, 0), (1, 0), (0, 1), (1, 1), (0, 2), (1, 2)]


def test_policies_are_whole_scenarios_or_values_on_top_of_the_base(plan_of, tmp_path):
    (tmp_path / "quiet.yaml").write_text("extends: toy_town\nname: quiet\nprocesses: {sorties: {per_day: 0}}\n")
    plan = plan_of(
        "levers:\n  policy:\n    policies:\n      nothing: {}\n      quiet: quiet.yaml\n"
        "      no_aid: {interventions.aid_convoys: null}\n"
        "uncertainties: {food.home_days: {values: [5, 20]}}\n"
    )
    assert list(plan.bases) == ["nothing", "quiet", "no_aid"]
    assert plan.bases["quiet"]["processes"]["sorties"]["per_day"] == 0
    assert plan.bases["quiet"]["population"]["persons_per_household"] == 50, "settings hold for every policy"
    assert plan.bases["no_aid"]["interventions"] == {}
    assert plan.bases["nothing"]["interventions"]
    policy, values = plan.values_of(5)
    assert (policy, values) == ("no_aid", {"food.home_days": 20.0})


def test_a_batch_carries_only_the_scenarios_that_it_needs(plan_of):
    plan = plan_of("levers:\n  policy:\n    policies:\n      a: {}\n      b: {processes.sorties.per_day: 1.0}\n")
    assert list(batch_of(plan, sweep_spec(plan, "x"), [1]).bases) == ["b"]


def test_one_value_can_be_set_at_several_keys(plan_of):
    plan = plan_of("uncertainties: {works: {keys: [ground.works, ground.streets], values: [0.5, 1.5]}}\n")
    assert plan.values_of(1)[1] == {"ground.works": 1.5, "ground.streets": 1.5}


def test_points_come_from_a_csv_file_beside_the_experiment(plan_of, tmp_path):
    (tmp_path / "points.csv").write_text("food.home_days\n5\n9.5\n")
    plan = plan_of("uncertainties: {food.home_days: {}}\n", "design: {kind: table, file: points.csv}\n")
    assert plan.points.table["food.home_days"].tolist() == [5.0, 9.5]


BAD = [
    ("", "nothing differs between runs"),
    ("uncertainties: {food.home_dayz: {}}\n", r"yaml:7.*no key 'food\.home_dayz'; did you mean 'food\.home_days'\?"),
    ("uncertainties: {food.council_kcal: {}}\n", "has no plausible range; give low and high"),
    ("uncertainties: {title: {}}\n", "is not a number in this scenario"),
    ("uncertainties: {food.home_days: {low: 9, high: 3}}\n", "3 is not above low, 9"),
    ("uncertainties: {food.home_days: {low: 5, values: [1]}}\n", "not values and low"),
    ("uncertainties: {food.home_days: {values: [1, x]}}\n", "only numbers, only texts"),
    ("uncertainties: {food.home_days: {values: [1, 1]}}\n", "is in the list twice"),
    ("uncertainties: {food.home_days: {values: [1, -4]}}\n", "must be at least 0"),
    ("uncertainties: {food.home_days: {lo: 1}}\n", "unknown key 'lo'"),
    ("uncertainties: {food.home_days: {}}\nlevers: {food.home_days: {}}\n", "is an uncertainty already"),
    ("uncertainties: {civilians_killed: {key: food.home_days}}\n", "name of a column of results"),
    ("uncertainties: {food.home_days: {}}\noutcomes: [end_dy]\n", "did you mean 'end_day'"),
    ("uncertainties: {food.home_days: {}}\nseries: {outcomes: [end_day]}\n", "no outcome of a day is called"),
    ("uncertainties: {processes.desertion.contagion: {values: [1]}}\n", "it has no 'processes.desertion' at all"),
    ("levers: {p: {policies: {a: no_such_thing}}}\n", r"small\.yaml:7.*no scenario is called"),
    ("levers: {p: {policies: {a: {food.home_days: -1}}}}\n", "must be at least 0"),
    ("levers: {p: {policies: {a: {}}}, q: {policies: {b: {}}}}\n", "only one factor can choose among policies"),
    ("levers: {p: {policies: {a: {}, b: {processes.envelopment: null}}}}\n"
     "uncertainties: {processes.envelopment.contagion_weight: {low: 1, high: 2}}\n",
     "has no block 'processes.envelopment' of policy 'b'"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), BAD, ids=[said[:30] for _, said in BAD])
def test_what_cannot_be_played_is_refused_before_it_starts(plan_of, text, said):
    with pytest.raises(ScenarioError, match=said):
        plan_of(text)


@pytest.mark.parametrize(
    ("tail", "said"),
    [
        ("design: {kind: gird}\n", "did you mean 'grid'"),
        ("design: {kind: sobol, samples: 100}\n", "not a power of two.*take 128"),
        ("design: {kind: latin_hypercube}\n", "this key is missing"),
        ("design: {kind: table, file: ../points.csv}\n", "in the experiment's folder or below"),
        ("design: {kind: grid}\nreplications: 0\n", "must be at least 1"),
    ],
)
def test_a_design_that_cannot_be_is_refused_with_its_line(plan_of, tail, said):
    with pytest.raises(ScenarioError, match=rf"small\.yaml:8.*{said}|small\.yaml:9.*{said}"):
        plan_of("uncertainties: {food.home_days: {}}\n", tail)


def test_what_can_be_kept_of_a_run_is_what_a_run_knows(toy_result, plan_of):
    plan = plan_of("uncertainties: {food.home_days: {}}\n", "design: {kind: grid}\n")
    assert set(plan.known) == set(plan.kept) == set(toy_result.summary) - {"end_date"}
    assert not {outcome.name for outcome in OF_THE_RUN} & set(toy_result.series.columns)


@pytest.mark.parametrize("name", shipped_experiments())
def test_every_shipped_experiment_can_be_played(name):
    plan = load_plan(name)
    assert plan.experiment.name == name
    assert plan.runs == len(plan.points) * plan.experiment.replications > 100
    assert plan.experiment.title
    assert plan.experiment.summary


def test_the_example_of_the_documentation_can_be_played(tmp_path):
    page = (Path(__file__).parents[3] / "experiments" / "README.md").read_text("utf-8")
    file = tmp_path / "example.yaml"
    file.write_text(page.split("```yaml\n")[1].split("```")[0])
    plan = load_plan(file)
    assert len(plan.points) == 3 * 100
    assert plan.runs == 1500


def test_no_model_stays_in_memory_after_a_batch(plan_of, tmp_path):
    plan = plan_of("uncertainties: {food.home_days: {values: [5, 10]}}\n", "design: {kind: grid}\nreplications: 2\n")
    held_by_others = models_in_memory()
    receipt = run_batch(batch_of(plan, sweep_spec(plan, str(tmp_path / "out")), range(4)))
    assert receipt.done == 4
    assert [one for one in models_in_memory() if not any(one is other for other in held_by_others)] == []


def models_in_memory() -> list[SiegeModel]:
    """The models that are held somewhere; a test that failed or a fixture may hold some of its own."""
    gc.collect()
    return [one for one in gc.get_objects() if isinstance(one, SiegeModel)]


SERIES = "settings: [population.persons_per_household=50, 'processes.sorties.per_day={before: 2, 5: 8}']\n"


@pytest.fixture
def plan_of_series(tmp_path):
    def load(text: str, tail: str = TAIL):
        file = tmp_path / "small.yaml"
        file.write_text(HEAD.replace("settings: [population.persons_per_household=50]\n", SERIES) + text + tail)
        return load_plan(file)

    return load


def test_a_factor_may_multiply_a_series_or_a_number(plan_of, plan_of_series):
    text = "uncertainties: {air: {key: processes.sorties.per_day, scale: [0.5, 2], steps: 2}}\n"
    for load, expected in ((plan_of_series, {"before": 1.0, "5": 4.0}), (plan_of, 2.0)):
        plan = load(text)
        (factor,) = plan.factors
        assert (factor.keys, factor.unit) == (("processes.sorties.per_day*",), "times the scenario's value")
        assert plan.points.table["air"].tolist() == [0.5, 2.0]
        data = with_values(plan.bases[""], plan.values_of(0)[1])
        assert data["processes"]["sorties"]["per_day"] == expected


def test_one_at_a_time_starts_from_the_series_as_it_is(plan_of_series):
    text = "uncertainties: {processes.sorties.per_day*: {values: [0, 3]}}\n"
    plan = plan_of_series(text, "design: {kind: one_at_a_time}\n")
    assert plan.points.table["processes.sorties.per_day*"].tolist() == [1.0, 0.0, 3.0]


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        ("{low: 1, high: 2}", "is a series by date in this scenario; multiply a series of numbers with scale"),
        ("{values: [1, 2]}", "is a series by date in this scenario; multiply a series of numbers with scale"),
        ("{scale: [2, 1]}", "the second factor, 1, is not above the first, 2"),
        ("{scale: [1, 2], low: 1}", "give either scale or low"),
        ("{scale: [1, 2], values: [1]}", "give either scale or values"),
        ("{scale: [1, 1000]}", "it must be at most 2000"),
        ("{key: processes.besieger_command.posture, scale: [1, 2]}", "is not a number in this scenario"),
        ("{key: processes.sorties.per_dya, scale: [1, 2]}", "the scenario has no key 'processes.sorties.per_dya*'"),
    ],
)
def test_a_factor_that_does_not_fit_a_series_says_what_would(plan_of_series, factor, words):
    with pytest.raises(ScenarioError) as caught:
        plan_of_series(f"uncertainties: {{processes.sorties.per_day: {factor}}}\n")
    assert words in str(caught.value)


def test_a_policy_sets_a_series_whole(plan_of_series):
    key = "processes.sorties.per_day"
    text = f"levers: {{air: {{policies: {{calm: {{{key}: 1.0}}, dated: {{{key}: {{3: 2}}}}}}}}}}\n"
    plan = plan_of_series(text)
    found = {name: data["processes"]["sorties"]["per_day"] for name, data in plan.bases.items()}
    assert found == {"calm": 1.0, "dated": {"3": 2.0}}
