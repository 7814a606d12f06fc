"""What changes the set of runs on the page: each button, in both orders, and what is shown afterwards."""

from __future__ import annotations

from itertools import count

import pytest

from tests.browser.test_dashboard import DAY, RESTS, branch_at, play_to

pytestmark = pytest.mark.slow

OTHER_VALUES = count(20)
"""What no branch has had yet: a field that keeps its value changes nothing."""

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
    assert page.evaluate("siegeViewer.charts.every((chart) => chart.runs === siegeViewer.runs)")
    sentence = page.locator(".summary").inner_text()
    killed = page.evaluate(
        "siegeViewer.runs.map((run) => run.value(Math.min(siegeViewer.day, run.last), ['civilians_killed']))"
    )
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
