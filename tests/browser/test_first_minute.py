"""The first minute: what this is, two buttons, a story that waits at each event, and the levers that matter first."""

from __future__ import annotations

import pytest

from tests.browser.conftest import COARSE, served
from tests.browser.test_dashboard import DAY, fill, play_to
from tests.browser.test_layout import PHONE, no_sideways

pytestmark = pytest.mark.slow

STORY = "!siegeViewer.parts.story.hidden && !siegeViewer.playing"


def test_who_comes_first_is_told_what_this_is_and_watches(open_page, address, picture):
    page = open_page(address)
    welcome = page.get_by_role("region", name="Welcome")
    text = welcome.inner_text()
    assert "A small besieged town" in text
    assert "In a siege, an armed force surrounds a place" in text
    assert "It begins on 1 September 2020 and is played for 90 days at most." in text
    picture(page, "welcome")
    welcome.get_by_role("button", name="Watch the siege").click()
    page.wait_for_function(f"{DAY} >= 2")
    page.get_by_role("button", name="Pause").click()
    assert not welcome.is_visible()
    page.keyboard.press("Home")
    assert not welcome.is_visible(), "it does not come back and move the page"
    page.get_by_role("button", name="Open", exact=True).click()
    page.wait_for_function(f"siegeViewer.runs[0].id > 1 && {DAY} === 0")
    assert welcome.is_visible()
    welcome.get_by_role("button", name="Take lesson 1").click()
    page.get_by_role("region", name="Lesson").filter(has_text="A town is surrounded").wait_for()
    page.wait_for_function("siegeViewer.card && !document.querySelector('.siege .welcome:not([hidden])')")


def test_a_story_plays_to_the_next_event_says_why_and_waits(open_page, address, picture):
    page = open_page(address)
    page.get_by_label("Speed").select_option("60")
    days = []
    for _ in range(2):
        page.get_by_role("button", name="Next event").click()
        page.wait_for_function(f"{STORY} && {DAY} > {days[-1] if days else 0}")
        days.append(page.evaluate(DAY))
        told = page.locator(".siege .story").inner_text()
        events = page.evaluate(f"Siege.keyEvents(siegeViewer.runs[0], {DAY}).map((event) => [event.what, event.cause])")
        assert events
        for what, cause in events[:3]:
            assert what[1:] in told
            assert f"Why: {cause}" in told
    between = range(days[0] + 1, days[1])
    assert not any(page.evaluate("(day) => Siege.keyEvents(siegeViewer.runs[0], day).length", day) for day in between)
    picture(page, "story")
    marked = page.evaluate("siegeViewer.parts.ticks.children.length")
    assert marked == len([day for day in range(1, days[1] + 1) if day in days])
    page.get_by_role("button", name="A day back").click()
    assert not page.locator(".siege .story").is_visible()
    page.keyboard.press("n")
    page.wait_for_function(f"{STORY} && {DAY} === {days[1]}")


def test_four_numbers_stand_above_the_map_and_signs_in_a_menu(open_page, address):
    page = open_page(address)
    play_to(page, 6)
    numbers = page.locator(".siege .numbers")
    value = "siegeViewer.runs[0].value(siegeViewer.day, ['civilians_in_pocket'])"
    assert f"{page.evaluate(value):,.0f}" in numbers.inner_text()
    assert numbers.locator("dt").all_inner_texts() == [
        "ground held",
        "people inside",
        "civilians killed",
        "days of food",
    ]
    assert numbers.bounding_box()["y"] < page.locator("canvas.map").bounding_box()["y"]
    assert not page.get_by_label("Units").is_visible()
    page.locator(".siege .menu summary").click()
    page.get_by_label("Units").uncheck()
    assert page.evaluate("siegeViewer.show.units") is False


def test_the_levers_that_matter_first_are_asked_for_by_question(open_page, address, picture):
    page = open_page(address)
    assert "ispersion" not in page.locator(".siege-controls").inner_text(), "all parameters stay closed"
    question = page.get_by_label("What is it about?")
    assert question.locator("option").all_inner_texts() == ["Food", "Fire", "Ground", "People", "Politics"]
    question.select_option("People")
    fill(page, "People who have a cellar", "0.1")
    picture(page, "first_levers")
    page.get_by_role("button", name="From the start").first.click()
    page.wait_for_function("siegeViewer.runs.length === 2")
    page.get_by_text("from the start: shelter.cellars = 0.1").wait_for()


def test_the_controls_stay_in_view_and_fit_a_phone(open_page, address, picture):
    page = open_page(address, viewport=PHONE, has_touch=True, is_mobile=True)
    page.get_by_role("button", name="Watch the siege").tap()
    page.wait_for_function(f"{DAY} >= 3")
    page.get_by_role("button", name="Pause").tap()
    page.locator(".siege .note").scroll_into_view_if_needed()
    page.get_by_role("button", name="Next event").tap()
    page.wait_for_function(STORY)
    assert no_sideways(page)
    picture(page, "phone_story")


def test_the_record_is_drawn_in_the_days_that_have_not_come_yet(open_page, picture):
    with served("aleppo_2016", "--set", COARSE) as address:
        page = open_page(address)
        assert page.evaluate("siegeViewer.charts.map((chart) => chart.days)") == [131] * 8
        picture(page, "record_ahead")
        page.context.close()
