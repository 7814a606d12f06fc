"""What stands where: on a small laptop, a tablet and a phone."""

from __future__ import annotations

import pytest

from tests.browser.test_dashboard import DAY, branch_at, play_to

pytestmark = pytest.mark.slow

LAPTOP, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}

SMALL = """(least) => Array.from(document.querySelectorAll(`
  .siege button, .siege select, .siege summary, .siege .toggle,
  .siege .scrub, .siege-controls .v-btn, .siege-lesson button`))
  .map((one) => [one, one.getBoundingClientRect()])
  .filter(([_, box]) => box.width > 0 && box.height > 0 && (box.width < least || box.height < least))
  .map(([one, box]) => `${one.className} ${one.innerText} ${Math.round(box.width)} x ${Math.round(box.height)}`)"""
"""What can be touched and is smaller than so many pixels."""


def top(page, selector, number=0):
    return page.locator(selector).nth(number).bounding_box()["y"]


def no_sideways(page):
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_lesson_on_a_small_laptop_leaves_map_and_charts_on_the_screen(open_page, address, picture):
    page = open_page(address, viewport=LAPTOP)
    page.get_by_role("button", name="1. What a siege is").click()
    page.get_by_role("region", name="Lesson").wait_for()
    page.wait_for_timeout(600)
    play_to(page, 20)
    picture(page, "laptop_lesson")
    assert top(page, "canvas.chart") < 300
    assert page.locator("canvas.map").bounding_box()["width"] > 400
    page.locator(".v-app-bar button").first.click()
    page.wait_for_timeout(600)
    picture(page, "laptop_lesson_levers")
    assert top(page, "canvas.chart") < 400, "also with the levers beside it"
    page.get_by_role("button", name="Close the lesson").click()
    page.get_by_role("button", name="1. What a siege is").wait_for()


def test_two_maps_stand_beside_each_other_on_a_small_laptop(open_page, address, picture):
    page = open_page(address, viewport=LAPTOP)
    play_to(page, 12)
    branch_at(page, 4)
    page.wait_for_function("siegeViewer.maps.length === 2")
    picture(page, "laptop_two")
    assert top(page, "canvas.map", 0) == top(page, "canvas.map", 1)
    assert no_sideways(page)


def test_on_a_phone_map_and_charts_are_near_and_fingers_hit_what_they_touch(open_page, address, picture):
    page = open_page(address, viewport=PHONE, has_touch=True, is_mobile=True)
    page.get_by_role("button", name="▶ Play").tap()
    page.wait_for_function(f"{DAY} >= 8")
    page.get_by_role("button", name="Pause").tap()
    picture(page, "phone", full_page=True)
    assert top(page, "canvas.map") < 260
    assert top(page, "canvas.chart") < 844
    assert no_sideways(page)
    assert page.evaluate(SMALL, 44) == []
    page.get_by_text("What the map shows").tap()
    page.get_by_label("Layer of the map").select_option("danger")
    page.get_by_text("What the signs mean").tap()
    assert page.evaluate(SMALL, 44) == []
    assert no_sideways(page)
    picture(page, "phone_open", full_page=True)
    page.locator(".v-app-bar__nav-icon, .v-app-bar button").first.tap()
    page.get_by_role("button", name="1. What a siege is").wait_for()
    page.wait_for_timeout(600)
    assert page.evaluate(SMALL, 44) == []
    picture(page, "phone_levers")


def test_with_a_mouse_what_is_clicked_is_large_enough(open_page, address):
    page = open_page(address)
    play_to(page, 12)
    assert page.evaluate(SMALL, 24) == []
