"""What changes the set of runs on the page: each button, in both orders, and what is shown afterwards."""

from __future__ import annotations

import json
from itertools import count

import pytest

from tests.browser.test_dashboard import CHOSEN, DAY, RESTS, branch_at, play_to, send_file

pytestmark = pytest.mark.slow

OTHER_VALUES = count(20)
"""What no branch has had yet: a field that keeps its value changes nothing."""

KILLED = "siegeViewer.runs.map((run) => run.value(Math.min(siegeViewer.day, run.last), ['civilians_killed']))"
SHOWN = "siegeViewer.runs.map((run) => run.id)"


def put_beside(page):
    page.get_by_role("button", name="Put beside").click()
    page.wait_for_function("siegeViewer.runs.length === 2")


def branch(page):
    branch_at(page, 4, str(next(OTHER_VALUES)))


def keep(page, letter):
    page.get_by_role("button", name=f"Keep {letter} alone").click()
    page.wait_for_function("siegeViewer.runs.length === 1")


def holds_together(page):
    """Assert that map, charts, sentence and clock are all of the runs that the page shows, and that it plays on."""
    page.wait_for_function(RESTS)
    page.evaluate("siegeViewer.goTo(siegeViewer.end())")
    shown = page.evaluate("siegeViewer.maps.map((map) => map.run.id)")
    assert shown == page.evaluate(SHOWN)
    assert page.evaluate(
        """() => {
          const charts = siegeViewer.charts.filter((chart) => !chart.box.hidden);  // a lesson shows those of its step
          return charts.length > 0 && charts.every((chart) => chart.runs === siegeViewer.runs);
        }"""
    )
    sentence = page.locator(".summary").inner_text()
    killed = page.evaluate(KILLED)
    assert sentence.count("have been killed") == len(killed)
    assert all(f"{round(number):,} have been killed" in sentence for number in killed)
    day = page.evaluate(DAY)
    page.get_by_role("button", name="▶ Play").click()
    page.wait_for_function(f"{DAY} > {day}")
    page.get_by_role("button", name="Pause").click()
    page.wait_for_function(RESTS)


@pytest.mark.parametrize(("first", "second"), [(branch, branch), (branch, put_beside), (put_beside, branch)])
@pytest.mark.parametrize("letter", ["A", "B"])
def test_whichever_run_is_kept_is_what_the_page_shows_and_plays(open_page, address, first, second, letter):
    page = open_page(address)
    play_to(page, 8)
    first(page)
    ids = page.evaluate(SHOWN)
    kept = ids["AB".index(letter)]
    page.evaluate("siegeViewer.goTo(8)")
    killed = page.evaluate(f"siegeViewer.runs[{'AB'.index(letter)}].value(8, ['civilians_killed'])")
    keep(page, letter)
    assert page.evaluate(SHOWN) == [kept]
    assert page.evaluate("siegeViewer.runs[0].value(8, ['civilians_killed'])") == killed
    holds_together(page)
    second(page)
    holds_together(page)
    other = "BA"["AB".index(letter)]
    keep(page, other)
    holds_together(page)


def open_lesson(page):
    page.get_by_role("button", name="1. What a siege is").click()
    page.get_by_role("region", name="Lesson").wait_for()


def upload(page):
    send_file(page, "mine.yaml", "extends: toy_town\nname: mine\ntitle: Mine\npopulation: {persons_per_household: 50}")


def open_again(page):
    page.get_by_role("button", name="Open", exact=True).click()


OPENS = {"lesson": open_lesson, "file": upload, "open": open_again}


@pytest.mark.parametrize("opens", OPENS.values(), ids=OPENS)
def test_whatever_opens_a_siege_pauses_and_keeps_the_former_runs(open_page, address, opens, picture):
    page = open_page(address)
    play_to(page, 8)
    branch(page)
    page.evaluate("siegeViewer.goTo(siegeViewer.end())")
    ids, day = page.evaluate(SHOWN), page.evaluate(DAY)
    killed = page.evaluate(KILLED)
    page.get_by_role("button", name="▶ Play").click()
    page.wait_for_function(f"{DAY} > {day}")
    opens(page)
    page.wait_for_function(f"!siegeViewer.runs.some((run) => {ids}.includes(run.id))")
    page.wait_for_timeout(1000)
    assert page.evaluate(f"[siegeViewer.playing, {DAY}]") == [False, 0]
    page.get_by_text("Shown before (").click()
    former = page.get_by_role("button", name="with changed from day 5").first
    picture(page, "former")
    former.click()
    page.wait_for_function(f"JSON.stringify({SHOWN}) === '{json.dumps(ids).replace(' ', '')}'")
    assert page.evaluate(DAY) >= day
    page.evaluate(f"siegeViewer.goTo({day})")
    assert page.evaluate(KILLED) == killed
    holds_together(page)


CHANGES = {
    "branch": branch,
    "put beside": put_beside,
    "keep": lambda page: keep(page, "B"),
    "open": open_again,
    "file": upload,
    "lesson": open_lesson,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_button_that_changes_the_runs_can_be_undone(open_page, address, change):
    page = open_page(address)
    undo = page.get_by_role("button", name="Undo")
    undo.wait_for()
    assert undo.is_disabled()
    play_to(page, 8)
    branch(page)
    before = page.evaluate(SHOWN)
    change(page)
    page.wait_for_function(f"JSON.stringify({SHOWN}) !== '{json.dumps(before).replace(' ', '')}'")
    for ids in (before, before[:1]):
        undo.click()
        page.wait_for_function(f"JSON.stringify({SHOWN}) === '{json.dumps(ids).replace(' ', '')}'")
        holds_together(page)
    page.wait_for_function("document.querySelector('.siege-controls').innerText.includes('Undo')")
    assert undo.is_disabled()


def test_the_box_names_the_scenario_that_is_shown_and_opens_what_it_names(open_page, address):
    page = open_page(address)
    named = "{}.startsWith('{}')".format
    page.wait_for_function(named(CHOSEN, "A small besieged town"))
    upload(page)
    page.wait_for_function(named(CHOSEN, "Mine (a file)"))
    first = page.evaluate(SHOWN)
    open_again(page)
    page.wait_for_function(f"siegeViewer.runs[0].id !== {first[0]}")
    assert page.evaluate("siegeViewer.runs[0].head.scenario") == "mine"
    page.get_by_label("Scenario", exact=True).select_option("A small besieged town")
    page.wait_for_timeout(500)
    open_again(page)
    page.wait_for_function("siegeViewer.runs[0].head.scenario === 'toy_town'")
    page.get_by_role("button", name="Undo").click()
    page.wait_for_function("siegeViewer.runs[0].head.scenario === 'mine'")
    page.wait_for_function(named(CHOSEN, "Mine (a file)"))
