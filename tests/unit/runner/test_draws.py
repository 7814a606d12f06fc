"""Uncertain parameters: what is drawn, of what, and that a what-if keeps what it sets."""

from __future__ import annotations

from pathlib import Path

import pytest

from siege_sim import run
from siege_sim.analysis.ensemble import ensemble_findings
from siege_sim.analysis.ensemble_tables import ensemble_tables
from siege_sim.cli import main as cli
from siege_sim.errors import ResultError
from siege_sim.loading.scenario import load_scenario
from siege_sim.reports.ensemble import spread_sentence
from siege_sim.runner.compare import comparison_request, found_by
from siege_sim.runner.draws import drawn_jobs, draws_for, own_values, ranges_of
from siege_sim.runner.ensemble import run_set

TOWN = load_scenario("toy_town")
KEY = "processes.sorties.per_day"
OTHER = "processes.market.speed_per_day"


def numbers() -> list[str]:
    return [prior.key for prior in ranges_of(TOWN)]


def posterior(folder, text: str):
    folder.mkdir(exist_ok=True)
    (folder / "posterior.csv").write_text(text)
    return folder


def test_every_number_with_a_plausible_range_is_drawn_and_stays_in_it():
    priors = {prior.key: prior for prior in ranges_of(TOWN)}
    assert len(priors) > 50
    for drawn in draws_for([TOWN], 5).sets:
        assert set(drawn) == set(priors)
        assert all(priors[key].low <= value <= priors[key].high for key, value in drawn.items())
        assert all(isinstance(value, int) for key, value in drawn.items() if priors[key].whole)


def test_the_same_number_of_draws_is_the_same_again():
    assert draws_for([TOWN], 3) == draws_for([TOWN], 3)


def test_sets_of_a_posterior_are_drawn_as_often_as_they_weigh(tmp_path):
    fit = posterior(tmp_path / "fit", f"{KEY},weight,misfit,misfit_again\n3.5,0.75,1,\n9.5,0.25,1,\n7.5,0.0,1,\n")
    values = [drawn[KEY] for drawn in draws_for([TOWN], 100, fit).sets]
    assert (values.count(3.5), values.count(9.5), values.count(7.5)) == (75, 25, 0)
    assert values != sorted(values), "which seed has which set is left to chance"


def test_each_stage_of_a_fit_is_drawn_from(tmp_path):
    posterior(tmp_path / "front", f"{KEY},weight,misfit,misfit_again\n3.5,1.0,1,\n")
    posterior(tmp_path / "food", "processes.eating.calm_share,weight,misfit,misfit_again\n0.5,1.0,1,\n".replace(
        "processes.eating.calm_share", numbers()[-1]))  # fmt: skip
    (drawn,) = draws_for([TOWN], 1, tmp_path).sets
    assert set(drawn) == {KEY, numbers()[-1]}


def test_what_another_case_of_a_fit_has_alone_is_left_out_and_said(tmp_path):
    posterior(tmp_path, f"{KEY},processes.rowing.pace,weight\n3.5,1.0,1.0\n")
    draws = draws_for([TOWN], 2, tmp_path)
    assert draws.sets == ({KEY: 3.5}, {KEY: 3.5})
    assert "1 more of the fit" in draws.said


def test_a_block_that_nothing_in_the_scenario_reads_is_not_drawn(tmp_path):
    posterior(tmp_path, f"{KEY},front.works,weight\n3.5,1.5,1.0\n")
    assert draws_for([TOWN], 1, tmp_path).sets == ({KEY: 3.5},)
    with pytest.raises(ResultError, match="'toy_town' has none of its parameters"):
        draws_for([TOWN], 1, Path("sieges"))
    assert "front.works" in draws_for([load_scenario("aleppo_2016")], 1, Path("sieges")).sets[0]


def test_a_name_that_is_neither_a_folder_nor_a_shipped_fit_is_refused():
    with pytest.raises(ResultError, match="no shipped fit 'no_such_fit'"):
        draws_for([TOWN], 2, Path("no_such_fit"))


def test_runs_of_one_scenario_take_a_draw_each_and_their_table_shows_it(tmp_path):
    posterior(tmp_path, f"{KEY},weight\n3.5,0.5\n9.5,0.5\n")
    found = ensemble_findings(run_set(TOWN, range(5, 9), days=4, workers=1, draws=draws_for([TOWN], 4, tmp_path)))
    rows = ensemble_tables(found)["runs"]
    assert sorted(rows[KEY]) == [3.5, 3.5, 9.5, 9.5]
    for seed, value in zip(rows["seed"], rows[KEY], strict=True):
        alone = run(load_scenario("toy_town", [f"{KEY}={value}"]), seed=seed, days=4).summary
        assert rows.loc[rows["seed"] == seed, "heavy_impacts"].item() == alone["heavy_impacts"]
    assert "The spread includes what is uncertain" in spread_sentence(found)
    assert found.runs.digest == TOWN.digest


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "no posterior.csv in it"),
        ("processes.sorties.per_dya,weight\n3,1\n", "has none of its parameters"),
        (f"{KEY}\n3\n", "no column 'weight'"),
        (f"{KEY},weight\n3,0\n", "no column 'weight' with weights above 0"),
        ("", "cannot be read"),
    ],
)
def test_a_folder_that_is_no_fit_of_the_scenario_is_refused_with_its_name(text, said, tmp_path):
    if text is not None:
        posterior(tmp_path, text)
    with pytest.raises(ResultError, match=str(tmp_path)) as refused:
        draws_for([TOWN], 2, tmp_path)
    assert said in str(refused.value)


def test_a_what_if_keeps_what_it_sets_and_takes_all_else_that_is_drawn():
    few = load_scenario("toy_town", [f"{KEY}=1.25", "name=few"])
    other = next(key for key in numbers() if key != KEY)
    drawn = {KEY: 9.5, other: 0.123, f"{KEY}*": 2.0}
    assert own_values(drawn, TOWN, TOWN) == drawn
    assert own_values(drawn, TOWN, few) == {other: 0.123, f"{KEY}*": 2.0}


def test_both_runs_of_a_pair_have_the_same_draw_and_seed(tmp_path):
    file = tmp_path / "few.yaml"
    file.write_text("extends: toy_town\nname: few\nprocesses: {market: null}\n")
    asked = comparison_request(["toy_town", str(file)], 2, uncertain=3)
    jobs = drawn_jobs(asked.scenarios, asked.draws, None)
    assert [job.seed for job in jobs] == [1, 1, 2, 2, 3, 3]
    for base, other in zip(jobs[::2], jobs[1::2], strict=True):
        assert base.scenario["processes"]["sorties"] == other.scenario["processes"]["sorties"]
    assert jobs[0].scenario["processes"]["sorties"] != jobs[2].scenario["processes"]["sorties"]
    assert asked.total_runs == 2 * 2 + 3 * 2
    assert asked.command.endswith("--uncertain 3")


def test_pairs_with_drawn_parameters_stand_beside_those_with_the_scenarios_own(tmp_path):
    file = tmp_path / "few.yaml"
    file.write_text("extends: toy_town\nname: few\nprocesses: {sorties: {per_day: 1}}\n")
    found = found_by(comparison_request(["toy_town", str(file)], 2, days=4, uncertain=3), workers=1)
    assert found.pairs == 2
    assert found.uncertain.pairs == 3
    assert found.uncertain.of("few", "civilians_killed").effect.difference.pairs == 3
    assert {"uncertain", "draws"} <= set(found.tables())
    assert found.data()["uncertain"]["drawn_from"].endswith("independent of the others")


def test_where_to_draw_from_without_how_many_is_refused(tmp_path, capsys):
    wanted = ["compare", "toy_town", "theory", "--draws-from", str(tmp_path), "--out", str(tmp_path / "o")]
    assert cli.main(wanted) == cli.USAGE
    assert "--draws-from belongs to --uncertain" in " ".join(capsys.readouterr().err.replace("│", " ").split())
