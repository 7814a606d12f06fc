"""A class: names that are typed, guesses that are locked, and what the teacher tells all."""

from __future__ import annotations

import csv
import io
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siege_sim.dashboard.branching import SetParameter
from siege_sim.dashboard.classroom import LONGEST_STUDENT_NAME, MOST_GUESSES, MOST_SEATS, Classroom, plain_name
from siege_sim.dashboard.limits import SessionError
from siege_sim.dashboard.session import Session


@pytest.fixture
def room():
    room = Classroom("secret")
    for key in ("a", "b", "c"):
        room.enter(key)
    return room


def student(room, name):
    return next(one for one in room.data()["students"] if one["name"] == name)


def test_a_student_is_a_name_that_was_typed(room):
    assert room.join("a", "  Ann   Lee ") == "Ann Lee"
    assert [one["name"] for one in room.data()["students"]] == ["Ann Lee"]
    assert room.data()["nameless"] == 2


def test_two_students_of_one_name_are_told_apart(room):
    assert [room.join(key, "Ann") for key in "abc"] == ["Ann", "Ann (2)", "Ann (3)"]
    assert room.join("b", "Ann") == "Ann (2)"


@pytest.mark.parametrize("name", ["", "   ", "...", "\u202e\u200b", "\x00"])
def test_a_name_that_nobody_could_read_is_refused(room, name):
    with pytest.raises(SessionError, match="type a name"):
        room.join("a", name)


@given(st.text(max_size=500))
def test_a_name_is_one_short_line_without_hidden_signs(text):
    plain = plain_name(text)
    assert len(plain) <= LONGEST_STUDENT_NAME
    assert plain == plain.strip()
    assert plain.isprintable()


def test_the_first_guess_counts_and_a_later_one_changes_nothing(room):
    room.join("a", "Ann")
    assert room.guess("a", "what_a_siege_is", "killed", 1_200, "civilians_killed")
    assert not room.guess("a", "what_a_siege_is", "killed", 3)
    assert room.guess("a", "what_a_siege_is", "why", "because of " + "x" * 500)
    values = [guess["value"] for guess in student(room, "Ann")["guesses"]]
    assert values[0] == 1_200
    assert len(values[1]) == 200
    with pytest.raises(SessionError, match="in figures"):
        room.guess("a", "what_a_siege_is", "other", float("nan"))


def test_guesses_are_bounded(room):
    for number in range(MOST_GUESSES):
        room.guess("a", "lesson", str(number), 1.0)
    with pytest.raises(SessionError, match="at most"):
        room.guess("a", "lesson", "one more", 1.0)


def test_pages_are_bounded():
    room = Classroom()
    for number in range(MOST_SEATS):
        room.enter(str(number))
    with pytest.raises(SessionError, match="can remember no more"):
        room.enter("one more")


def test_how_far_students_are_follows_from_what_their_pages_are_sent(room):
    session = Session("toy_town", 1, settings=("population.persons_per_household=50",))
    room.join("a", "Ann")
    room.report("a", session.advance(0, []))
    assert student(room, "Ann")["run"]["day"] == 0
    session.advance_to(8)
    session.branch([SetParameter("sorties", "per_day", 40.0)], 4)
    room.report("a", session.updates([(session.runs[0].number, 1)]))
    run = student(room, "Ann")["run"]
    assert (run["scenario"], run["seed"], run["day"], run["changes"]) == ("toy_town", 1, 8, "changed from day 5")
    shown = session.runs[1]
    killed = [one["name"] for one in shown.head["outcomes"]].index("civilians_killed")
    assert run["values"]["civilians_killed"] == shown.frames[8]["values"][killed]
    assert run["values"]["end_day"] is None


def test_a_page_that_nobody_opened_is_not_reported(room):
    room.report("nobody", [])
    room.report("a", [])
    assert room.data()["students"] == []


def test_the_teacher_is_whoever_has_the_secret_and_is_no_student(room):
    room.enter("t", "secret")
    room.enter("x", "wrong")
    assert room.teaches("t")
    assert not room.teaches("x")
    assert room.data()["nameless"] == 4


@pytest.mark.parametrize("secret", ["", "secre", "secret ", "Secret", "sécret", "\ud800"])
def test_any_other_secret_is_wrong(room, secret):
    assert not room.is_teacher(secret)


def test_secrets_are_drawn_anew_for_each_class():
    assert len({Classroom().secret for _ in range(20)}) == 20
    assert all(len(Classroom().secret) >= 20 for _ in range(5))


def test_who_waits_hears_what_the_teacher_says(room):
    heard = []
    waiting = threading.Thread(target=lambda: heard.append(room.wait_for_news(room.news.serial, 30.0)))
    waiting.start()
    room.freeze(True)
    waiting.join(30.0)
    assert heard[0].frozen


def test_a_question_that_is_asked_is_heard_and_guesses_outlast_it(room):
    room.ask(" How many <b>die</b>? ", "civilians_killed")
    asked = room.news.question
    assert asked.text == "How many <b>die</b>?"
    room.join("a", "Ann")
    room.guess("a", "class", asked.name, 12.0, asked.outcome)
    room.end_question()
    assert room.news.question is None
    assert student(room, "Ann")["guesses"][0]["value"] == 12.0
    with pytest.raises(SessionError, match="write the question"):
        room.ask(" \n ")


def test_nothing_is_kept_of_who_is_forgotten(room):
    room.join("a", "Ann")
    room.guess("a", "class", "1", 12.0)
    room.forget("a")
    assert room.data()["students"] == []
    room.join("b", "Ben")
    room.go("b")
    assert not student(room, "Ben")["here"]
    room.forget_all()
    assert room.data()["students"] == []
    assert room.data()["nameless"] == 2


def test_a_page_without_a_name_leaves_nothing(room):
    room.go("a")
    assert room.data()["nameless"] == 2


@pytest.mark.parametrize("name", ["=1+1", "+A1", "-A1", "@SUM(1)"])
def test_no_spreadsheet_takes_a_name_for_a_formula(room, name):
    room.join("a", name)
    room.guess("a", "lesson", "why", "=cmd()")
    rows = list(csv.DictReader(io.StringIO(room.csv())))
    assert rows[0]["student"] == f"'{name}"
    assert rows[0]["guess"] == "'=cmd()"


def test_the_table_has_a_row_a_guess_with_what_came_of_it(room):
    room.ask("How many die?", "civilians_killed")
    for key, name in (("a", "Ann"), ("b", "Ben")):
        room.join(key, name)
    room.guess("a", "class", room.news.question.name, 12.0, "civilians_killed")
    session = Session("toy_town", 1, settings=("population.persons_per_household=50",))
    room.report("a", session.advance(0, []))
    rows = list(csv.DictReader(io.StringIO(room.csv())))
    assert [(row["student"], row["question"], row["guess"], row["result"]) for row in rows] == [
        ("Ann", "How many die?", "12.0", "0.0"),
        ("Ben", "", "", ""),
    ]
