"""The dashboard in a real browser: what a teacher does before a class, and what a student does alone."""

from __future__ import annotations

import itertools
import os
import signal
from http.client import HTTPConnection

import numpy as np
import pytest

from siege_sim import load_scenario, run
from tests.browser.conftest import READY, served, serving, sessions_of

DAY = "siegeViewer.day"
CHOSEN = "document.querySelector('.siege-controls .siege-field select').value"
"""The scenario that the box names."""

RESTS = "siegeViewer.requested === null || siegeViewer.requested === undefined"
WIDER = """() => {
  const right = (element) => element.getBoundingClientRect().right;
  return Array.from(document.querySelectorAll('.siege .values .figure, .siege .legend .entry, .siege .when'))
    .filter((text) => right(text) > right(text.closest('figure, .left, .bar')) + 1).map((text) => text.textContent);
}"""
"""Texts of the page that stand out of their box."""

pytestmark = pytest.mark.slow


def play_to(page, day):
    page.get_by_label("Speed").select_option("60")
    page.get_by_role("button", name="▶ Play").click()
    page.wait_for_function(f"{DAY} >= {day}")
    page.get_by_role("button", name="Pause").click()
    page.wait_for_function(RESTS)


def scrub(page, day):
    page.locator(".scrub").evaluate("(bar, day) => { bar.value = day; bar.dispatchEvent(new Event('input')); }", day)
    page.get_by_role("button", name=f"From day {day + 1}", exact=True).first.wait_for()


def fill(page, label, text):
    field = page.get_by_role("textbox", name=label)
    field.fill(text)
    field.press("Tab")


def branch_at(page, day, per_day="20"):
    scrub(page, day)
    fill(page, "Per day", per_day)
    page.get_by_role("button", name=f"From day {day + 1}", exact=True).first.click()
    page.wait_for_function("siegeViewer.runs.length === 2")


def held(page, side, day):
    return page.evaluate(f"siegeViewer.runs[{side}].value({day}, ['civilians_killed'])")


def test_it_plays_pauses_steps_and_goes_back(open_page, address, picture):
    page = open_page(address)
    play_to(page, 10)
    stopped = page.evaluate(DAY)
    page.wait_for_timeout(400)
    assert page.evaluate(DAY) == stopped
    page.get_by_role("button", name="A day on").click()
    page.wait_for_function(f"{DAY} === {stopped + 1}")
    scrub(page, 3)
    assert page.locator(".when").inner_text() == "day 3 · 4 September 2020"
    picture(page, "dashboard")


def test_a_branch_stands_beside_the_original_and_can_be_played_by_the_command_line(
    open_page, address, tmp_path, picture
):
    page = open_page(address)
    play_to(page, 30)
    branch_at(page, 12)
    assert held(page, 0, 12) == held(page, 1, 12)
    assert held(page, 0, 30) < held(page, 1, 30)
    assert page.get_by_text("from day 13: sorties.per_day = 20").is_visible()
    picture(page, "branch")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save B").click()
    file = tmp_path / "branch.yaml"
    download.value.save_as(file)
    shown = [held(page, 1, day) for day in range(31)]
    assert np.array_equal(run(load_scenario(file), seed=1, days=30).series["civilians_killed"], shown)


def test_where_two_runs_differ_can_be_seen_and_one_can_be_kept(open_page, address, picture):
    page = open_page(address)
    page.get_by_role("button", name="Put beside").click()
    page.wait_for_function("siegeViewer.runs.length === 2")
    play_to(page, 5)
    page.get_by_role("button", name="Difference").click()
    assert page.get_by_text("only in A").is_visible()
    page.get_by_label("Layer of the map").select_option("danger")
    assert page.get_by_text("1 percentage point more in B than in A").is_visible(), "alike, so the finest scale"
    page.get_by_role("button", name="Keep A alone").click()
    page.wait_for_function("siegeViewer.runs.length === 1")
    branch_at(page, 1, "60")
    page.evaluate("siegeViewer.goTo(5)")
    page.get_by_role("button", name="Difference").click()
    assert page.evaluate("siegeViewer.maps[0].reach") >= 0.1
    picture(page, "difference")
    page.get_by_role("button", name="Keep A alone").click()
    page.wait_for_function("siegeViewer.runs.length === 1")


def test_what_is_wrong_is_said_at_the_field(open_page, address):
    page = open_page(address)
    for text, problem in (("many", "'many' is not a number"), ("-4", "it must be at least 0")):
        fill(page, "Per day", text)
        if text == "-4":
            page.get_by_role("button", name="From day 1", exact=True).first.click()
        page.get_by_role("alert").filter(has_text=problem).wait_for()
        assert page.get_by_role("textbox", name="Per day").get_attribute("aria-invalid") == "true"
    assert page.evaluate("siegeViewer.runs.length") == 1


def test_how_it_begins_can_be_changed_and_what_is_wrong_is_said_at_the_field(open_page, address, picture):
    page = open_page(address)
    page.get_by_text("Change how it begins").click()
    page.get_by_label("Part", exact=True).select_option("Forces, town militia: Town militia")
    fill(page, "Fighters fighters", "0")
    page.get_by_role("button", name="Run it like this from the start").click()
    page.get_by_role("alert").filter(has_text="it must be at least 1").wait_for()
    fill(page, "Fighters fighters", "500")
    fill(page, "Sectors", "north 1, east 1")
    picture(page, "start")
    page.get_by_role("button", name="Run it like this from the start").click()
    page.wait_for_function("siegeViewer.runs.length === 2")
    page.get_by_text("from the start: forces.garrison.town_militia.fighters = 500").wait_for()
    fit = "siegeViewer.runs.map((run) => run.value(0, ['garrison_fit']))"
    assert page.evaluate(fit) == [1000, 500]


def test_a_dated_action_can_be_added_and_ended(open_page, address):
    page = open_page(address)
    play_to(page, 8)
    scrub(page, 8)
    page.get_by_text("Add or end a dated action").click()
    page.get_by_role("button", name="Add it").click()
    page.wait_for_function("siegeViewer.runs.length === 2")
    page.get_by_text("Ceasefire, day 9 to 22").wait_for()


def test_a_cell_tells_its_numbers_and_keeps_telling_when_clicked(open_page, address):
    page = open_page(address)
    page.locator("canvas.map").click(position={"x": 250, "y": 250})
    facts = page.locator(".details")
    assert "Civilians" in facts.inner_text()
    page.mouse.move(5, 5)
    assert "Civilians" in facts.inner_text()
    quarter = page.evaluate("siegeViewer.runs[0].quarter[siegeViewer.cell]")
    people = page.evaluate(
        """(quarter) => siegeViewer.runs[0].cellsOf(quarter)
          .reduce((sum, cell) => sum + siegeViewer.runs[0].at(0).ground.civilians[cell], 0)""",
        quarter,
    )
    assert f"{people:,} civilians; 0 killed" in facts.inner_text()


def test_all_of_it_can_be_done_from_the_keyboard(open_page, address, picture):
    page = open_page(address)
    page.locator("canvas.map").focus()
    page.keyboard.press("ArrowRight")
    assert "row" in page.locator(".details h2").inner_text()
    page.keyboard.press("Space")
    page.wait_for_function(f"{DAY} >= 3")
    page.keyboard.press("Space")
    page.keyboard.press("Home")
    assert page.evaluate(DAY) == 0
    page.keyboard.press("l")
    assert page.get_by_label("Layer of the map").input_value() == "civilians"
    page.keyboard.press("p")
    page.keyboard.press("k")
    page.wait_for_selector(".siege.large.dark")
    assert page.evaluate(WIDER) == []
    picture(page, "projector")
    page.keyboard.press("?")
    assert page.get_by_role("dialog").is_visible()


def tab_to(page, name):
    """Press Tab until what has the keyboard is called so."""
    for _ in range(150):
        page.keyboard.press("Tab")
        if name in page.evaluate(CALLED):
            return
    raise AssertionError(f"'{name}' cannot be reached with the Tab key")


CALLED = """() => {
  const here = document.activeElement, labels = [...(here.labels || [])];
  const text = here.matches("button, summary, a") ? here.innerText : "";
  return [here.getAttribute("aria-label") || "", text, ...labels.map((label) => label.innerText)].join(" | ");
}"""


def test_lessons_and_levers_are_reached_from_the_keyboard(open_page, address):
    page = open_page(address)
    tab_to(page, "1. What a siege is")
    page.keyboard.press("Enter")
    page.get_by_role("region", name="Lesson").wait_for()
    page.wait_for_function("document.activeElement.classList.contains('siege-lesson')")
    page.keyboard.press("End")
    assert page.evaluate(DAY) == 0, "keys in a lesson scroll it"
    page.reload()
    page.wait_for_selector(".siege-lesson")
    tab_to(page, "Sorties per day")
    page.keyboard.press("Control+a")
    page.keyboard.type("12")
    tab_to(page, "From day 1")
    page.keyboard.press("Enter")
    page.wait_for_function("siegeViewer.runs.length === 2")
    tab_to(page, "Change how it begins")
    page.keyboard.press("Enter")
    tab_to(page, "Part")
    page.keyboard.press("ArrowDown")
    page.get_by_text("The people.").wait_for()


def test_a_page_that_is_loaded_again_finds_its_siege_and_another_reader_has_one_apart(open_page, address):
    page, other = open_page(address), open_page(address)
    play_to(page, 6)
    day = page.evaluate(DAY)
    page.reload()
    page.wait_for_function("window.siegeViewer && siegeViewer.runs.length === 1")
    page.wait_for_function(f"{DAY} === {day}")
    assert other.evaluate("siegeViewer.end()") == 0


def send_file(page, name, text):
    page.locator("#siege-upload").set_input_files({"name": name, "mimeType": "text/yaml", "buffer": text.encode()})


def test_a_good_file_is_opened_and_a_bad_one_is_refused_at_its_field(open_page, address):
    page = open_page(address)
    send_file(page, "bad.yaml", "extends: toy_town\nname: mine\ndays: many\n")
    page.get_by_role("alert").filter(has_text="bad.yaml:3: days: 'many' is not a whole number").wait_for()
    send_file(page, "sly.yaml", "extends: /etc/passwd\n")
    page.get_by_role("alert").filter(has_text="only a shipped scenario").wait_for()
    title = "<img src=x onerror=alert(1)> & mine"
    send_file(
        page, "good.yaml", f"extends: toy_town\nname: mine\ntitle: '{title}'\npopulation: {{persons_per_household: 50}}"
    )
    page.wait_for_function("siegeViewer.runs[0].head.scenario === 'mine'")
    page.locator(".note", has_text=title).wait_for()
    assert page.locator("img[src=x]").count() == 0


def test_many_runs_are_played_behind_the_page_and_shown_as_a_spread(open_page, address, picture):
    page = open_page(address)
    play_to(page, 3)
    page.get_by_label("How many").fill("4")
    page.get_by_label("How many").press("Tab")
    page.get_by_role("button", name="Run them").click()
    page.wait_for_function("siegeViewer.fans && siegeViewer.fans.runs === 4")
    assert page.locator(".note", has_text="80 % of 4 runs, seeds 1 to 4").count() == 1
    page.get_by_role("button", name="Run them").wait_for()
    picture(page, "ensemble", full_page=True)


@pytest.mark.parametrize(("width", "height"), [(800, 1100), (1024, 768)], ids=["upright", "lying"])
def test_a_tablet_shows_the_siege_first_and_does_not_scroll_sideways(open_page, address, picture, width, height):
    page = open_page(address, viewport={"width": width, "height": height}, has_touch=True)
    page.get_by_role("button", name="▶ Play").tap()
    page.wait_for_function(f"{DAY} >= 3")
    page.get_by_role("button", name="Pause").tap()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    picture(page, f"tablet_{width}")
    if width < 960:
        page.locator(".v-app-bar__nav-icon, .v-app-bar button").first.tap()
    page.get_by_role("button", name="1. What a siege is").tap()
    page.get_by_role("region", name="Lesson").wait_for()
    page.locator(".v-overlay--active").wait_for(state="detached")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    picture(page, f"tablet_{width}_lesson")


def test_a_server_with_no_room_left_shows_it(chromium):
    with served("toy_town", "--set", "population.persons_per_household=50", "--sessions", "1") as address:
        first, second = chromium.new_context(), chromium.new_context()
        page = first.new_page()
        page.goto(address)
        page.wait_for_selector("canvas.map", timeout=60_000)
        late = second.new_page()
        late.goto(address)
        late.get_by_text("all 1 sessions are in use").wait_for(timeout=60_000)
        first.close()
        second.close()


@pytest.mark.parametrize("origin", ["http://elsewhere.example", "null"])
def test_pages_of_other_sites_are_refused(address, origin):
    host = address.removeprefix("http://")
    for came_from, answer in ((origin, 403), (address, 200)):
        connection = HTTPConnection(host)
        connection.request("GET", "/", headers={"origin": came_from})
        assert connection.getresponse().status == answer
        connection.close()


def test_in_a_class_two_students_are_apart_and_who_loses_a_session_can_continue(open_page, chromium, picture):
    arguments = ("toy_town", "--set", "population.persons_per_household=50", "--class", "--sessions", "2")
    with serving(*arguments) as (address, server):
        ann, ben = open_page(address), open_page(address)
        play_to(ann, 12)
        play_to(ben, 3)
        branch_at(ann, 6)
        assert ben.evaluate("siegeViewer.runs.length") == 1
        day = ann.evaluate("siegeViewer.end()")
        assert day >= 12

        late = chromium.new_context().new_page()
        late.goto(address)
        late.get_by_text("all 2 sessions are in use").wait_for(timeout=READY)

        for session in sessions_of(server):
            os.kill(session, signal.SIGKILL)
        ann.get_by_text("ended unexpectedly").wait_for()
        picture(ann, "class_suspended")
        late.get_by_role("button", name="Try again").click()
        late.wait_for_selector("canvas.map", timeout=READY)
        late.context.close()
        ann.get_by_role("button", name="Continue").click()
        ann.get_by_text("ended unexpectedly").wait_for(state="detached")
        play_to(ann, day + 1)
        assert ann.evaluate("siegeViewer.runs.length") == 2
        picture(ann, "class_continues")
        for page in (ann, ben):
            page.context.close()


def test_a_wrong_number_is_shown_at_its_field_and_nothing_is_started(open_page, address):
    page = open_page(address)
    for field, wrong, said, button in (
        ("Seed", "-1", "A seed is a whole number of at least 0.", "Open"),
        ("How many", "2", "From 3 to ", "Run them"),
        ("How many", "100000", "From 3 to ", "Run them"),
    ):
        box = page.get_by_label(field, exact=True)
        right = box.input_value()
        box.fill(wrong)
        box.press("Enter")
        page.get_by_text(said).wait_for()
        assert page.get_by_role("button", name=button, exact=True).is_disabled()
        box.fill(right)
        box.press("Enter")
        page.get_by_text(said).wait_for(state="detached")
        assert page.get_by_role("button", name=button, exact=True).is_enabled()


BUSY_SERVER = """() => {
  const ask = siegeViewer.live.requestDay, requested = [];
  window.requested = requested;
  window.answer = () => { siegeViewer.live.requestDay = ask; requested.forEach(ask); };
  siegeViewer.live.requestDay = (day) => requested.push(day);
}"""
"""A server that answers when the test says so, as a busy one answers late; meanwhile the reader goes elsewhere."""

GOES = {
    "first day": lambda page: page.get_by_role("button", name="First day").click(),
    "home key": lambda page: page.keyboard.press("Home"),
    "bar": lambda page: page.locator(".scrub").evaluate(
        "(bar) => { bar.value = 1; bar.dispatchEvent(new Event('input')); }"
    ),
    "a day back": lambda page: page.get_by_role("button", name="A day back").click(),
    "left key": lambda page: page.keyboard.press("ArrowLeft"),
    "chart": lambda page: page.locator("canvas.chart").first.click(position={"x": 60, "y": 30}),
    "pause": lambda page: page.get_by_role("button", name="Pause").click(),
}


@pytest.mark.parametrize("goes", GOES.values(), ids=GOES)
def test_going_somewhere_while_it_plays_cancels_the_day_that_was_asked_for(open_page, address, goes):
    page = open_page(address)
    play_to(page, 12)
    page.evaluate(BUSY_SERVER)
    page.evaluate("siegeViewer.goTo(siegeViewer.end())")
    before = page.evaluate(DAY)
    page.get_by_role("button", name="▶ Play").click()
    page.wait_for_function("window.requested.length")
    goes(page)
    after = page.evaluate(DAY)
    page.evaluate("window.answer()")
    shown = page.evaluate(
        """() => new Promise((done) => {
          const days = [], began = performance.now();
          const look = () => {
            days.push(siegeViewer.day);
            performance.now() - began < 900 ? setTimeout(look, 20) : done(days);
          };
          look();
        })"""
    )
    assert all(later - earlier in (0, 1) for earlier, later in itertools.pairwise(shown))
    if page.evaluate("siegeViewer.playing"):
        assert after < before
    else:
        assert set(shown) == {after}
        assert after <= before
