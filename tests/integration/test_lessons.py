"""Lessons in writing: current, listed, and a page that tells a teacher how. What they say of the model are claims."""

from __future__ import annotations

import re
import shlex
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from siege_sim import load_scenario, run
from siege_sim.cli import main as cli
from siege_sim.dashboard.lessons.check_lesson import checked_lesson
from siege_sim.dashboard.lessons.lesson_file import load_lesson, shipped_lesson_files
from siege_sim.dashboard.lessons.written import written_lesson
from siege_sim.dashboard.server_settings import server_settings

FOLDER = Path(__file__).parents[2] / "docs" / "lessons"
HOW = (FOLDER / "writing_a_lesson.md").read_text("utf-8")
FILES = shipped_lesson_files()


@pytest.mark.parametrize("name", FILES)
def test_the_written_lesson_is_made_from_its_data_as_they_are(name):
    assert (FOLDER / f"{name}.md").read_text("utf-8") == written_lesson(load_lesson(FILES[name])[0], FILES[name]), (
        "run `make docs`"
    )
    assert f"]({name}.md)" in (FOLDER / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", FILES)
def test_the_commands_of_a_lesson_are_of_scenarios_that_can_be_set_so(name):
    for card in load_lesson(FILES[name])[0].cards:
        for line in card.command.splitlines():
            program, command, *rest = shlex.split(line)
            assert program == "siege-sim"
            assert command in ("run", "compare", "score", "replay"), line
            settings = [setting for flag, setting in pairwise(rest) if flag == "--set"]
            scenarios = [word for word in rest if re.fullmatch(r"[a-z0-9_]+", word) and not word.isdigit()]
            assert scenarios or command == "replay", line
            for scenario in scenarios:
                load_scenario(scenario, settings)


def test_the_page_for_teachers_leads_to_a_lesson(tmp_path, monkeypatch, capsys):
    """Its file is saved, its commands run, in the order of the page."""
    monkeypatch.chdir(tmp_path)
    (block,) = re.findall(r"```yaml\n(.*?)```", HOW, re.DOTALL)
    name = re.findall(r"Save this as `([\w.]+)`", HOW)[0]
    Path(name).write_text(block, "utf-8")
    served = []
    for command in [line for part in re.findall(r"```console\n(.*?)```", HOW, re.DOTALL) for line in part.splitlines()]:
        program, what, *arguments = shlex.split(command)
        assert program == "siege-sim"
        if what == "dashboard":
            served.append(server_settings(arguments[0], 1, (), for_a_class=True, lessons=[Path(name)]))
            continue
        assert cli.main([what, *arguments]) == cli.EXIT_OK, command
    assert served[0].lessons == (str(tmp_path / name),)
    assert {"worksheet.html", "key.html"} <= {file.name for file in tmp_path.iterdir()}
    assert checked_lesson(Path(name)).title in capsys.readouterr().out
    sheet = Path("worksheet.html").read_text("utf-8")
    assert cli.main(["lesson", name, "--worksheet", "worksheet.html"]) == cli.KNOWN_ERROR
    assert "is there already" in capsys.readouterr().err
    assert Path("worksheet.html").read_text("utf-8") == sheet
    assert cli.main(["lesson", name, "--key", "nowhere/key.html"]) == cli.KNOWN_ERROR
    assert cli.main(["lesson", "what_a_sige_is"]) == cli.KNOWN_ERROR
    assert "did you mean 'what_a_siege_is'?" in capsys.readouterr().err


def test_the_page_for_teachers_names_every_chart():
    from siege_sim.dashboard.lessons.check_lesson import charts_for

    named = re.search(r"- \*\*Charts\*\*: ((?:`\w+`,? ?)+)", " ".join(HOW.split()))[1]
    assert set(re.findall(r"`(\w+)`", named)) == set(charts_for(load_scenario("toy_town")))


def test_what_a_siege_is():
    """What its claims cannot say: food comes in on the days of a convoy only."""
    for seed in range(1, 4):
        series = run(load_scenario("toy_town"), seed=seed).series
        stores = series["food_stock_kcal"].to_numpy()
        assert np.flatnonzero(np.diff(stores) > 0.0).size <= 2, "food came in on more days than those of a convoy"
