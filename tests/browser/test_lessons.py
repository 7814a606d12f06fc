"""A lesson in the page: cards, a guess that is locked, a button that does the step, a debrief with the guess."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import READY, served
from tests.browser.test_dashboard import DAY, play_to

pytestmark = pytest.mark.slow

LESSON = """# yaml
name: quick
title: A quick one
question: Does it work?
minutes: 5
scenario: toy_town
settings: [population.persons_per_household=50]
words: {sortie: one flight of one aircraft}
cards:
  - title: Six days
    text: The first week.
    guess: {ask: How many are killed on day 6?, kind: number, outcome: civilians_killed}
    do: {go_to: 6}
    charts: [dead, area]
    look: Look at the dead.
    debrief: That was week one.
    command: siege-sim run toy_town
  - title: More aircraft
    text: Twice as many.
    guess: {ask: When is a tenth of the ground lost?, kind: day, outcome: garrison_area_share, below: 0.9}
    do: {open: toy_town, pull: [{key: processes.sorties.per_day, value: 30, from_day: 3}], go_to: 8, layer: danger}
    charts: [area]
    debrief: B has more.
  - {title: The end, text: Thank you.}
"""


@pytest.fixture(scope="module")
def with_lesson(tmp_path_factory, _can_be_tested):
    """A class whose teacher has a lesson of their own: the first of the list."""
    file = tmp_path_factory.mktemp("lessons") / "quick.yaml"
    file.write_text(LESSON, "utf-8")
    coarse = "population.persons_per_household=50"
    with served("toy_town", "--set", coarse, "--class", "--sessions", "9", "--lesson", str(file)) as address:
        yield address


def taken(page):
    page.get_by_role("button", name="1. A quick one").click()
    card = page.get_by_role("region", name="Lesson")
    card.wait_for()
    return card


def shown_charts(page):
    return page.evaluate("siegeViewer.charts.filter((one) => !one.box.hidden).map((one) => one.chart.name)")


def locked(card, guess):
    card.get_by_role("textbox").fill(guess)
    card.get_by_role("button", name="Lock my guess").click()


def test_a_lesson_leads_from_question_to_debrief_and_keeps_former_runs(open_page, with_lesson, picture):
    page = open_page(with_lesson)
    play_to(page, 3)
    before_lesson = page.evaluate("siegeViewer.end()")
    card = taken(page)
    page.wait_for_function(f"{DAY} === 0 && siegeViewer.card.charts.length === 2")
    assert shown_charts(page) == ["area", "dead"]
    assert "siege-sim" not in card.inner_text()
    for hidden in ("That was week one", "Look at the dead"):
        assert hidden not in card.inner_text()
    assert card.get_by_role("button", name="Do it").count() == 0, "guess before you see"
    card.get_by_role("button", name="Lock my guess").click()
    card.get_by_role("alert").filter(has_text="Write your guess first").wait_for()
    locked(card, "lots")
    card.get_by_role("alert").filter(has_text="'lots' is not a number").wait_for()
    locked(card, "1,000")
    card.get_by_text("(locked)").wait_for()
    card.get_by_role("button", name="Do it").click()
    card.get_by_text("That was week one.").wait_for()
    assert page.evaluate(f"[{DAY}, siegeViewer.playing]") == [6, False]
    killed = page.evaluate("siegeViewer.runs[0].value(6, ['civilians_killed'])")
    said = page.locator(".siege .guess:visible").inner_text()
    assert said == f"Your guess: 1,000 persons on day 6. In this run: {killed:,.0f} persons."
    picture(page, "lesson_debrief")

    card.get_by_role("button", name="Next card").click()
    card.get_by_role("heading", name="More aircraft").wait_for()
    locked(card, "40")
    card.get_by_role("button", name="Do it").click()
    card.get_by_text("B has more.").wait_for()
    assert page.evaluate(f"[siegeViewer.runs.length, {DAY}, siegeViewer.layer]") == [2, 8, "danger"]
    assert shown_charts(page) == ["area"]
    before = page.evaluate("siegeViewer.runs.map((run) => run.id)")
    card.get_by_role("button", name="Back").click()
    card.get_by_role("heading", name="Six days").wait_for()
    assert "1,000" in card.inner_text(), "what was locked stays"
    assert card.get_by_role("textbox").count() == 0
    assert page.evaluate("siegeViewer.runs.map((run) => run.id)") == before

    page.reload()
    page.wait_for_function("window.siegeViewer && siegeViewer.runs.length === 2")
    card = page.get_by_role("region", name="Lesson")
    card.get_by_role("heading", name="Six days").wait_for()
    assert "1,000" in card.inner_text()
    for title in ("More aircraft", "The end"):
        card.get_by_role("button", name="Next card").click()
        card.get_by_role("heading", name=title).wait_for()
    card.get_by_role("button", name="Finish the lesson").click()
    card.wait_for(state="detached")
    page.wait_for_function("siegeViewer.charts.every((chart) => !chart.box.hidden)")
    assert page.evaluate("siegeViewer.runs.map((run) => run.id)") == before
    if not page.get_by_text("Shown before (").is_visible():
        page.locator(".v-app-bar button").first.click()
    page.get_by_text("Shown before (").click()
    days = f"{before_lesson}|{before_lesson + 1}"  # a day that was requested when it was paused still comes
    page.get_by_role("button", name=re.compile(f"to day ({days})$")).first.wait_for()
    page.context.close()


def test_a_step_can_be_paused_and_gone_on_with_and_another_card_cancels_it(open_page, with_lesson):
    page = open_page(with_lesson)
    card = taken(page)
    locked(card, "5")
    ask = "siegeViewer.live.requestDay"
    page.evaluate(f"window.ask = {ask}; {ask} = (day) => {{ if (day < 3) window.ask(day); else window.waits = day; }}")
    card.get_by_role("button", name="Do it").click()
    page.wait_for_function("window.waits === 3")
    page.get_by_role("button", name="Pause").click()
    assert "That was week one" not in card.inner_text()
    page.evaluate(f"{ask} = window.ask")
    for _ in range(4):
        day = page.evaluate(DAY)
        page.get_by_role("button", name="A day on").click()
        page.wait_for_function(f"{DAY} === {day + 1}")
    card.get_by_text("That was week one.").wait_for()
    page.context.close()


def test_a_lesson_is_read_on_a_phone(open_page, with_lesson, picture):
    page = open_page(with_lesson, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.locator(".v-app-bar__nav-icon, .v-app-bar button").first.tap()
    page.get_by_role("button", name="1. A quick one").tap()
    card = page.get_by_role("region", name="Lesson")
    card.wait_for()
    page.locator(".v-overlay--active").wait_for(state="detached")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    card.get_by_role("textbox").fill("7")
    card.get_by_role("button", name="Lock my guess").tap()
    card.get_by_role("button", name="Do it").tap()
    card.get_by_text("That was week one.").wait_for(timeout=READY)
    picture(page, "phone_lesson", full_page=True)
    page.context.close()
