"""The page on paper: nothing is cut off, and what is for the screen alone is left out."""

from __future__ import annotations

import re

import pytest

from siege_sim import load_scenario, run
from siege_sim.viewer.replay import write_replay
from tests.browser.test_dashboard import branch_at, play_to

pytestmark = pytest.mark.slow

SHEET = {"width": 718, "height": 1047}
"""A4 in CSS pixels, within margins of 1 cm."""

CUT = """() => Array.from(document.querySelectorAll(
    '.siege canvas, .siege p, .siege .entry, .siege .figure, .siege li'))
  .filter((one) => one.getBoundingClientRect().width > 0)
  .filter((one) => one.getBoundingClientRect().right > window.innerWidth + 1 || one.getBoundingClientRect().left < 0)
  .map((one) => one.className + ' ' + one.tagName)"""

CONTROLS = ".siege button, .siege select, .siege .scrub, .siege-controls, .v-app-bar"


def printed(page, picture, name):
    """Return how many sheets a page takes; nothing of it may be cut off."""
    sheets = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4", print_background=True)))
    page.set_viewport_size(SHEET)
    page.emulate_media(media="print")
    assert page.evaluate(CUT) == []
    assert not any(control.is_visible() for control in page.locator(CONTROLS).all())
    assert page.locator(".when").is_visible()
    picture(page, name, full_page=True)
    high = page.evaluate("document.documentElement.scrollHeight")
    assert high > page.evaluate("document.querySelector('.siege').getBoundingClientRect().height") - 5
    assert sheets >= high / SHEET["height"] * 0.8
    return sheets


@pytest.mark.parametrize("runs", [1, 2])
def test_the_dashboard_prints_on_as_many_sheets_as_it_takes(open_page, address, picture, runs):
    page = open_page(address)
    play_to(page, 12)
    if runs == 2:
        branch_at(page, 4)
    else:
        page.get_by_role("button", name="Dark").click()
        page.get_by_role("button", name="1. What a siege is").click()
        page.get_by_role("region", name="Lesson").wait_for()
    assert printed(page, picture, f"print_{runs}") >= 2


def test_a_page_that_is_handed_out_prints_whole(open_page, tmp_path, picture):
    folders = []
    for name, sorties in (("calm", 4), ("fierce", 30)):
        folders.append(tmp_path / name)
        folders[-1].mkdir()
        settings = ["population.persons_per_household=50", f"processes.sorties.per_day={sorties}", f"title={name}"]
        run(load_scenario("toy_town", settings), 1, days=25).write(folders[-1])
    for number in (1, 2):
        write_replay(folders[:number], tmp_path / f"{number}.html")
        page = open_page(f"file://{tmp_path / f'{number}.html'}#day=20", offline=True)
        assert printed(page, picture, f"print_replay_{number}") >= 2


def test_what_is_dark_on_the_screen_is_light_on_paper(open_page, address):
    page = open_page(address)
    page.get_by_role("button", name="Dark").click()
    page.wait_for_selector(".siege.dark")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".siege.dark").count() == 0
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator(".siege.dark").count() == 1
