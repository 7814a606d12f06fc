"""Who does not see the page, or uses no mouse, can follow a siege too.

With the script of axe-core in `SIEGE_SIM_AXE`, every view is also held against its rules.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from siege_sim import load_scenario, run
from siege_sim.viewer.replay import write_replay
from tests.browser.test_dashboard import DAY, branch_at, play_to

pytestmark = pytest.mark.slow

AXE = os.environ.get("SIEGE_SIM_AXE", "")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

UNNAMED = """() => Array.from(document.querySelectorAll(
    'button, a[href], select, input, summary, canvas:not([aria-hidden]), [role=button]'))
  .filter((one) => one.getBoundingClientRect().width > 0)
  .filter((one) => !(one.getAttribute('aria-label') || one.innerText || one.title || (one.labels && one.labels.length)))
  .map((one) => one.outerHTML.slice(0, 200))"""

NESTED = "document.querySelectorAll('[role=button] input, button button, a button, [role=button] button').length"


def problems(page):
    """Return what axe finds against the rules, one line each; nothing without axe."""
    if not AXE:
        return []
    page.evaluate(Path(AXE).read_text("utf-8"))
    found = page.evaluate("(tags) => axe.run({ runOnly: { type: 'tag', values: tags } })", RULES)["violations"]
    return [f"{one['id']}: {node['html'][:300]}" for one in found for node in one["nodes"]]


def sound(page, views):
    """Assert what holds for every view of a page."""
    wrong = {}
    for name, show in views.items():
        show(page)
        page.wait_for_timeout(700)
        found = [*page.evaluate(UNNAMED), *problems(page), *(["nested controls"] * page.evaluate(NESTED))]
        if found:
            wrong[name] = found
    assert wrong == {}
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.locator("h1").count() == 1
    zoom = page.locator("meta[name=viewport]").get_attribute("content")
    assert "user-scalable" not in zoom
    assert "maximum-scale" not in zoom


def read_lesson(page):
    page.get_by_role("button", name="1. What a siege is").click()
    page.get_by_role("region", name="Lesson").wait_for()


VIEWS = {
    "first": lambda page: None,
    "played": lambda page: play_to(page, 12),
    "two runs": lambda page: branch_at(page, 4),
    "difference": lambda page: page.get_by_role("button", name="Difference").click(),
    "dark": lambda page: page.get_by_role("button", name="Dark").click(),
    "forms": lambda page: [page.get_by_text(text).click() for text in ("Add or end", "Change how it begins")],
    "lesson": read_lesson,
    "large": lambda page: page.get_by_role("button", name="Large").click(),
    "keys": lambda page: page.get_by_role("button", name="Keys").click(),
}


def test_every_view_has_names_headings_and_a_language_and_can_be_zoomed(open_page, address):
    sound(open_page(address), VIEWS)


def test_a_page_that_is_handed_out_has_them_too(open_page, tmp_path):
    folder = tmp_path / "calm"
    folder.mkdir()
    run(load_scenario("toy_town", ["population.persons_per_household=50"]), 1, days=12).write(folder)
    write_replay([folder], tmp_path / "replay.html")
    sound(open_page(f"file://{tmp_path / 'replay.html'}#day=9", offline=True), {"replay": lambda page: None})


def test_play_is_reached_at_once_from_the_keyboard_and_focus_is_seen(open_page, address):
    page = open_page(address)
    page.keyboard.press("Tab")
    skip = page.get_by_text("To the siege")
    assert skip.bounding_box()["y"] >= 0, "seen once it has the focus"
    page.keyboard.press("Enter")
    assert "Play" in page.evaluate("document.activeElement.innerText")
    page.keyboard.press("Enter")
    page.wait_for_function(f"{DAY} >= 2")
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        on_page = page.evaluate("document.activeElement !== document.body")  # else it is in the browser's own bars
        assert not on_page or outline != "none", page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


SPOKEN = """() => {
  window.spoken = [];
  for (const region of document.querySelectorAll('.siege [aria-live], .siege [role=status], .siege output')) {
    const heard = new MutationObserver(() => window.spoken.push(region.textContent));
    heard.observe(region, { childList: true, subtree: true });
  }
}"""


def test_what_is_read_aloud_is_the_sentence_of_a_day_on_which_one_rests(open_page, address):
    page = open_page(address)
    play_to(page, 3)
    page.wait_for_timeout(500)
    page.evaluate(SPOKEN)
    play_to(page, 12)
    page.wait_for_timeout(500)
    page.locator("canvas.map").hover(position={"x": 200, "y": 200})
    page.wait_for_timeout(300)
    assert page.evaluate("window.spoken") == [page.locator(".summary").inner_text()]


def test_lines_of_one_chart_differ_by_mark_and_name_and_not_by_colour_alone(open_page, address, picture):
    page = open_page(address)
    play_to(page, 25)
    picture(page, "lines")
    marks = page.evaluate("siegeViewer.charts.map((chart) => chart.values(0).map((row) => row.mark))")
    assert any(len(row) > 1 for row in marks)
    for row in marks:
        assert len(set(row)) == len(row)
    several = [row for row in marks if len(row) > 1]
    assert all(mark for row in several for mark in row)
    written = page.evaluate(
        """() => {
          const chart = siegeViewer.charts.find((one) => one.chart.name === 'fates'), texts = [];
          const fill = CanvasRenderingContext2D.prototype.fillText;
          CanvasRenderingContext2D.prototype.fillText = function (text, x, y) { texts.push([text, x, y]); };
          siegeViewer.redraw();
          CanvasRenderingContext2D.prototype.fillText = fill;
          const labels = chart.chart.lines.map((line) => line.label);
          return labels.map((label) => texts.filter((one) => one[0] === label).length);
        }"""
    )
    assert written == [1, 1, 1, 1]
