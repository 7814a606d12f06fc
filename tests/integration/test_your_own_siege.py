"""docs/your_own_siege.md, acted out: its files are saved, its commands run, in the order of the page."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from siege_sim.cli import main as cli
from siege_sim.loading.scenario import load_scenario

PAGE = Path(__file__).parents[2] / "docs" / "your_own_siege.md"
TEXT = PAGE.read_text("utf-8")
WAYS = ("Draw the town as letters", "Take it from geodata", "Write it by hand")
SHORTER = ["--days", "3", "--no-plots", "--set", "population.persons_per_household=50"]
"""Runs of the test are shorter and coarser than the reader's."""


def part_of(heading: str) -> str:
    return TEXT.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def act_out(part: str, folder: Path) -> list[Path]:
    """Save the files of a part and run its commands; return the scenarios that were run."""
    run = []
    for named, language, block in re.findall(r"(?:Save this as `([\w.]+)`:\s+)?```(\w+)\n(.*?)```", part, re.DOTALL):
        if named:
            (folder / named).write_text(block, "utf-8")
        if language != "console":
            continue
        for command in block.splitlines():
            program, *arguments = shlex.split(command)
            if program == "python":
                subprocess.run([sys.executable, *arguments], check=True, cwd=folder)
                continue
            assert program == "siege-sim"
            if arguments[0] == "run":
                run.append(folder / arguments[1])
                arguments += SHORTER
            assert cli.main(arguments) == cli.EXIT_OK, command
    return run


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("way", WAYS)
def test_each_way_ends_in_a_scenario_that_runs(way, folder):
    scenarios = act_out(part_of(way), folder)
    assert scenarios
    assert len(list((folder / "results").iterdir())) == len(scenarios)
    for scenario in scenarios:
        assert {"garrison", "besieger"} <= {quarter.holder for quarter in load_scenario(scenario).city_map.quarters}


def test_the_town_of_letters_is_the_one_that_the_page_speaks_of(folder):
    act_out(part_of(WAYS[0]), folder)
    scenario = load_scenario(folder / "riverton_siege.yaml")
    quarters = scenario.city_map.quarters
    assert sum(quarter.holder == "garrison" and quarter.ground != "bridge" for quarter in quarters) == 12
    assert (scenario.sides.garrison.label, scenario.sides.besieger.label) == ("river guilds", "northern league")
    assert (folder / "riverton.png").stat().st_size > 10_000


def test_events_become_fire_and_a_record(folder):
    act_out(part_of(WAYS[0]), folder)
    act_out(part_of("Events, as fire or as a record"), folder)
    assert (folder / "strikes.csv").read_text().startswith("date,air_strikes,shells\n2020-09-03,3,0\n")
    assert (folder / "strikes.yaml").exists()


def test_the_page_takes_ten_minutes():
    words = len(re.findall(r"\w+", re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL)))
    assert words < 1500
