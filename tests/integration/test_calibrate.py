"""Calibration: priors from the parameters themselves, misses from the record, a fit that goes on."""

from __future__ import annotations

import json
import math
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from siege_sim import load_scenario, run
from siege_sim.cli import main as cli
from siege_sim.cli.check import check_file
from siege_sim.errors import ScenarioError, SiegeError
from siege_sim.loading.keys import with_values
from siege_sim.runner.calibrate import StageFit, subject_of
from siege_sim.runner.calibration_file import Range, load_spec, shipped_calibrations
from siege_sim.runner.fit import fitted_yaml, summarised, whole_yaml
from siege_sim.runner.leave_one_out import drawn_sets
from siege_sim.runner.trial import Prior, miss, priors_of, trial_of
from siege_sim.validation.record import load_record

AREA = "processes.strike_effects.affected_area_m2"
REPAIR = "processes.strike_effects.repair_days"
SPEC = f"""
name: small
scenario: aleppo_2016
settings: [population.persons_per_household=50]
days: 6
parameters:
  {AREA}: {{}}
  {REPAIR}: {{low: 4, high: 9}}
replications: 1
particles: 4
generations: 1
finalists: 2
runs_of_a_finalist: 2
"""


@pytest.fixture
def spec_file(tmp_path):
    file = tmp_path / "calibration.yaml"
    file.write_text(SPEC)
    return file


def test_a_shipped_calibration_is_found_by_name_from_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_spec("calibration_aleppo_2016", shipped_calibrations()).scenario == "aleppo_2016"
    with pytest.raises(ScenarioError, match="did you mean 'calibration_aleppo_2016'"):
        load_spec("calibration_alepo_2016", shipped_calibrations())


def test_priors_come_from_the_parameters_own_ranges(spec_file):
    area, repair = priors_of(load_spec(spec_file, {}).parameters, [load_scenario("aleppo_2016")])
    assert (area.low, area.high, area.whole, area.unit) == (400.0, 1000.0, False, "m2")
    assert (repair.low, repair.high, repair.whole) == (4.0, 9.0, True)
    assert (area.value(0.0), area.value(1.0)) == (400.0, 1000.0)
    shares = np.bincount([int(repair.value(drawn)) for drawn in np.linspace(0.0, 1.0, 6000)], minlength=10)
    assert shares[4:] == pytest.approx([1000] * 6, abs=2)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("processes.strike_effects.repair_dayz", "is no number of this scenario"),
        ("processes.no_such.thing", "is no number of this scenario"),
        ("processes.hospitals.repairs", "is no number of this scenario"),
        ("snapshot_every_days", "needs low and high"),
    ],
)
def test_a_parameter_that_cannot_be_fitted_is_refused(key, said):
    with pytest.raises(SiegeError, match=said):
        priors_of({key: Range()}, [load_scenario("toy_town")])


def test_a_bad_file_is_refused_with_its_line(tmp_path):
    file = tmp_path / "bad.yaml"
    file.write_text(SPEC.replace("particles", "partikles"))
    with pytest.raises(ScenarioError, match=r"bad\.yaml:10.*did you mean 'particles'"):
        load_spec(file, {})


def test_a_miss_counts_widths_of_the_range():
    entry = load_record("aleppo_2016").patterns["killed_to_18_oct"]  # 15 to 27
    assert miss(entry, 20.0) == 0.0
    assert miss(entry, 33.0) == pytest.approx(0.5)
    assert miss(entry, 9.0) == pytest.approx(0.5)
    assert miss(entry, 1000.0) == 3.0
    assert miss(entry, math.nan) == 3.0
    assert miss(entry, None) == 0.0


def test_values_go_into_the_scenario(spec_file):
    scenario = load_scenario("aleppo_2016").model_dump(mode="json", by_alias=True)
    changed = with_values(scenario, {AREA: 333.0})
    assert changed["processes"]["strike_effects"]["affected_area_m2"] == 333.0
    assert scenario["processes"]["strike_effects"]["affected_area_m2"] != 333.0


def test_the_summary_says_what_is_constrained():
    priors = (Prior("a.narrow", 0.0, 1.0, False, ""), Prior("a.wide", 0.0, 1.0, False, ""))
    even = np.linspace(0.0, 1.0, 101)
    table = pd.DataFrame({"a.narrow": 0.4 + 0.1 * even, "a.wide": even, "weight": 1 / 101, "misfit": 1.0})
    summary = summarised(table, priors).set_index("parameter")
    assert summary["constrained"].to_dict() == {"a.narrow": True, "a.wide": False}
    collapsed = table.assign(weight=np.where(table.index == 50, 0.9, 0.001))
    assert summarised(collapsed, priors)["constrained"].tolist() == [None, None]
    assert summary.loc["a.wide", "median"] == pytest.approx(0.5, abs=0.02)


def test_the_fitted_set_is_the_one_that_misses_least_when_it_is_played_again():
    priors = (Prior("a.narrow", 0.0, 1.0, False, ""),)
    table = pd.DataFrame({"a.narrow": [0.1, 0.2, 0.3], "misfit": [0.5, 0.6, 0.7], "misfit_again": [0.9, 0.8, math.nan]})
    assert StageFit("", table, priors).values == {"a.narrow": 0.2}


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_a_fit_goes_on_where_it_stopped_and_gives_a_scenario_that_loads(spec_file, tmp_path, capsys):
    pytest.importorskip("pyabc")
    folder = tmp_path / "fit"
    assert cli.main(["calibrate", str(spec_file), "--out", str(folder), "--workers", "2", "--quiet"]) == 0
    first = pd.read_csv(folder / "posterior.csv", encoding="utf-8-sig")
    assert first["weight"].sum() == pytest.approx(1.0)
    again = first["misfit_again"].dropna()
    assert len(again) == 2
    assert set(again.index) == set(first["misfit"].nsmallest(2).index)
    fitted = load_scenario(folder / "small.yaml").processes.strike_effects.affected_area_m2
    assert fitted == pytest.approx(first.loc[again.idxmin(), AREA], rel=1e-3)
    written = (folder / "finalists.json").stat().st_mtime_ns
    assert cli.main(["calibrate", str(spec_file), "--out", str(folder), "--workers", "2", "--quiet"]) == 0
    pd.testing.assert_frame_equal(pd.read_csv(folder / "posterior.csv", encoding="utf-8-sig"), first)
    assert (folder / "finalists.json").stat().st_mtime_ns == written, "finalists were run again"
    again = ["calibrate", str(spec_file), "--out", str(folder), "--workers", "2", "--generations", "2"]
    assert cli.main(again) == 0
    assert "Misfit of the last generation" in capsys.readouterr().out
    assert pd.read_csv(folder / "posterior.csv", encoding="utf-8-sig")["misfit"].max() <= first["misfit"].max()
    fitted = load_scenario(folder / "small.yaml")
    assert 400 <= fitted.processes.strike_effects.affected_area_m2 <= 1000
    assert json.loads((folder / "calibration.json").read_text())["spec"]["particles"] == 4
    spec_file.write_text(SPEC.replace("days: 6", "days: 7"))
    assert cli.main(["calibrate", str(spec_file), "--out", str(folder)]) == 1
    assert "holds a calibration of something else" in capsys.readouterr().err


def test_the_fitted_file_extends_the_scenario():
    text = fitted_yaml("fitted", "a_fit", "aleppo_2016", {AREA: 333.33333, REPAIR: 5})
    assert "extends: aleppo_2016\nname: fitted\n" in text
    assert "affected_area_m2: 333.3\n" in text
    assert "repair_days: 5\n" in text


@pytest.mark.parametrize("written", [fitted_yaml, whole_yaml])
def test_a_factor_on_a_series_is_fitted_and_written_out_whole(written):
    key = "processes.sorties.per_day"
    settings = ("population.persons_per_household=50", f"{key}={{2016-09-22: 40, 2016-10-18: 80}}")
    scenarios = [load_scenario("aleppo_2016", settings)]
    (prior,) = priors_of({f"{key}*": Range(low=0.5, high=2.0)}, scenarios)
    assert (prior.low, prior.high, prior.unit) == (0.5, 2.0, "times the scenario's value")
    text = written("fitted", "a_fit", "aleppo_2016", {f"{key}*": 0.5}, settings)
    assert "'2016-09-22': 20.0" in text
    assert "'2016-10-18': 40.0" in text
    with pytest.raises(SiegeError, match="needs low and high"):
        priors_of({f"{key}*": Range()}, scenarios)


def test_a_number_is_not_fitted_where_any_case_has_a_series():
    key = "processes.sorties.per_day"
    number, series = load_scenario("toy_town"), load_scenario("aleppo_2016", (f"{key}={{2016-09-22: 40}}",))
    for scenarios, where in ([series], "this scenario"), ([number, series], "a case's scenario"):
        with pytest.raises(SiegeError, match=f"is a series by date in {where}; fit a factor on all of its values"):
            priors_of({key: Range(low=1.0, high=2.0)}, scenarios)


SORTIES, SHELLS = "processes.sorties.per_day", "processes.artillery.shells_per_day"
TRUTH = {SORTIES: 9.0, SHELLS: 60.0}
TOWN = """
extends: toy_town
name: {name}
title: A town
population: {{besieged: {people}, persons_per_household: 50}}
"""
TOWN_RECORD = """
name: {name}
title: A record made by the model itself
summary: Invented.
start: 2020-09-01
until: 2020-09-11
topics:
  fire:
    title: Fire
    patterns:
      impacts:
        title: Impacts a day
        measure: {{kind: mean_per_day, outcomes: [heavy_impacts], after: 2020-09-01, until: 2020-09-11}}
        low: {low}
        high: {high}
        unit: impacts
        source: a run
        confidence: derived
"""
CASES = """
name: both
cases:
  - {{scenario: {folder}/small.yaml, record: {folder}/records/small.yaml, days: 10}}
  - {{scenario: {folder}/large.yaml, record: {folder}/records/large.yaml, days: 10, weight: 2}}
parameters:
  processes.sorties.per_day: {{low: 1, high: 17}}
  processes.artillery.shells_per_day: {{low: 10, high: 200}}
replications: 1
particles: 10
generations: 2
finalists: 2
runs_of_a_finalist: 2
"""
STAGES = """
stages:
  - {name: air, parameters: [processes.sorties.per_day], cases: [small]}
  - {name: ground, parameters: [processes.artillery.shells_per_day]}
"""


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """A calibration of two towns whose records are runs with known parameters, with some way either side."""
    folder = tmp_path_factory.mktemp("towns")
    (folder / "records").mkdir()
    for name, people in (("small", 2000), ("large", 6000)):
        (folder / f"{name}.yaml").write_text(TOWN.format(name=name, people=people))
        siege = load_scenario(folder / f"{name}.yaml", [f"{key}={value}" for key, value in TRUTH.items()])
        means = [run(siege, seed, 10).series["heavy_impacts"][1:].mean() for seed in range(1, 9)]
        low, high = 0.85 * np.mean(means), 1.15 * np.mean(means)
        (folder / "records" / f"{name}.yaml").write_text(TOWN_RECORD.format(name=name, low=low, high=high))
    (folder / "both.yaml").write_text(CASES.format(folder=folder))
    (folder / "staged.yaml").write_text(CASES.format(folder=folder) + STAGES)
    return folder


def test_the_misfit_of_several_cases_is_their_weighted_mean(both):
    spec = load_spec(both / "both.yaml", {})
    subject = subject_of(spec)
    together = trial_of(subject.cases, subject.priors, {}, 1).with_seeds({SORTIES: 2.0}, [5])
    alone = [trial_of([case], subject.priors, {}, 1).with_seeds({SORTIES: 2.0}, [5]) for case in subject.cases]
    assert together["misfit"] == pytest.approx((alone[0]["misfit"] + 2 * alone[1]["misfit"]) / 3)
    assert together["small.impacts"] == alone[0]["impacts"]
    assert alone[0]["misfit"] > 0


def test_what_an_earlier_stage_found_holds_in_the_next(both):
    subject = subject_of(load_spec(both / "staged.yaml", {}))
    given = trial_of(subject.cases, subject.priors, {}, 1).with_seeds({SORTIES: 3.0}, [5])
    fixed = trial_of(subject.cases, (), {SORTIES: 3.0}, 1).with_seeds({}, [5])
    assert fixed == given


def test_a_parameter_that_a_case_has_not_leaves_it_alone(both):
    spec = load_spec(both / "both.yaml", {})
    small, large = subject_of(spec).cases
    without = replace(large, scenario=large.scenario.model_copy(update={"processes": {}}))
    assert small.known({SORTIES: 3.0}) == {SORTIES: 3.0}
    assert without.known({SORTIES: 3.0}) == {}


FILE = "name: a\nparameters: {processes.sorties.per_day: {}}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (FILE, "give either scenario and days, for one siege, or cases, for several"),
        (FILE + "scenario: toy_town\n", "the key 'days' is missing; add it"),
        (FILE + "scenario: toy_town\ndays: 3\ncases: [{scenario: toy_town, days: 3}]\n", "give either scenario"),
        (FILE + "days: 3\ncases: [{scenario: toy_town, days: 3}]\n", "write it under cases"),
        (FILE + "cases: [{scenario: toy_town, days: 3}, {scenario: toy_town, days: 4}]\n", "is the name of two cases"),
        (FILE + "cases: [{scenario: toy_town}]\n", "days"),
        (FILE + "scenario: toy_town\ndays: 3\nstages: [{name: a, parameters: [processes.sorties.per_dy]}]\n",
         "did you mean 'processes.sorties.per_day'"),
        (FILE + "scenario: toy_town\ndays: 3\nstages:\n- {name: a, parameters: [processes.sorties.per_day], "
         "cases: [toy_tow]}\n",
         "no case is called 'toy_tow'; did you mean 'toy_town'?"),
        (FILE.replace("{}}", "{}, days: {}}")
         + "scenario: toy_town\ndays: 3\nstages: [{name: a, parameters: [processes.sorties.per_day]}]",
         "no stage fits 'days'"),
        (FILE + "scenario: toy_town\ndays: 3\nmethod: rejection\n"
         "stages: [{name: a, parameters: [processes.sorties.per_day]}]\n",
         "belong to the method 'populations'"),
    ],
)  # fmt: skip
def test_cases_and_stages_that_do_not_go_together_are_refused_with_the_line(tmp_path, text, said):
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    with pytest.raises(ScenarioError) as caught:
        load_spec(file, {})
    assert any(problem.startswith(f"{file}:") and said in problem for problem in caught.value.problems)


def test_a_stage_whose_cases_lack_its_parameter_is_refused(both):
    text = (both / "staged.yaml").read_text()
    off = text.replace("days: 10}", "days: 10, settings: [processes.sorties=null]}", 1)
    (both / "off.yaml").write_text(off)
    with pytest.raises(SiegeError, match=r"'air' fits 'processes\.sorties\.per_day' to cases that do not have it"):
        subject_of(load_spec(both / "off.yaml", {}))


def test_a_calibration_without_a_case_drops_the_stages_that_have_no_other(both):
    spec = load_spec(both / "staged.yaml", {})
    assert [stage.name for stage in spec.without("small").stages] == ["ground"]
    assert list(spec.without("small").parameters) == [SHELLS]
    assert [stage.name for stage in spec.without("large").stages] == ["air", "ground"]


def test_the_fitted_file_of_a_scenario_of_ones_own_loads_from_any_folder(both, tmp_path):
    file = tmp_path / "fitted_small.yaml"
    file.write_text(whole_yaml("fitted_small", "both", str(both / "small.yaml"), {SORTIES: 4.5}))
    fitted, own = load_scenario(file), load_scenario(both / "small.yaml")
    assert fitted.name == "fitted_small"
    assert fitted.processes.sorties.per_day == 4.5
    assert fitted.population == own.population


def test_sets_are_drawn_as_often_as_they_weigh():
    priors = (Prior("a", 0.0, 1.0, False, ""),)
    table = pd.DataFrame({"a": [0.1, 0.5, 0.9], "weight": [0.5, 0.0, 0.5], "misfit_again": math.nan})
    other = (Prior("b", 0.0, 9.0, True, ""),)
    whole = pd.DataFrame({"b": [1, 2], "weight": [0.25, 0.75], "misfit_again": math.nan})
    drawn = drawn_sets((StageFit("x", table, priors), StageFit("y", whole, other)), 8)
    assert sorted(values["a"] for values in drawn) == [0.1] * 4 + [0.9] * 4
    assert sorted(values["b"] for values in drawn) == [1] * 2 + [2] * 6


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_the_known_truth_of_two_towns_is_found_and_each_is_forecast_by_the_other(both, tmp_path, capsys):
    pytest.importorskip("pyabc")
    out = tmp_path / "fit"
    arguments = [str(both / "staged.yaml"), "--workers", "2", "--out"]
    assert cli.main(["calibrate", *arguments, str(out)]) == 0
    printed = capsys.readouterr().out
    assert "Stage air" in printed
    assert "Stage ground" in printed
    found = pd.read_csv(out / "parameters.csv", encoding="utf-8-sig").set_index("parameter")
    assert found.loc[SORTIES, "median"] == pytest.approx(TRUTH[SORTIES], abs=4)
    assert found.loc[SORTIES, "width"] < found.loc[SHELLS, "width"], "impacts tell of sorties and nothing of shells"
    fitted = [load_scenario(out / f"both_{name}.yaml").processes.sorties.per_day for name in ("small", "large")]
    assert fitted[0] == fitted[1]
    further = ["--leave-one-out", "--runs", "6", "--generations", "1", "--quiet"]
    assert cli.main(["calibrate", *arguments, str(tmp_path / "one"), *further]) == 0
    table = pd.read_csv(tmp_path / "one" / "scorecards" / "scorecards.csv", encoding="utf-8-sig").set_index("scenario")
    assert table["runs"].to_dict() == {"small": 6, "large": 6}
    assert table["patterns"].to_dict() == {"small": 1, "large": 1}
    page = (tmp_path / "one" / "scorecards" / "large" / "scorecard.html").read_text()
    assert "drawn from a fit to the other cases" in page
    assert "--leave-one-out --runs 6" in page


def test_leaving_out_the_only_case_is_refused(spec_file, tmp_path, capsys):
    wanted = ["calibrate", str(spec_file), "--leave-one-out", "--out", str(tmp_path / "o"), "--quiet"]
    assert cli.main(wanted) == cli.KNOWN_ERROR
    assert "fewer than two cases" in capsys.readouterr().err
    assert not (tmp_path / "o").exists()


@pytest.fixture(scope="module")
def rejected(both):
    """The same two towns, fitted by rejection; the folder of the fit lies beside them."""
    text = (both / "both.yaml").read_text().replace("name: both", "name: rejected\nmethod: rejection\nsamples: 24")
    (both / "rejected.yaml").write_text(text.replace("particles: 10\ngenerations: 2\n", "kept: 0.25\n"))
    assert (
        cli.main(["calibrate", str(both / "rejected.yaml"), "--workers", "1", "--out", str(both / "fit"), "--quiet"])
        == 0
    )
    return both


def test_rejection_keeps_the_sets_that_miss_least_with_the_same_weight(rejected):
    kept = pd.read_csv(rejected / "fit" / "posterior.csv", encoding="utf-8-sig")
    tried = [json.loads(line)["found"]["misfit"] for line in (rejected / "fit" / "sets.jsonl").read_text().splitlines()]
    assert len(tried) == 24
    assert sorted(kept["misfit"]) == pytest.approx(sorted(tried)[:6])
    assert kept["weight"].to_numpy() == pytest.approx(1 / 6, rel=1e-5)
    assert abs(kept[SORTIES].mean() - TRUTH[SORTIES]) < 3
    assert kept["misfit_again"].notna().sum() == 2


def test_a_rejection_that_was_stopped_goes_on_with_the_sets_that_are_missing(rejected, tmp_path):
    out = tmp_path / "again"
    shutil.copytree(rejected / "fit", out)
    lines = (out / "sets.jsonl").read_text().splitlines(keepends=True)
    moved = json.loads(lines[3])
    moved["found"]["misfit"] = 0.0
    (out / "sets.jsonl").write_text("".join([*lines[:3], json.dumps(moved) + "\n", lines[4], lines[5][:20]]))
    assert cli.main(["calibrate", str(rejected / "rejected.yaml"), "--workers", "1", "--out", str(out), "--quiet"]) == 0
    places = [json.loads(line)["set"] for line in (out / "sets.jsonl").read_text().splitlines() if line.endswith("}")]
    assert sorted(places) == list(range(24)), "none is tried twice, and the line that was cut off is tried again"
    kept = pd.read_csv(out / "posterior.csv", encoding="utf-8-sig")
    assert (kept["misfit"] == 0.0).any(), "what was found before is used as it was found"


def test_each_case_is_forecast_by_the_sets_that_miss_the_others_least(rejected, tmp_path):
    out = tmp_path / "one"
    out.mkdir()
    shutil.copytree(rejected / "fit", out / "all")
    wanted = ["calibrate", str(rejected / "rejected.yaml"), "--leave-one-out", "--runs", "3", "--out", str(out)]
    for _ in ("the fits are made", "the fits are there, the scorecards are written anew"):
        assert cli.main([*wanted, "--workers", "1", "--quiet"]) == 0
    found = [json.loads(line)["found"] for line in (out / "all" / "sets.jsonl").read_text().splitlines()]
    for left_out, other in (("small", "large"), ("large", "small")):
        kept = pd.read_csv(out / f"without-{left_out}" / "posterior.csv", encoding="utf-8-sig")
        assert sorted(kept["misfit"]) == pytest.approx(sorted(one[f"misfit.{other}"] for one in found)[:6])
    table = pd.read_csv(out / "scorecards" / "scorecards.csv", encoding="utf-8-sig").set_index("scenario")
    assert table["runs"].to_dict() == {"small": 3, "large": 3}


def test_the_same_fit_draws_parameters_for_runs_of_one_of_its_towns(rejected, tmp_path):
    out = tmp_path / "many"
    wanted = ["run", str(rejected / "small.yaml"), "--runs", "6", "--days", "3", "--uncertain", "--no-plots", "--quiet"]
    assert cli.main([*wanted, "--draws-from", str(rejected / "fit"), "--workers", "1", "--out", str(out)]) == 0
    runs = pd.read_csv(out / "runs.csv", encoding="utf-8-sig")
    kept = pd.read_csv(rejected / "fit" / "posterior.csv", encoding="utf-8-sig")
    assert sorted(runs[SORTIES]) == pytest.approx(sorted(kept[SORTIES])), "six runs, six sets of equal weight"
    assert "leaves of them" in json.loads((out / "manifest.json").read_text())["drawn_from"]


def test_where_runs_draw_from_without_drawing_is_refused(capsys):
    assert cli.main(["run", "toy_town", "--runs", "2", "--draws-from", "sieges"]) == cli.USAGE
    assert cli.main(["run", "toy_town", "--uncertain"]) == cli.USAGE


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ("{processes.eating.share_when_bare*: {low: -5, high: 3}}", r"parameters\..*\.low: .*must be at least 0"),
        ("{processes.eating.share_when_bare: {low: 0.1, high: 7}}", r"parameters\..*\.high: .*share_when"),
        ("{processes.eating.share_when_bear: {low: 1, high: 2}}", r"parameters\..*is no number of this scenario"),
        ("{processes.eating.share_when_bare: {}}\nweights: {none: 1.0}", r"weights\.none: the record has no pattern"),
    ],
)
def test_what_a_fit_would_meet_after_hours_is_refused_before_with_its_line(tmp_path, parameters, said):
    file = tmp_path / "bad.yaml"
    file.write_text(f"name: bad\nscenario: leningrad_1941\ndays: 20\nparameters: {parameters}\n")
    with pytest.raises(ScenarioError, match=rf"bad\.yaml:[45]: {said}"):
        check_file(str(file))
