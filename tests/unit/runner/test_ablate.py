"""Mechanisms and levers of a small case, each switched: what matters shows, what does nothing shows that."""

from __future__ import annotations

import pytest

from siege_sim.analysis.ablation import CLEAR_EFFECT, NO_RUN_DIFFERS
from siege_sim.errors import ScenarioError
from siege_sim.loading.what_ifs import about_of
from siege_sim.runner.ablate import ablation_request, run_ablation
from siege_sim.runner.about import names_to_be_about
from siege_sim.runner.finished_runs import FinishedRuns

OFF = (
    "season", "artillery", "danger", "garrison_shelling", "besieger_command", "garrison_command", "assault",
    "counter_attack", "envelopment", "morale", "works", "supply", "looting", "market", "rescue", "new_holder",
    "fear", "displacement", "condemnation", "agreement", "gardens", "hospitals",
)  # fmt: skip
CASE = f"""extends: toy_town
name: small
title: A town that is bombed
days: 12
processes: {{{", ".join(f"{name}: null" for name in OFF)}, pauses: {{hazard_per_point: 0.0}}}}
interventions:
  aid_convoys: null
  quiet: {{kind: ceasefire, from_day: 3, until_day: 9, air: 0.0}}
changes:
  more: {{from_day: 5, processes: {{sorties: {{per_day: 30}}}}}}
"""
BOMBED = """# About: killed_by_air, heavy_impacts
extends: small.yaml
name: bombed
title: What if there had been more strikes?
processes: {sorties: {per_day: 60}}
"""
LATE = """extends: small.yaml
name: late
title: What if a convoy came on the last day, without trucks?
interventions: {late: {kind: aid_convoy, from_day: 12, trucks: 0}}
"""
ELSEWHERE = "extends: small.yaml\nname: elsewhere\ndays: 30\n"


@pytest.fixture(scope="module")
def case(tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp("case")
    for name, text in (("small", CASE), ("bombed", BOMBED), ("late", LATE), ("elsewhere", ELSEWHERE)):
        (folder / f"{name}.yaml").write_text(text)
    (folder / "notes.yaml").write_text("- this is no scenario\n")
    (folder / "broken.yaml").write_text("extends: [small\n")
    return str(folder / "small.yaml")


@pytest.fixture(scope="module")
def findings(case):
    return run_ablation(ablation_request([case], 4), workers=1)


def named(findings, name):
    (one,) = [one for one in findings.cases[0].switches if one.switch.name == name]
    return one


def verdicts(findings, name):
    one = named(findings, name)
    return {effect.name: one.verdict(effect) for effect in one.effects}


@pytest.mark.slow
def test_every_mechanism_action_and_what_if_of_the_case_is_tried_once(findings):
    tried = [(one.switch.kind, one.switch.name) for one in findings.cases[0].switches]
    assert len(tried) == len(set(tried))
    names = [name for kind, name in tried if kind == "mechanism"]
    assert names == [
        "shelter",
        "sorties",
        "targets",
        "strike_effects",
        "snipers",
        "pockets",
        "rationing",
        "eating",
        "hunger",
        "pauses",
        "ending",
    ]
    assert [name for kind, name in tried if kind == "action"] == ["quiet"]
    assert [name for kind, name in tried if kind == "what_if"] == ["bombed", "elsewhere", "late"]


def test_a_mechanism_that_matters_shows_it(findings):
    assert verdicts(findings, "eating")["kcal_eaten_per_person"] == CLEAR_EFFECT
    assert verdicts(findings, "sorties")["heavy_impacts"] == CLEAR_EFFECT


def test_a_mechanism_that_has_nothing_to_do_shows_no_clear_effect(findings):
    """Nothing is ever cut off in a town that nobody assaults."""
    assert set(verdicts(findings, "pockets").values()) == {NO_RUN_DIFFERS}


def test_a_mechanism_at_rest_already_is_not_run(findings):
    assert "does nothing in this case" in named(findings, "pauses").switch.not_run
    assert named(findings, "pauses").effects == ()


def test_a_change_by_date_does_not_wake_a_mechanism_that_is_at_rest(findings):
    (impacts,) = [effect for effect in named(findings, "sorties").effects if effect.name == "heavy_impacts"]
    assert impacts.difference.after == 0.0


def test_a_dated_action_and_a_what_if_are_held_against_the_same_runs(findings):
    bases = {
        effect.difference.before
        for name in ("quiet", "bombed", "sorties")
        for effect in named(findings, name).effects
        if effect.name == "heavy_impacts"
    }
    assert len(bases) == 1
    assert verdicts(findings, "bombed") == {"killed_by_air": verdicts(findings, "bombed")["killed_by_air"],
                                            "heavy_impacts": CLEAR_EFFECT}  # fmt: skip


def test_a_what_if_that_does_not_act_says_that_no_run_differs(findings):
    assert set(verdicts(findings, "late").values()) == {NO_RUN_DIFFERS}


def test_a_what_if_without_a_line_is_about_what_its_changes_are_about(findings):
    assert set(named(findings, "late").switch.about) >= {"kcal_eaten_per_person"}


def test_a_what_if_whose_runs_cannot_be_paired_is_not_run_and_says_why(findings):
    assert "30 days" in named(findings, "elsewhere").switch.not_run


def test_rows_are_coarse_and_said_unless_somebody_sets_them(case, findings):
    assert findings.cases[0].persons_a_row == 50.0
    finer = ablation_request([case], 1, settings=["population.persons_per_household=20"])
    assert finer.cases[0].case.population.persons_per_household == 20.0
    coarser = ablation_request([case], 1, settings=["population.persons_per_household*=2"])
    assert coarser.cases[0].case.population.persons_per_household == 10.0


def test_the_case_itself_is_played_once_a_seed_and_finished_runs_are_not_played_again(case, tmp_path):
    request = ablation_request([case], 2, 4, (), ("action", "what_if"))
    runs = [len(one.scenarios) for one in request.cases]
    assert request.total_runs == 2 * sum(runs)
    first: list[int] = []
    there = FinishedRuns(tmp_path / "kept")
    once = run_ablation(request, 1, first.append, there)
    again: list[int] = []
    twice = run_ablation(request, 1, again.append, there)
    assert first == list(range(1, request.total_runs + 1))
    assert again == [request.total_runs]
    assert once.data() == twice.data()


@pytest.mark.slow
def test_the_result_is_the_same_for_any_number_of_workers(case):
    request = ablation_request([case], 2, 4, (), ("action",))
    assert run_ablation(request, 1).data() == run_ablation(request, 2).data()


def test_an_outcome_that_does_not_exist_is_refused_with_its_line(tmp_path):
    file = tmp_path / "odd.yaml"
    file.write_text("# Question: ?\n# About: killed_by_air, died_of_hungr\nextends: toy_town\n")
    with pytest.raises(ScenarioError, match=r"odd\.yaml:2: About: .*'died_of_hungr'; did you mean 'died_of_hunger'"):
        about_of(file, names_to_be_about())


def test_a_case_that_is_not_there_is_refused():
    with pytest.raises(ScenarioError, match="no scenario is called 'toy_twon'"):
        ablation_request(["toy_twon"], 2)
