"""The report: one file that stands alone, says what the run says, and trusts no text."""

from __future__ import annotations

import base64
import json
import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from siege_sim import load_scenario, run
from siege_sim.errors import ResultError
from siege_sim.plots import RUN_FIGURES, draw, figure_named
from siege_sim.reports.run import MOST_EVENTS, key_numbers, main_events, number, report_html, story, write_report
from siege_sim.results.files import json_text
from siege_sim.results.run import RunResult, read_run

EVIL = "<script>alert('x')</script> & \"quotes\""


@pytest.fixture(scope="module")
def figures(toy_result, tmp_path_factory):
    folder = tmp_path_factory.mktemp("figures")
    paths = [folder / "area.png", folder / "quarters.png", folder / "my_own.png"]
    for path in paths:
        draw(figure_named(path.stem) or figure_named("area"), toy_result).savefig(path, dpi=20)
    return paths


@pytest.fixture(scope="module")
def three_days(toy_town):
    return run(toy_town, seed=2, days=3)


class Page(HTMLParser):
    """Notes what a page consists of, and checks that its elements are closed."""

    VOID = frozenset({"meta", "img", "br", "link", "hr", "input"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def retold(result, **changes):
    """Return a copy of a result with other parts; ``scenario`` and ``summary`` are updated, tables replaced."""
    manifest = json.loads(json_text(result.manifest))
    manifest["scenario"].update(changes.get("scenario", {}))
    summary = {**result.summary, **changes.get("summary", {})}
    tables = [changes.get(name, getattr(result, name)) for name in ("series", "quarters", "events")]
    return RunResult(summary, manifest, dict(result.snapshots), *tables)


def test_the_report_is_one_file_that_loads_nothing(toy_result, figures, tmp_path):
    write_report(toy_result, figures, tmp_path / "report.html")
    html = (tmp_path / "report.html").read_text("utf-8")
    page = Page(html)
    assert not page.all("script")
    assert not page.all("link")
    assert not page.all("iframe")
    assert len(page.all("img")) == 3
    for attributes in (attributes for _, attributes in page.tags):
        assert not any(name.startswith("on") for name in attributes)
        assert (attributes.get("src") or "data:").startswith("data:")
        assert (attributes.get("href") or "#").startswith("#")
    assert not re.search(r"url\(|@import|https?://", html)


def test_pictures_are_in_the_file_as_they_are_with_words_for_those_who_cannot_see_them(toy_result, figures):
    images = Page(report_html(toy_result, figures)).all("img")
    for image, path in zip(images, figures, strict=True):
        assert base64.b64decode(image["src"].removeprefix("data:image/png;base64,")) == path.read_bytes()
        assert image["width"] == "200"
    assert images[0]["alt"] == f"Ground held. {figure_named('area').finding(toy_result)}"
    assert images[2]["alt"].startswith("My own.")


def test_links_lead_somewhere(toy_result, figures):
    page = Page(report_html(toy_result, figures))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {link["href"].removeprefix("#") for link in page.all("a")} <= set(ids)
    without = Page(report_html(toy_result, []))
    assert not {link["href"] for link in without.all("a")} & {"#figures"}


@pytest.mark.parametrize("field", ["title", "summary", "name"])
def test_text_of_the_scenario_is_never_markup(field, three_days):
    html = report_html(retold(three_days, scenario={field: EVIL}), [])
    assert "<script" not in html
    page = Page(html)
    assert EVIL in page.text or field == "name"
    assert "alert" in page.text


def test_text_of_tables_is_never_markup(three_days):
    quarters = three_days.quarters
    quarters.loc[0, ["quarter", "sector"]] = EVIL
    events = events_table((1, "", "relief_attack", EVIL, EVIL, EVIL, 0.0), (3, "", "evacuated", EVIL, EVIL, EVIL, 0.0))
    summary = {"ending": "evacuated"}
    html = report_html(retold(three_days, quarters=quarters, events=events, summary=summary), [])
    assert "<script" not in html
    assert Page(html).text.count("alert('x')") >= 3


def test_the_report_says_how_it_was_made_and_how_to_repeat_it(toy_result, three_days):
    text = Page(report_html(toy_result, [])).text
    assert "siege-sim run ./scenario.yaml --seed 1\n" in text
    assert toy_result.manifest["scenario_digest"] in text
    assert f"mesa {toy_result.manifest['packages']['mesa']}" in text
    assert "siege-sim run ./scenario.yaml --seed 2 --days 3\n" in Page(report_html(three_days, [])).text


def test_the_report_says_that_it_is_one_run_of_many(toy_result):
    text = Page(report_html(toy_result, [])).text
    assert "This is one run of many possible." in text
    assert "A model, not a record" in text


ENDINGS = {
    "pocket_taken": "The pocket was taken on 4\u00a0September\u00a02020 (day\u00a03).",
    "evacuated": "The siege ended with an agreed evacuation on 4\u00a0September\u00a02020 (day\u00a03).",
    "siege_broken": "The siege was broken from outside on 4\u00a0September\u00a02020 (day\u00a03).",
    "holding": "The run was stopped on 4\u00a0September\u00a02020 (day\u00a03), before its end; the town "
    "militia held the "
    "pocket then.",
    "frozen_conflict": "The siege ended (frozen conflict) on 4\u00a0September\u00a02020 (day\u00a03).",
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_story_opens_with_the_end(ending, three_days):
    assert story(retold(three_days, summary={"ending": ending}))[0] == ENDINGS[ending]


def test_a_run_to_the_planned_end_was_not_stopped(three_days):
    assert story(retold(three_days, scenario={"days": 3}))[0].startswith("The town militia still held the pocket when")


def test_the_story_tells_of_everybody(three_days):
    series = three_days.series
    last = series.index[-1]
    series.loc[last, ["civilians_killed", "died_of_hunger", "left_to_hill_militia", "left_to_besieger"]] = [
        12,
        3,
        100,
        1000,
    ]
    series.loc[last, ["evacuated", "came_under_new_holder", "civilians_in_pocket"]] = [2000, 0, 2885]
    told = " ".join(story(retold(three_days, series=series)))
    assert "Of 6,000 besieged civilians 12 were killed by violence and 3 died of hunger." in told
    assert (
        "Of the others 100 left to the hill militia, 1,000 left to the besieging army, "
        "2,000 were evacuated and 2,885 were" in told
    )


def test_the_story_tells_of_ground(three_days):
    assert "No ground was lost before the last day." in story(three_days)
    told = story(retold(three_days, summary={"days_to_half": 2, "day_pocket_split": 1}))[1]
    assert told.startswith("Half of the ground was lost by 3\u00a0September\u00a02020 (day\u00a02).")
    assert told.endswith("The pocket was cut apart on 2\u00a0September\u00a02020 (day\u00a01).")


def test_every_outcome_is_in_the_table_with_its_unit(toy_result):
    rows = {row.name: row for row in key_numbers(toy_result)}
    assert list(rows) == list(toy_result.manifest["outcomes"])
    series = toy_result.series
    assert rows["civilians_killed"].values[3] == f"{series['civilians_killed'].iloc[-1]:,.0f}"
    assert rows["garrison_area_share"].unit == "% of day 0"
    assert rows["garrison_area_share"].values[0] == "100.0"
    assert rows["kcal_eaten_per_person"].values[0] == "-"
    assert rows["kcal_eaten_per_person"].unit == "kcal/person"


def test_numbers_per_person_never_come_from_an_empty_pocket(toy_result):
    series = toy_result.series
    series.loc[series.index[-1], ["civilians_in_pocket", "kcal_eaten_per_person"]] = [0.0, 4.8e6]
    result = retold(toy_result, series=series)
    row = next(row for row in key_numbers(result) if row.name == "kcal_eaten_per_person")
    assert "million" not in " ".join(row.values)
    assert "4,8" not in " ".join(story(result))


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.225, "share", "22.5"),
        (21.1e9, "kcal", "21.10 billion"),
        (2.5e6, "kcal", "2.50 million"),
        (250000.0, "persons", "250,000"),
        (52.23, "days", "52.2"),
        (1487.4, "kcal/person", "1,487"),
        (float("nan"), "phase", "-"),
        (0.0, "persons", "0"),
    ],
)
def test_numbers_are_written_as_people_read_them(value, unit, text):
    assert number(value, unit) == text


def events_table(*rows) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["day", "date", "kind", "where", "what", "cause", "amount"])
    return table.assign(event=range(len(table)), because=pd.NA, facility="")


def test_events_of_a_day_become_one_line_and_routine_is_left_out(three_days):
    events = events_table(
        (1, "", "quarter_lost", "Mill Quarter", "all of it", "enveloped", 0.0),
        (1, "", "quarter_lost", "Old Town", "all of it", "local assault", 0.0),
        (1, "", "unit_surrendered", "Old Town", "x", "no way out", 80.0),
        (1, "", "unit_surrendered", "Old Town", "x", "no way out", 45.0),
        (1, "", "ground_lost", "Old Town", "x", "y", 1.0),
        (2, "", "hospital_reopened", "Old Town", "x", "y", 0.0),
        (2, "", "agreement", "", "both sides agreed", "hope was lost", 0.0),
        (3, "", "something_new", "", "a thing happened", float("nan"), 0.0),
    )
    lines, total = main_events(retold(three_days, events=events))
    assert total == 8
    assert [(line.day, line.text, line.cause) for line in lines] == [
        (1, "Lost: Mill Quarter, Old Town", "enveloped, local assault"),
        (1, "125 fighters laid down arms (Old Town (2))", "no way out"),
        (2, "Both sides agreed", "hope was lost"),
        (3, "A thing happened", ""),
    ]


def test_the_list_of_events_stays_short_and_keeps_what_matters_most(three_days):
    hospitals = [(day, "", "hospital_lost", "Old Town", "x", "air strike", 0.0) for day in range(1, 200)]
    events = events_table(*hospitals, (150, "", "agreement", "", "both sides agreed", "", 0.0))
    lines, total = main_events(retold(three_days, events=events))
    assert total == 200
    assert len(lines) == MOST_EVENTS
    assert "Both sides agreed" in [line.text for line in lines]
    assert [line.day for line in lines] == sorted(line.day for line in lines)


def test_a_run_read_back_has_the_same_report(toy_result, tmp_path):
    toy_result.write(tmp_path)
    assert report_html(read_run(tmp_path), []) == report_html(toy_result, [])


def test_a_run_without_events_has_a_report(three_days):
    html = report_html(retold(three_days, events=three_days.events.iloc[:0]), [])
    assert "Nothing that changed the course of the siege" in html


def test_stressed_and_quiet_runs_have_reports(stressed_result, three_days):
    quiet = run(load_scenario("toy_town", ["processes.envelopment=null"]), seed=1, days=10)
    for result in (stressed_result, three_days, quiet):
        assert result.title in Page(report_html(result, [])).text


def test_a_place_that_cannot_be_written_is_a_known_error(three_days, tmp_path):
    with pytest.raises(ResultError, match=r"missing.*the report was not written"):
        write_report(three_days, [], tmp_path / "missing" / "report.html")
    with pytest.raises(ResultError, match=r"gone\.png"):
        write_report(three_days, [tmp_path / "gone.png"], tmp_path / "report.html")
    assert not (tmp_path / "report.html").exists()


def test_every_figure_has_a_title_a_caption_and_words(three_days):
    assert len({drawing.name for drawing in RUN_FIGURES}) == len(RUN_FIGURES)
    for drawing in RUN_FIGURES:
        assert drawing.title
        assert drawing.caption.endswith(".")
        assert drawing.finding(three_days).endswith(".")
