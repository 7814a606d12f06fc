"""Why something happened: the log keeps causes, the chain is walked back and told in plain sentences."""

from __future__ import annotations

import copy

import pandas as pd
import pytest

from siege_sim import run
from siege_sim.errors import ResultError
from siege_sim.model.events import Event, EventLog
from siege_sim.results.run import RunResult, read_run
from siege_sim.results.why import MOST_BEFORE, EventsError, chain, explain

COLUMNS = ["event", "day", "date", "kind", "where", "what", "cause", "amount", "because", "facility"]


def table(*rows: tuple) -> pd.DataFrame:
    """Return a table of events from (day, kind, where, what, cause, amount, because, facility)."""
    full = [(number, row[0], f"2020-09-{1 + row[0]:02}", *row[1:]) for number, row in enumerate(rows)]
    return pd.DataFrame(full, columns=COLUMNS).astype({"because": "Int64"})


MADE_UP = table(
    (1, "assault_began", "Mill", "axis 1 began its assault on Mill", "its preparation was over", 0.0, None, ""),
    (
        2,
        "bakery_lost",
        "Old Town",
        "bakery Old Town was put out of service",
        "air strike",
        0.0,
        None,
        "bakery Old Town",
    ),
    (3, "ground_lost", "Mill", "1 cell of Mill was lost", "local assault", 1.0, 0, ""),
    (4, "ground_lost", "Old Town", "1 cell of Old Town was lost", "enveloped", 1.0, 2, ""),
    (5, "ground_lost", "Old Town", "2 cells of Old Town were lost", "enveloped", 2.0, 3, ""),
    (5, "quarter_lost", "Old Town", "all of Old Town was lost", "enveloped", 0.0, 4, ""),
    (6, "pocket_taken", "", "the siege ended: pocket taken", "hardly any ground was left", 0.0, 5, ""),
)


def result_with(base: RunResult, events: pd.DataFrame = MADE_UP, ending: str = "pocket_taken") -> RunResult:
    manifest = copy.deepcopy(dict(base.manifest))
    manifest["city"]["facilities"] = [
        {"name": name, "kind": "bakery", "quarter": "Old Town"} for name in ("bakery Old Town", "bakery Mill")
    ]
    quarters = pd.DataFrame(
        [("Old Town", 3, 0), ("Mill", 4, 3), ("Station", 2, 2), ("Far Side", 0, 0), ("Harbour", 2, 0)],
        columns=["quarter", "garrison_cells_on_day_0", "garrison_cells_at_end"],
    )
    summary = {**base.summary, "ending": ending}
    return RunResult(summary, manifest, dict(base.snapshots), base.series.iloc[:7], quarters, events)


@pytest.fixture
def made_up(toy_result: RunResult) -> RunResult:
    return result_with(toy_result)


def test_the_log_numbers_events_and_finds_the_newest_about_a_subject():
    log = EventLog()
    assert log.newest("strike") is None
    assert log.add(Event(1, "strike", "Mill", "", "")) == 0
    assert log.add(Event(2, "ground_lost", "Mill", "", "", because=0), about=[("lost", 17)]) == 1
    assert log.newest("strike") == 0
    assert log.newest(("lost", 17), "strike") == 1
    assert log.newest(("ground_lost", "Mill")) == 1


@pytest.mark.parametrize("because", [0, 1, -1])
def test_an_event_cannot_come_of_itself_or_of_a_later_one(because):
    with pytest.raises(ValueError, match="name an earlier one"):
        EventLog().add(Event(1, "strike", "", "", "", because=because))


def test_a_chain_goes_from_the_root_to_the_result():
    assert chain(MADE_UP, 6) == [0, 2, 3, 4, 5, 6]
    assert chain(MADE_UP, 1) == [1]


def test_losses_of_one_quarter_are_told_together_with_days_and_dates(made_up):
    answer = explain(made_up, quarter="Old Town")
    assert answer.headline.startswith(
        "Why all of Old Town was lost on day 5 (6 Sep 2020), after ground there was first"
    )
    assert [step.events for step in answer.steps] == [(0,), (2,), (3, 4, 5)]
    assert answer.steps[1].text.endswith("it was under direct assault, after 2 days of that assault.")
    assert answer.steps[2].text == (
        "Days 4 to 5 (5 Sep 2020 to 6 Sep 2020): 3 cells of Old Town were lost, one after another, the last of it; "
        "the besieging army held more than half of the ground around."
    )


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ({}, "Why the siege ended on day 6 (7 Sep 2020), when the pocket was taken:"),
        ({"quarter": "Mill"}, "Mill did not fall in this run: the town militia held 3 of its 4 "
         "cells on day 6 (7 Sep 2020). "
         "Ground there was first lost on day 3 (4 Sep 2020)."),
        ({"quarter": "Station"}, "Station did not fall in this run: the town militia held 2 of its 2 cells on day 6 "
         "(7 Sep 2020). No ground was lost there."),
        ({"quarter": "Far Side"}, "Far Side was not held by the town militia on day 0"),
        ({"quarter": "Harbour"}, "Harbour was held until the end and handed over then. Why the siege ended"),
        ({"stock": "bakery Old Town"}, "What led to this on day 2 (3 Sep 2020): bakery Old Town was put out of"),
        ({"stock": "bakery Mill"}, "Bakery Mill was never out of service"),
    ],
    ids=str,
)  # fmt: skip
def test_each_question_has_its_answer(question, said, made_up):
    assert made_up.why(**question)[0].startswith(said)


def test_a_run_that_still_holds_says_so(toy_result):
    sentences = result_with(toy_result, MADE_UP.iloc[:6], "holding").why()
    assert sentences[0].startswith("Nothing ended the siege in this run: on day 6")
    assert sentences[0].endswith("Why ground was lost last:")
    assert len(result_with(toy_result, MADE_UP.iloc[:0], "holding").why()) == 1


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ({"quarter": "Old Twon"}, "no quarter 'Old Twon' in this run; did you mean 'Old Town'?; known here: Far Side,"),
        ({"stock": "bakery Mil"}, "did you mean 'bakery Mill'?"),
        ({"quarter": "Mill", "stock": "bakery Mill"}, "not for both"),
    ],
    ids=str,
)
def test_unknown_names_are_refused_with_those_known(question, said, made_up):
    with pytest.raises(ResultError) as caught:
        made_up.why(**question)
    assert said in str(caught.value)


def damaged(column: str, row: int, value: object) -> pd.DataFrame:
    events = MADE_UP.copy()
    events.loc[row, column] = value
    return events


@pytest.mark.parametrize(
    ("events", "said"),
    [
        (MADE_UP.drop(columns=["event", "because"]), "older version"),
        (damaged("because", 3, 3), "row 5: event 3 cannot come of event 3"),
        (damaged("because", 3, 6), "row 5: event 3 cannot come of event 6"),
        (damaged("because", 3, -1), "cannot come of event -1"),
        (MADE_UP.drop(index=2), "row 4: event 3 stands where 2 should"),
    ],
)
def test_a_table_that_cannot_be_followed_is_refused(events, said, toy_result):
    with pytest.raises(EventsError, match=said):
        explain(result_with(toy_result, events))


def test_in_a_stressed_run_every_cause_is_an_earlier_event_of_the_same_day_or_before(stressed_result):
    events = stressed_result.events
    assert events["event"].tolist() == list(range(len(events)))
    caused = events.dropna(subset="because")
    causes = caused["because"].astype(int)
    assert (causes < caused["event"]).all()
    assert (events["day"].to_numpy()[causes] <= caused["day"]).all()
    assert len(caused) > len(events) / 2


def test_in_stressed_runs_every_loss_of_ground_comes_of_something(stressed_city, stressed_result):
    events = pd.concat([stressed_result.events, run(stressed_city, seed=9).events])
    named = {
        "ground_lost", "quarter_lost", "pocket_split", "unit_surrendered", "units_withdrew", "assault_began",
        "market_fell", "food_ended", "relief_failed", "ceasefire_ended", "crossings_shut",
    }  # fmt: skip
    assert named <= set(events["kind"])
    assert events[events["kind"].isin(named)]["because"].notna().all()


def test_every_quarter_and_facility_of_a_stressed_run_can_be_asked_for(stressed_result):
    for quarter in stressed_result.quarters["quarter"]:
        assert stressed_result.why(quarter=quarter)
    for facility in stressed_result.manifest["city"]["facilities"]:
        assert stressed_result.why(stock=facility["name"])


def test_a_run_read_back_gives_the_same_answer(stressed_result, tmp_path):
    stressed_result.write(tmp_path)
    assert read_run(tmp_path).why() == stressed_result.why()


def test_what_happened_to_a_place_before_its_end_is_told_too(stressed_result):
    """Every event of a place up to its end is a step of the chain, or stands below it; a few are only counted."""
    events = stressed_result.events
    asked = 0
    for name in events["facility"].unique():
        answer = explain(stressed_result, stock=name) if name else None
        if answer is None or not answer.steps:
            continue
        end = answer.steps[-1].events[-1]
        before = events[(events["facility"] == name) & (events["event"] < end)]
        in_chain = {number for step in answer.steps for number in step.events}
        left = [row for row in before.itertuples() if row.event not in in_chain]
        told = [sentence for sentence in answer.also if sentence.startswith("Day ")]
        assert len(told) == min(len(left), MOST_BEFORE)
        assert all(any(row.what in sentence for sentence in told) for row in left[-MOST_BEFORE:])
        asked += bool(left)
    assert asked


def test_of_an_empty_store_it_is_said_where_the_food_of_the_pocket_had_gone(stressed_result):
    events = table(
        (1, "market_hit", "Mill", "market Mill was hit", "air strike", 3.0e6, None, "market Mill"),
        (2, "aid_convoy", "", "2 trucks brought food", "agreed with the parties", 5.0e6, None, ""),
        (3, "bakery_lost", "Mill", "bakery Mill was lost", "air strike", 9.0e6, None, "bakery Mill"),
        (
            4,
            "warehouse_empty",
            "Mill",
            "store Mill was empty",
            "all handed out",
            0.0,
            None,
            "bakery Mill",
        ),
        (5, "market_fell", "Mill", "market Mill fell", "ground was lost", 8.0e6, None, "market Mill"),
    )
    (place, food) = explain(result_with(stressed_result, events), stock="bakery Mill").also
    assert place == "Day 3 (4 Sep 2020): bakery Mill was lost; it was hit from the air."
    assert ", 3 million kcal had burnt or been lost with the ground (1 event); 1 convoy had brought 5 million" in food
