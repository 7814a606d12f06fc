"""A state has a link: it opens on another screen, and a wrong one is answered with a sentence."""

from __future__ import annotations

import pytest

from siege_sim import load_scenario, run
from siege_sim.viewer.replay import write_replay
from tests.browser.conftest import COARSE
from tests.browser.test_changes import BRANCH
from tests.browser.test_dashboard import DAY
from tests.browser.test_runs import KILLED, SHOWN

pytestmark = pytest.mark.slow


def shown(page, day):
    page.wait_for_function(f"window.siegeViewer && siegeViewer.runs.length === 2 && {DAY} === {day}")
    return page.evaluate(KILLED)


def test_a_link_that_one_makes_opens_the_same_state_for_another(open_page, address, picture):
    page = open_page(address + BRANCH)
    killed = shown(page, 20)
    page.get_by_label("Layer of the map").select_option("hunger")
    page.evaluate("siegeViewer.goTo(15)")
    page.wait_for_function("siegeViewer.live && siegeViewer.day === 15")
    page.get_by_text("Link to this state").click()
    field = page.get_by_label("Opens these runs on this day")
    field.wait_for()
    picture(page, "link")
    link = field.input_value()
    assert link.startswith(f"{address}/#scenario=toy_town&seed=1&")
    assert link.endswith("&layer=hunger")
    other = open_page(link)
    day = int(link.partition("day=")[2].partition("&")[0])
    shown(other, day)
    assert other.evaluate("siegeViewer.layer") == "hunger"
    other.evaluate("siegeViewer.goTo(10)")
    page.evaluate("siegeViewer.goTo(10)")
    assert other.evaluate(KILLED) == page.evaluate(KILLED)
    assert killed != page.evaluate(KILLED)


def test_a_page_that_is_loaded_again_keeps_what_was_done_since(open_page, address):
    page = open_page(address + BRANCH)
    shown(page, 20)
    assert "#" not in page.url
    page.get_by_role("button", name="Keep B alone").click()
    page.wait_for_function("siegeViewer.runs.length === 1")
    kept = page.evaluate(SHOWN)
    page.reload()
    page.wait_for_function("window.siegeViewer && siegeViewer.runs.length === 1")
    assert page.evaluate(SHOWN) == kept


WRONG = {
    "#scenario=toy_twon": "did you mean 'toy_town'?",
    "#scenario=toy_town&day=x": "day is 'x'",
    "#scenario=toy_town&changes=3:processes.sorties.per_day=<img src=x>": "'<img src=x>' is no value",
    "#nonsense": "'nonsense' is nothing that a link can say",
    "#scenario=" + "a" * 9_000: "longer than 8,000 characters",
}


def test_a_wrong_link_gives_a_sentence_and_leaves_what_was_shown(open_page, address):
    page = open_page(address)
    before = page.evaluate(SHOWN)
    for hash, sentence in WRONG.items():
        page.evaluate("(hash) => { location.hash = hash; }", hash)
        page.get_by_text(sentence).wait_for()
        assert page.get_by_text("What was shown before is still there").is_visible()
        assert page.evaluate(SHOWN) == before
    page.evaluate("(hash) => { location.hash = hash; }", BRANCH)
    shown(page, 20)
    assert page.locator(".siege-notice .v-alert").count() == 0


def test_links_of_a_page_that_is_handed_out_are_the_same(open_page, tmp_path):
    folder = tmp_path / "calm"
    folder.mkdir()
    run(load_scenario("toy_town", [COARSE]), 1, days=9).write(folder)
    write_replay([folder], tmp_path / "replay.html")
    page = open_page(f"file://{tmp_path / 'replay.html'}#scenario=toy_town&seed=1&day=7&layer=hunger", offline=True)
    assert page.evaluate("[siegeViewer.day, siegeViewer.layer]") == [7, "hunger"]
    assert page.get_by_role("alert").count() == 0
    for hash, sentence in {
        "#scenario=aleppo_2016": "this page holds A small besieged town",
        "#scenario=toy_town&seed=2": "this page holds seed 1",
        "#day=soon": "a day is a whole number",
        "#layer=gold": "this page has holder",
    }.items():
        page.evaluate("(hash) => { location.hash = hash; }", hash)
        page.get_by_role("alert").filter(has_text=sentence).wait_for()
    page.evaluate("location.hash = '#day=2'")
    page.get_by_role("alert").wait_for(state="hidden")
