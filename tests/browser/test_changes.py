"""What changed: two runs row by row, when they part, many pairs of them, and the record beside them."""

from __future__ import annotations

import pytest

from tests.browser.conftest import COARSE
from tests.browser.test_dashboard import DAY

pytestmark = pytest.mark.slow

BRANCH = f"#scenario=toy_town&seed=1&day=20&set={COARSE}&changes=11:processes.sorties.per_day=20"
KILLED = "siegeViewer.runs.map((run) => run.value(siegeViewer.day, ['civilians_killed']))"


@pytest.fixture
def page(open_page, address):
    page = open_page(address + BRANCH)
    page.wait_for_function(f"siegeViewer.runs.length === 2 && {DAY} === 20")
    return page


def row(page, name):
    return page.locator(".changes tbody tr").filter(has_text=name).first.locator("td").all_inner_texts()


def test_a_card_says_what_was_changed_what_came_of_it_and_when_the_runs_part(page, picture):
    card = page.get_by_role("region", name="What changed?")
    card.get_by_text("Sorties, per day: 20 in place of 4, from day 11").wait_for()
    assert card.get_by_text("The runs are the same to day 10, and part on day 11 (12 Sep 2020)").is_visible()
    killed = page.evaluate(KILLED)
    assert killed[0] != killed[1]
    assert row(page, "Civilians killed") == [f"{killed[0]:.0f}", f"{killed[1]:.0f}", f"{killed[1] - killed[0]:+.0f}"]
    for name in ("Ending", "Day of the end", "Died of hunger", "Left", "Evacuated"):
        assert len(row(page, name)) == 3
    picture(page, "what_changed")
    page.evaluate("siegeViewer.goTo(10)")
    assert row(page, "Civilians killed")[2] == "0"
    page.get_by_role("button", name="Keep A alone").click()
    page.wait_for_function("siegeViewer.runs.length === 1")
    card.wait_for(state="hidden")


def test_colour_is_the_quantity_and_dash_is_b(page):
    rows = page.evaluate("siegeViewer.charts.map((chart) => chart.chart.lines.map((line, i) => chart.colour(i)))")
    assert all(len(set(colours)) == len(colours) for colours in rows)
    drawn = page.evaluate(
        """() => {
          const seen = [], stroke = CanvasRenderingContext2D.prototype.stroke;
          CanvasRenderingContext2D.prototype.stroke = function () {
            seen.push([this.strokeStyle, this.getLineDash().length > 0]);
            return stroke.apply(this, arguments);
          };
          const chart = siegeViewer.charts.find((one) => one.chart.name === 'area');
          chart.draw(siegeViewer.runs, chart.options);
          CanvasRenderingContext2D.prototype.stroke = stroke;
          return seen.filter(([colour]) => colour === chart.colour(0));
        }"""
    )
    assert {dashed for _, dashed in drawn} == {True, False}
    marks = page.locator(".charts figure").first.locator(".key i")
    assert marks.evaluate_all("(all) => all.map((one) => one.className)") == ["line", "dash"]
    assert len(set(marks.evaluate_all("(all) => all.map((one) => getComputedStyle(one).borderTopColor)"))) == 1


def test_many_pairs_are_played_while_the_page_goes_on_and_can_be_stopped(page, picture):
    page.get_by_role("button", name="20 pairs").click()
    page.get_by_text("of 40 runs").wait_for()
    page.get_by_role("button", name="A day on").click()
    page.wait_for_function(f"{DAY} === 21")
    page.wait_for_function("siegeViewer.changes.pairs && siegeViewer.changes.pairs.pairs >= 3")
    page.get_by_role("button", name="Stop the pairs").click()
    page.get_by_role("button", name="20 pairs again").wait_for()
    assert page.evaluate("siegeViewer.changes.pairs.done") < 40
    assert page.locator(".pairs caption").inner_text().startswith("Means of ")
    assert " pairs" in page.locator(".pairs tbody tr").first.inner_text()
    assert page.evaluate("siegeViewer.fans.sides.filter(Boolean).length") == 2
    page.get_by_label("Difference that is drawn").select_option("left")
    assert "eight in ten between" in page.locator(".pairs canvas").get_attribute("aria-label")
    picture(page, "pairs")
    page.get_by_role("button", name="Keep B alone").click()
    page.wait_for_function("siegeViewer.runs.length === 1 && !siegeViewer.fans")


def test_the_record_stands_beside_the_runs(page):
    page.wait_for_function("siegeViewer.changes.account && siegeViewer.changes.account.runs.length === 2")
    held = [{"text": "3 %", "inside": True}, {"text": "9 %", "inside": False}]
    page.evaluate(
        """(held) => {
          const row = { topic: "Ground", title: "<i>Lost</i>", unit: "", record: "2 to 4 %", runs: held };
          Object.assign(row, { source: "S", confidence: "read" });
          const later = { ...row, runs: held.map(() => ({ text: "", inside: null })) };
          const runs = siegeViewer.runs.map((run) => run.id);
          const record = { title: "The record", rows: [row, later] };
          siegeViewer.setAccount({ runs, day: 20, changes: [], parting: [], record });
        }""",
        held,
    )
    page.get_by_text("Against the record: A 1 of 1, B 0 of 1 in range").click()
    assert page.locator(".record tbody tr").first.inner_text().split("\t") == [
        "Ground: <i>Lost</i>", "2 to 4 %", "3 % ✓", "9 % ✗",
    ]  # fmt: skip
    assert page.locator(".record tbody tr").nth(1).inner_text().endswith("-\t-")
