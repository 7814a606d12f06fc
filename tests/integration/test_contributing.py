"""What CONTRIBUTING.md tells a newcomer to do is done here, with the text's own code."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from siege_sim import SiegeModel, load_scenario, read_run, run
from siege_sim.analysis.run import run_findings
from siege_sim.errors import SiegeError
from siege_sim.reports.run import story
from siege_sim.results.numbers import number

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
MAP_KEY = "map.facilities.water_points=[{quarter: Old Town}]"
SETTINGS = ("processes.disease={falls_ill_per_day: 0.02}", MAP_KEY, "population.persons_per_household=20", "days=40")


def code_of(first_line: str, language: str = "python") -> str:
    blocks = re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)
    return next(block for block in blocks if block.startswith(first_line))


@pytest.fixture
def module_of(tmp_path, monkeypatch):
    """Import a block of the page as a module."""

    def module_of(name: str, first_line: str) -> ModuleType:
        (tmp_path / f"{name}.py").write_text(code_of(first_line), "utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        return importlib.import_module(name)

    return module_of


def test_a_mechanism_works_as_the_page_has_it(toy_town, module_of):
    wells = module_of("wells_of_the_page", "# siege_sim/model/processes/wells.py")
    model = SiegeModel(toy_town.with_process(wells.Wells(relief_per_day=1.0)), 1)
    for _ in range(5):
        model.step()
    assert model.city.layers.danger.max() > 0
    assert model.households.fear_of_strikes.max() == 0.0


@pytest.fixture(scope="module")
def package(tmp_path_factory) -> dict[str, str]:
    """The package of the page, installed in a folder; the environment in which programs find it."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "siege_disease").mkdir()
    (folder / "siege_disease" / "__init__.py").touch()
    for name in ("disease", "figures"):
        (folder / "siege_disease" / f"{name}.py").write_text(code_of(f"# siege_disease/{name}.py"), "utf-8")
    about = tomllib.loads(code_of("# pyproject.toml of the package", "toml"))["project"]
    info = folder / f"{about['name'].replace('-', '_')}-{about['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {about['name']}\nVersion: {about['version']}\n")
    groups = about["entry-points"].items()
    lines = [f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in entries.items()) for group, entries in groups]
    (info / "entry_points.txt").write_text("\n".join(lines))
    path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": path}


def program(package: dict[str, str], *arguments: str, code: int = 0) -> str:
    command = [sys.executable, "-m", "siege_sim.cli", *arguments]
    done = subprocess.run(command, env=package, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr


@pytest.fixture(scope="module")
def ill_town(package, tmp_path_factory) -> Path:
    """The folder of a run with the package's mechanism."""
    out = tmp_path_factory.mktemp("run") / "ill"
    settings = [word for setting in SETTINGS for word in ("--set", setting)]
    program(package, "run", "toy_town", *settings, "--seed", "3", "--quiet", "--out", str(out))
    return out


def test_a_package_of_its_own_is_found(package):
    assert "disease" in program(package, "list", "processes")
    assert "People ill" in program(package, "list", "outcomes")


def test_its_deaths_are_deaths_everywhere(ill_town):
    result = read_run(ill_town)  # every day of it passed the check of the books
    last = result.series.iloc[-1]
    dead = last["died_of_disease"]
    assert dead > 0
    assert "died_of_disease" in result.deaths()
    assert "died_of_disease" not in result.deaths(violent_only=True)
    assert result.summary["excess_deaths"] == last["civilians_killed"] + last["died_of_hunger"] + dead
    assert result.quarters["civilians_killed"].sum() == last["civilians_killed"]
    assert f"{number(dead)} died of disease" in " ".join(story(run_findings(result)))
    everybody = last["civilians_in_pocket"] + sum(last[name] for name in (*result.deaths(), *result.departures()))
    assert everybody == result.series["civilians_in_pocket"].iloc[0]


def test_its_event_place_outcome_and_figure_are_in_the_results(ill_town):
    result = read_run(ill_town)
    assert "first_death_of_disease" in set(result.events["kind"])
    assert "water_point" in {place["kind"] for place in result.manifest["city"]["facilities"]}
    assert result.series["people_ill"].max() > 0
    assert (ill_town / "figures" / "disease.png").is_file()
    page = (ill_town / "report.html").read_text("utf-8")
    assert "People ill in the pocket, by day." in page
    assert "Died of disease" in page


def test_pages_to_hand_out_know_its_deaths_and_places(package, ill_town, tmp_path):
    program(package, "replay", str(ill_town), "--out", str(tmp_path / "ill.html"))
    assert (tmp_path / "ill.html").stat().st_size > 0
    from siege_sim.viewer.charts import charts

    result = read_run(ill_town)
    outcomes = [{"name": name, **about} for name, about in result.manifest["outcomes"].items()]
    (dead,) = (chart for chart in charts(outcomes, result.sides) if chart.name == "dead")
    assert [line.label for line in dead.lines] == ["by violence", "of hunger", "of disease"]


def test_a_comparison_has_its_outcome_where_both_sides_have_it(package, tmp_path):
    child = tmp_path / "clean.yaml"
    settings = [word for setting in SETTINGS[1:] for word in ("--set", setting)]
    child.write_text("extends: toy_town\nname: clean\nprocesses: {disease: {falls_ill_per_day: 0.0}}\n")
    ill = tmp_path / "ill.yaml"
    ill.write_text("extends: toy_town\nname: ill\nprocesses: {disease: {falls_ill_per_day: 0.02}}\n")
    wanted = ("--outcomes", "died_of_disease,excess_deaths", "--runs", "3", *settings)
    program(package, "compare", str(ill), str(child), *wanted, "--out", str(tmp_path / "both"))
    assert "died_of_disease" in (tmp_path / "both" / "effects.csv").read_text("utf-8")
    said = program(package, "compare", str(ill), "toy_town", *wanted, "--out", str(tmp_path / "one"), code=1)
    assert "died_of_disease" in said


def test_a_siege_without_the_mechanism_does_not_have_its_outcome(package, tmp_path):
    program(package, "run", "toy_town", "--days", "2", "--quiet", "--out", str(tmp_path / "healthy"))
    result = read_run(tmp_path / "healthy")
    assert "people_ill" not in result.series
    assert not (tmp_path / "healthy" / "figures" / "disease.png").exists()
    assert "Without 'disease' nobody falls ill, whatever they drink." in result.manifest["notes"]


def test_an_experiment_may_keep_its_outcome_and_is_told_when_no_scenario_has_it(package, tmp_path):
    text = (
        "name: ill\ntitle: t\nbase: toy_town\nsettings: [days=25, population.persons_per_household=50{more}]\n"
        "levers: {{food.home_days: {{values: [5, 10]}}}}\ndesign: {{kind: grid}}\noutcomes: [died_of_disease]\n"
    )
    (tmp_path / "with.yaml").write_text(text.format(more=', "processes.disease={}"'))
    (tmp_path / "without.yaml").write_text(text.format(more=""))
    program(package, "sweep", str(tmp_path / "with.yaml"), "--out", str(tmp_path / "out"), "--workers", "1")
    said = program(package, "sweep", str(tmp_path / "without.yaml"), "--out", str(tmp_path / "no"), code=1)
    assert "no outcome is called 'died_of_disease'" in said


def test_in_a_notebook_it_needs_no_package(module_of):
    disease = module_of("disease_of_the_page", "# siege_disease/disease.py").Disease
    coarse = load_scenario("toy_town", ["population.persons_per_household=20", "days=30"])
    scenario = coarse.with_process(disease(falls_ill_per_day=0.02), places={"water_points": [{"quarter": "Old Town"}]})
    model = SiegeModel(scenario, 3)
    for _ in range(10):
        model.step()
    household = next(home for home in model.agents if getattr(home, "ill", 0) > 0)
    assert household.ill <= household.persons
    assert run(scenario, seed=3).summary["died_of_disease"] > 0
    with pytest.raises(SiegeError, match="no quarter 'Nowhere'"):
        coarse.with_process(disease(), places={"water_points": [{"quarter": "Nowhere"}]})


def test_a_command_works_as_the_page_has_it(ill_town):
    space: dict = {"__name__": "command", "Annotated": Annotated, "Path": Path, "typer": typer}
    exec(compile(code_of("# siege_sim/cli/results.py"), "CONTRIBUTING.md", "exec", dont_inherit=True), space)
    app = typer.Typer()
    app.command()(space["deaths"])
    said = CliRunner().invoke(app, [str(ill_town)])
    assert said.exit_code == 0
    assert "Died of disease: " in said.output
