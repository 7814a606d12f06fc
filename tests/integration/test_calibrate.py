"""Calibration: priors from the parameters themselves, misses from the record, a fit that goes on."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest

from siege_sim import load_scenario
from siege_sim.cli import main as cli
from siege_sim.errors import ScenarioError, SiegeError
from siege_sim.runner.calibrate import (
    CalibrationSpec,
    Prior,
    Range,
    load_spec,
    miss,
    priors_of,
    shipped_calibrations,
    with_values,
)
from siege_sim.runner.fit import fitted_values, fitted_yaml, summarised
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
    area, repair = priors_of(load_spec(spec_file, {}), load_scenario("aleppo_2016"))
    assert (area.low, area.high, area.whole, area.unit) == (400.0, 1000.0, False, "m2")
    assert (repair.low, repair.high, repair.whole) == (4.0, 9.0, True)
    assert (area.value(0.0), area.value(1.0)) == (250.0, 700.0)
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
    spec = CalibrationSpec(name="x", scenario="toy_town", days=5, parameters={key: Range()})
    with pytest.raises(SiegeError, match=said):
        priors_of(spec, load_scenario("toy_town"))


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
    assert fitted_values(table, priors) == {"a.narrow": 0.2}


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_a_fit_goes_on_where_it_stopped_and_gives_a_scenario_that_loads(spec_file, tmp_path, capsys):
    pytest.importorskip("pyabc")
    folder = tmp_path / "fit"
    assert cli.main(["calibrate", str(spec_file), "--out", str(folder), "--workers", "2", "--quiet"]) == 0
    first = pd.read_csv(folder / "posterior.csv")
    assert first["weight"].sum() == pytest.approx(1.0)
    again = first["misfit_again"].dropna()
    assert len(again) == 2
    assert set(again.index) == set(first["misfit"].nsmallest(2).index)
    fitted = load_scenario(folder / "small.yaml").processes.strike_effects.affected_area_m2
    assert fitted == pytest.approx(first.loc[again.idxmin(), AREA], rel=1e-3)
    assert cli.main(["calibrate", str(spec_file), "--out", str(folder), "--workers", "2", "--quiet"]) == 0
    pd.testing.assert_frame_equal(pd.read_csv(folder / "posterior.csv"), first)
    again = ["calibrate", str(spec_file), "--out", str(folder), "--workers", "2", "--generations", "2"]
    assert cli.main(again) == 0
    assert "Misfit of the last generation" in capsys.readouterr().out
    assert pd.read_csv(folder / "posterior.csv")["misfit"].max() <= first["misfit"].max()
    fitted = load_scenario(folder / "small.yaml")
    assert 400 <= fitted.processes.strike_effects.affected_area_m2 <= 1000
    assert json.loads((folder / "calibration.json").read_text())["spec"]["particles"] == 4
    spec_file.write_text(SPEC.replace("days: 6", "days: 7"))
    assert cli.main(["calibrate", str(spec_file), "--out", str(folder)]) == 1
    assert "holds a calibration of something else" in capsys.readouterr().err


def test_the_fitted_file_extends_the_scenario():
    spec = CalibrationSpec(name="fitted", scenario="aleppo_2016", days=5, parameters={AREA: Range()})
    assert "extends: aleppo_2016\nname: fitted\n" in fitted_yaml(spec, {AREA: 333.33333, REPAIR: 5})


def test_a_factor_on_a_series_is_fitted_and_written_out_whole():
    key = "processes.sorties.per_day"
    settings = ("population.persons_per_household=50", f"{key}={{2016-09-22: 40, 2016-10-18: 80}}")
    scenario = load_scenario("aleppo_2016", settings)
    fields = {"name": "s", "scenario": "aleppo_2016", "settings": settings, "days": 5}
    spec = CalibrationSpec(**fields, parameters={f"{key}*": Range(low=0.5, high=2.0)})
    (prior,) = priors_of(spec, scenario)
    assert (prior.low, prior.high, prior.unit) == (0.5, 2.0, "times the scenario's value")
    text = fitted_yaml(spec, {f"{key}*": 0.5})
    assert "'2016-09-22': 20.0" in text
    assert "'2016-10-18': 40.0" in text
    with pytest.raises(SiegeError, match="is a series by date in this scenario; fit a factor on all of its values"):
        priors_of(CalibrationSpec(**fields, parameters={key: Range(low=1.0, high=2.0)}), scenario)
    with pytest.raises(SiegeError, match="needs low and high"):
        priors_of(CalibrationSpec(**fields, parameters={f"{key}*": Range()}), scenario)
