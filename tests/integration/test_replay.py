"""`siege-sim replay`: a run as a page to hand out."""

from __future__ import annotations

import base64
import gzip
import json
import re

import pytest

from siege_sim import load_scenario, run
from siege_sim.cli.main import main

COARSE = "population.persons_per_household=50"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("runs") / "town"
    place.mkdir()
    run(load_scenario("toy_town", [COARSE]), 3, days=20).write(place)
    return place


def runs_in(page):
    text = page.read_text("utf-8")
    packed = re.search(r'<script id="run-data" type="text/plain">([^<]+)</script>', text).group(1)
    return json.loads(gzip.decompress(base64.b64decode(packed)))


def test_a_run_is_repeated_with_a_frame_for_every_day(folder, tmp_path, capsys):
    page = tmp_path / "replay.html"
    assert main(["replay", str(folder), "--out", str(page)]) == 0
    assert capsys.readouterr().out == f"{page}: written; open it in a browser\n"
    (recorded,) = runs_in(page)
    assert [frame["day"] for frame in recorded["frames"]] == list(range(21))
    assert all("units" in frame and "holder" in frame for frame in recorded["frames"])
    assert recorded["head"]["seed"] == 3


def test_the_page_asks_no_other_machine_for_anything(folder, tmp_path):
    page = tmp_path / "replay.html"
    main(["replay", str(folder), "--out", str(page), "--quiet"])
    text = page.read_text("utf-8")
    assert not re.findall(r"https?://|src=|href=|@import|url\(", text)
    assert "default-src 'none'" in text


def test_a_run_that_comes_out_differently_with_this_version_is_shown_as_it_was_stored(folder, tmp_path, capsys):
    other = tmp_path / "other"
    run(load_scenario("toy_town", [COARSE, "processes.sorties.per_day=9"]), 3, days=20).write(_made(other))
    (other / "manifest.json").write_text((folder / "manifest.json").read_text("utf-8"), "utf-8")
    assert main(["replay", str(other), "--out", str(tmp_path / "replay.html")]) == 0
    assert "gives other numbers" in capsys.readouterr().out
    (recorded,) = runs_in(tmp_path / "replay.html")
    assert [frame["day"] for frame in recorded["frames"] if "holder" in frame] == [0, 7, 14, 20]


def _made(folder):
    folder.mkdir()
    return folder


def test_a_title_cannot_break_out_of_the_page(tmp_path):
    sly = "</script><script>alert(1)</script><img src=x>"
    scenario = load_scenario("toy_town", [COARSE, f"title='{sly}'"])
    run(scenario, 1, days=2).write(_made(tmp_path / "sly"))
    main(["replay", str(tmp_path / "sly"), "--out", str(tmp_path / "replay.html"), "--quiet"])
    assert sly not in (tmp_path / "replay.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["{folder}", "--out", "{there}"], "is there already; choose another --out, or replace it with --force"),
        (["{nothing}"], "not a complete run"),
        (["{folder}", "--out", "{nothing}/a.html"], "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_line(arguments, says, folder, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    there = tmp_path / "there.html"
    there.write_text("mine", "utf-8")
    words = [word.format(folder=folder, there=there, nothing=tmp_path / "nothing") for word in arguments]
    assert main(["replay", *words]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert says in error
    assert there.read_text("utf-8") == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["there.html"]


def test_runs_of_two_cities_do_not_fit_side_by_side(folder, tmp_path, capsys):
    wide = _made(tmp_path / "wide")
    run(load_scenario("toy_town", [COARSE, "map.side=12"]), 1, days=2).write(wide)
    assert main(["replay", str(folder), str(wide), "--out", str(tmp_path / "two.html")]) == 1
    assert "not of the same city" in capsys.readouterr().err
