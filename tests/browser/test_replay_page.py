"""The page that is handed out: it plays without a server and without a network."""

from __future__ import annotations

import pytest

from siege_sim import load_scenario, run
from siege_sim.errors import SiegeError
from siege_sim.viewer.notebook import watch
from siege_sim.viewer.replay import write_replay

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def two_runs(tmp_path_factory):
    folders = []
    for name, settings in (("calm", []), ("fierce", ["title=Fierce", "processes.sorties.per_day=30"])):
        folder = tmp_path_factory.mktemp("runs") / name
        folder.mkdir()
        run(load_scenario("toy_town", ["population.persons_per_household=50", *settings]), 1, days=25).write(folder)
        folders.append(folder)
    return folders


@pytest.fixture
def opened(tmp_path, open_page):
    def open_replay(folders, place="", **options):
        write_replay(folders, tmp_path / "replay.html", **options)
        return open_page(f"file://{tmp_path / 'replay.html'}{place}", offline=True)

    return open_replay


def test_a_run_can_be_played_and_scrubbed(opened, two_runs, picture):
    page = opened(two_runs[:1], "#day=10")
    assert page.locator(".when").inner_text().startswith("day 10 ")
    page.keyboard.press("Space")
    page.locator(".when", has_text="day 25 ").wait_for()
    page.get_by_role("button", name="▶ Play").wait_for()
    page.keyboard.press("Home")
    assert page.locator(".when").inner_text().startswith("day 0 ")
    picture(page, "replay")


def test_two_runs_stand_side_by_side(opened, two_runs):
    page = opened(two_runs, "#day=20&difference")
    assert page.get_by_text("only in A").is_visible()


def test_what_was_stored_can_be_shown_without_repeating_the_run(opened, two_runs):
    page = opened(two_runs[:1], "#day=10", stored_only=True)
    assert "The map is that of day 7." in page.locator(".summary").inner_text()


def test_a_notebook_shows_two_runs_in_a_frame_of_their_own(open_page, tmp_path):
    scenario = load_scenario("toy_town", ["population.persons_per_household=50"])
    fierce = load_scenario("toy_town", ["population.persons_per_household=50", "processes.sorties.per_day=30"])
    screen = watch(scenario, fierce, days=12, day=9, layer="rubble", difference=True, names=["calm", "fierce"])
    (tmp_path / "notebook.html").write_text(f"<!DOCTYPE html><body>{screen._repr_html_()}</body>", "utf-8")
    page = open_page(f"file://{tmp_path / 'notebook.html'}", within="iframe", offline=True)
    frame = page.frame_locator("iframe")
    assert frame.locator(".when").inner_text().startswith("day 9 ")
    assert frame.get_by_text("Difference; A: calm, B: fierce").is_visible()
    frame.get_by_role("button", name="A day on").click()
    assert frame.locator(".when").inner_text().startswith("day 10 ")


def test_a_notebook_shows_one_or_two_runs():
    with pytest.raises(SiegeError, match="one run or two"):
        watch()
    with pytest.raises(SiegeError, match="not of the same city"):
        watch(load_scenario("toy_town"), load_scenario("toy_town", ["map.side=12"]), days=1)
