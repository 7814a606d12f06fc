"""The report: one file that stands alone, says what the run says, and trusts no text."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from siege_sim import load_scenario, run
from siege_sim.analysis.run import (
    MOST_EVENTS,
    FoodFindings,
    GroundFindings,
    People,
    RunFindings,
    main_events,
    run_findings,
)
from siege_sim.errors import ResultError
from siege_sim.plots import RUN_FIGURES, draw, figure_named
from siege_sim.plots.picture import Picture
from siege_sim.reports.among import beside_the_record
from siege_sim.reports.run import Beside, event_text, render_run, story, write_report
from siege_sim.results.calendar import Calendar
from siege_sim.results.files import json_text
from siege_sim.results.run import CompactRun, RunResult, read_run
from siege_sim.results.why import Explanation
from siege_sim.schema.sides import Sides

OF_THE_RUN = {"events.csv", "series.csv", "manifest.json"}
EVIL = "<script>alert('x')</script> & \"quotes\""


@pytest.fixture(scope="module")
def figures(toy_result, tmp_path_factory):
    folder = tmp_path_factory.mktemp("figures")
    return [small_picture(name, toy_result, folder / f"{name}.png") for name in ("area", "quarters")]


def small_picture(name, result, path) -> Picture:
    kind = figure_named(name)
    draw(kind, result).savefig(path, dpi=20)
    return Picture(name, kind.title, kind.caption, kind.sentence(result), path.read_bytes())


def report_html(result, pictures=()) -> str:
    return render_run(run_findings(result), pictures)


def told(result) -> list[str]:
    return story(run_findings(result))


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
    assert len(page.all("img")) == 2
    for attributes in (attributes for _, attributes in page.tags):
        assert not any(name.startswith("on") for name in attributes)
        assert (attributes.get("src") or "data:").startswith("data:")
        link = attributes.get("href") or "#"
        assert link.startswith("#") or link in OF_THE_RUN
    assert not re.search(r"url\(|@import|https?://", html)


def test_pictures_are_in_the_file_as_they_are_with_words_for_those_who_cannot_see_them(toy_result, figures):
    images = Page(report_html(toy_result, figures)).all("img")
    for image, picture in zip(images, figures, strict=True):
        assert base64.b64decode(image["src"].removeprefix("data:image/png;base64,")) == picture.png
        assert image["width"] == "200"
    assert images[0]["alt"] == f"Ground held. {figure_named('area').sentence(toy_result)}"


def test_links_lead_somewhere(toy_result, figures):
    page = Page(report_html(toy_result, figures))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {link["href"].removeprefix("#") for link in page.all("a")} <= {*ids, *OF_THE_RUN}
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
    assert told(retold(three_days, summary={"ending": ending}))[0] == ENDINGS[ending]


def test_a_run_to_the_planned_end_was_not_stopped(three_days):
    assert told(retold(three_days, scenario={"days": 3}))[0].startswith("The town militia still held the pocket when")


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
    text = " ".join(told(retold(three_days, series=series)))
    assert "Of 6,000 besieged civilians 12 were killed by violence and 3 died of hunger." in text
    assert (
        "Of the others 100 left to the hill militia, 1,000 left to the besieging army, "
        "2,000 were evacuated and 2,885 were" in text
    )


def test_the_story_tells_of_ground(three_days):
    assert "No ground was lost before the last day." in told(three_days)
    text = told(retold(three_days, summary={"days_to_half": 2, "day_pocket_split": 1}))[1]
    assert text.startswith("Half of the ground was lost by 3\u00a0September\u00a02020 (day\u00a02).")
    assert text.endswith("The pocket was cut apart on 2\u00a0September\u00a02020 (day\u00a01).")


def test_every_outcome_is_in_the_table_with_its_unit(toy_result):
    findings = run_findings(toy_result)
    rows = {row.name: row for row in findings.numbers}
    assert list(rows) == list(toy_result.manifest["outcomes"])
    series = toy_result.series
    assert rows["civilians_killed"].values[3] == series["civilians_killed"].iloc[-1]
    assert rows["garrison_area_share"].values[0] == 1.0
    assert np.isnan(rows["kcal_eaten_per_person"].values[0])
    assert rows["kcal_eaten_per_person"].unit == "kcal/person"
    text = re.sub(r"\s+", " ", Page(render_run(findings, [])).text)
    assert "Area held by the town militia% of day 0 100" in text


def test_numbers_per_person_never_come_from_an_empty_pocket(toy_result):
    series = toy_result.series
    series.loc[series.index[-1], ["civilians_in_pocket", "kcal_eaten_per_person"]] = [0.0, 4.8e6]
    result = retold(toy_result, series=series)
    findings = run_findings(result)
    row = next(row for row in findings.numbers if row.name == "kcal_eaten_per_person")
    assert np.nanmax(row.values) < 4000.0
    assert findings.food.last_kcal < 4000.0


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
    findings = run_findings(retold(three_days, events=events))
    assert findings.events_in_all == 8
    assert [(event.day, event_text(event), ", ".join(event.causes)) for event in findings.events] == [
        (1, "Lost: Mill Quarter, Old Town", "enveloped, local assault"),
        (1, "125 fighters laid down arms (Old Town (2))", "no way out"),
        (2, "Both sides agreed", "hope was lost"),
        (3, "A thing happened", ""),
    ]


def test_the_list_of_events_stays_short_and_keeps_what_matters_most():
    hospitals = [(day, "", "hospital_lost", "Old Town", "x", "air strike", 0.0) for day in range(1, 200)]
    events = events_table(*hospitals, (150, "", "agreement", "", "both sides agreed", "", 0.0))
    lines = main_events(events)
    assert len(lines) == MOST_EVENTS
    assert "Both sides agreed" in [event_text(event) for event in lines]
    assert [event.day for event in lines] == sorted(event.day for event in lines)


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


def test_every_figure_has_a_title_a_caption_and_words(three_days):
    assert len({drawing.name for drawing in RUN_FIGURES}) == len(RUN_FIGURES)
    for drawing in RUN_FIGURES:
        assert drawing.title
        assert drawing.caption.endswith(".")
        assert drawing.sentence(three_days).endswith(".")


LABELS = {
    "died_of_hunger": "Died of hunger",
    "left_by_road": "Left by an open road",
    "evacuated": "Civilians evacuated",
}


def found(**changes) -> RunFindings:
    """Return findings made by hand: a siege of ten days about which little happened."""
    manifest = {
        "scenario": {"name": "by_hand", "days": 10, "summary": ""}, "seed": 4, "scenario_digest": "d", "python": "3",
        "program": "siege_sim", "version": "1", "git_commit": None, "packages": {}, "written": "", "wall_seconds": 1,
    }  # fmt: skip
    given = {
        "sides": Sides(),
        "title": "By hand", "manifest": manifest, "days": Calendar(date(2020, 9, 1), 10), "ending": "pocket_taken",
        "ground": GroundFindings(None, None, 0.4),
        "people": People(1000.0, 0.4, {"died_of_hunger": 0.0}, {"left_by_road": 2.5, "evacuated": 0.0}, LABELS),
        "food": FoodFindings(0.4, None, None), "numbers": (), "events": (), "events_in_all": 0, "quarters": (),
        "why": Explanation("Why it ended.", ()), "stopped": False,
    }  # fmt: skip
    return RunFindings(**{**given, **changes})


def test_a_report_is_written_from_findings_alone():
    assert story(found()) == [
        "The pocket was taken on 11\u00a0September\u00a02020 (day\u00a010).",
        "Before the last day at least 40 % of the ground was held.",
        "Of 1,000 besieged civilians 0.4 were killed by violence and none died of hunger.",
        "Of the others 2.5 left by an open road.",
        "On day 0 there was food for 0.4 days.",
    ]
    assert story(found())[1] in Page(render_run(found(), [])).text


def test_what_a_run_says_is_found_without_anything_that_draws(toy_result, tmp_path):
    toy_result.write(tmp_path)
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from siege_sim.analysis.run import run_findings\n"
        "from siege_sim.results.run import read_run\n"
        "import siege_sim.reports.run\n"
        f"print(run_findings(read_run(Path({str(tmp_path)!r}))).people.besieged)\n"
        "assert not {'matplotlib', 'mesa', 'siege_sim.model.model'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "6000.0\n", done.stderr


def test_a_run_beside_others_says_where_it_lies_and_one_alone_says_how_to(toy_result, toy_town, tmp_path):
    others = [CompactRun.of(run(toy_town, seed, days=30)) for seed in (2, 3, 4)]
    write_report(toy_result, (), tmp_path / "report.html", Beside(others))
    beside = (tmp_path / "report.html").read_text("utf-8")
    assert "This run among 3 others" in Page(beside).text
    assert 'alt="This run among 3 others.' in beside
    write_report(toy_result, (), tmp_path / "alone.html")
    alone = Page((tmp_path / "alone.html").read_text("utf-8")).text
    assert "--among 20" in alone
    assert "This run among" not in alone


def test_links_lead_to_the_files_of_the_run_wherever_the_page_lies(toy_result, tmp_path):
    toy_result.write(tmp_path)
    elsewhere = tmp_path / "pages"
    elsewhere.mkdir()
    for file in (tmp_path / "report.html", elsewhere / "report.html"):
        write_report(toy_result, (), file, Beside(folder=tmp_path))
        links = [dict(attrs)["href"] for tag, attrs in Page(file.read_text("utf-8")).tags if tag == "a"]
        leading = [link for link in links if link and not link.startswith("#")]
        assert {Path(link.removeprefix("file://")).name for link in leading} >= {"events.csv", "series.csv"}
        assert all((file.parent / link.removeprefix("file://")).is_file() for link in leading)


def test_a_run_of_a_siege_with_a_record_is_drawn_beside_it_and_others_are_not(toy_result):
    siege = run(load_scenario("aleppo_2016", ["population.persons_per_household=100"]), seed=1, days=20)
    (picture,) = beside_the_record(siege, ())
    assert picture.sentence == "One run, and the ranges that the record gives."
    assert beside_the_record(toy_result, ()) == []


def test_a_run_without_what_the_record_reads_is_not_drawn_beside_it():
    settings = ["population.persons_per_household=100", "processes.snipers=null", "processes.agreement=null"]
    siege = run(load_scenario("sarajevo_1992", settings), seed=1, days=3)
    assert beside_the_record(siege, ()) == []
