"""Nothing is lost: the server is started again, a tab is closed, another is opened."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import COARSE, serving
from tests.browser.test_dashboard import DAY, branch_at, play_to
from tests.browser.test_runs import KILLED, SHOWN, holds_together

pytestmark = pytest.mark.slow


def there_again(page, ids, day, killed):
    page.wait_for_function("window.siegeViewer && !siegeViewer.old && siegeViewer.runs.length === 2")
    assert page.evaluate(SHOWN) == ids
    page.wait_for_function(f"{DAY} === {day}")
    assert page.evaluate(KILLED) == killed
    assert page.get_by_text("from day 5: sorties.per_day = 30").is_visible()
    holds_together(page)
    page.get_by_role("button", name="Undo").click()
    page.wait_for_function("siegeViewer.runs.length === 1")


def work(page):
    play_to(page, 12)
    branch_at(page, 4, "30")
    page.evaluate("siegeViewer.goTo(9)")
    page.wait_for_timeout(500)
    return page.evaluate(SHOWN), 9, page.evaluate(KILLED)


@pytest.mark.parametrize("in_class", [False, True], ids=["alone", "class"])
def test_a_server_that_is_started_again_shows_the_same_day_with_all_branches(chromium, tmp_path, in_class, picture):
    arguments = ("toy_town", "--set", COARSE, *(["--class"] if in_class else []))
    page = chromium.new_context(viewport={"width": 1500, "height": 1100}).new_page()
    page.set_default_timeout(60_000)
    with serving(*arguments, kept_in=str(tmp_path)) as (address, server):
        page.goto(address)
        page.locator("canvas.map").wait_for()
        left = work(page)
        page.evaluate("siegeViewer.old = true")
        server.kill()  # it cannot say good-bye
        page.get_by_text("Server").filter(has_text="disconnected").wait_for(state="attached")
    port = int(re.search(r"\d+$", address).group())
    with serving(*arguments, port=port, kept_in=str(tmp_path)):
        there_again(page, *left)
        picture(page, "restarted")
    page.context.close()


def test_a_tab_that_is_opened_after_another_was_closed_is_where_that_was(open_page, address):
    page = open_page(address)
    left = work(page)
    other = page.context.new_page()
    page.close()
    other.goto(address)
    there_again(other, *left)
