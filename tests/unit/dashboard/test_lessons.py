"""Lessons: data that is checked, texts that are nothing but text, guesses that are locked, steps that are performed."""

from __future__ import annotations

import re
from contextlib import contextmanager
from pathlib import Path

import pytest

from siege_sim.dashboard import lesson_reader
from siege_sim.dashboard.lesson_box import card_data
from siege_sim.dashboard.lessons.check_lesson import checked_lesson
from siege_sim.dashboard.lessons.handouts import key_html, worksheet_html
from siege_sim.dashboard.lessons.lesson_file import LESSON_ORDER, LessonStep, load_lesson, shipped_lesson_files
from siege_sim.dashboard.lessons.progress import LessonProgress, guessed_number
from siege_sim.dashboard.lessons.written import button_text, lesson_html, written_lesson
from siege_sim.dashboard.server_settings import ServerSettings
from siege_sim.dashboard.session import Session
from siege_sim.errors import ScenarioError, SiegeError

GLOSSARY = Path(__file__).parents[3] / "docs" / "glossary.md"
LESSONS = {name: load_lesson(file)[0] for name, file in shipped_lesson_files().items()}
MINE = """
name: mine
title: Mine
question: Why?
minutes: 20
scenario: toy_town
settings: [population.persons_per_household=50]
words: {sortie: one flight}
cards:
  - title: First
    text: The town. **Who?**
    guess: {ask: Which day?, kind: day, outcome: garrison_area_share, below: 0.5}
    do: {go_to: 4}
    charts: [area]
    debrief: It held.
    command: siege-sim run toy_town
  - title: Second
    text: More aircraft.
    guess: {ask: How many?, kind: number, outcome: civilians_killed}
    do: {pull: [{key: processes.sorties.per_day, value: 40, from_day: 3}], go_to: 6, difference: true}
    charts: [dead]
    teachers: Secret.
  - {title: Third, text: Beside., do: {open: toy_town, seed: 5, beside: toy_town, go_to: 2}}
"""


def written(folder: Path, text: str = MINE) -> Path:
    file = folder / "mine.yaml"
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_that_comes_with_the_program_names_what_there_is(name):
    lesson = checked_lesson(shipped_lesson_files()[name])
    assert lesson.name == name
    assert any(card.do is not None for card in lesson.cards)
    assert all(card.guess is not None for card in lesson.cards if card.do is not None), "guess before you see"


def test_lessons_stand_in_the_order_of_a_course():
    assert tuple(LESSONS) == LESSON_ORDER


@pytest.mark.parametrize("name", LESSONS)
def test_every_term_of_the_glossary_that_a_lesson_uses_is_explained_on_its_page(name):
    lesson = LESSONS[name]
    terms = {term.lower() for term in re.findall(r"^### (.+)$", GLOSSARY.read_text("utf-8"), flags=re.M)}
    text = " ".join(
        part
        for card in lesson.cards
        for part in (card.text, card.look, card.debrief, card.guess.ask if card.guess else "")
    ).lower()
    used = {term for term in terms - PLAIN if re.search(rf"\b{re.escape(term)}s?\b", text)}
    assert used <= {word.lower().removesuffix("s") for word in lesson.words} | {word.lower() for word in lesson.words}


PLAIN = {
    "assault", "break of the line", "front", "hope", "interaction", "lesson", "point", "route", "scenario", "series",
    "side", "stock", "unit", "works",
}  # fmt: skip
"""Terms that lessons use as ordinary English does."""


@pytest.mark.parametrize(
    "markdown",
    ["<script>alert(1)</script>", "a <img src=x onerror=alert(1)> b", "[a](javascript:alert(1))", "[a](http://b.example)",
     "![a](http://b.example/x.png)", "<http://b.example>", "`<b>`", "<div onclick=x>\n\nhello\n\n</div>"],
)  # fmt: skip
def test_a_text_holds_no_html_of_its_own_and_leads_nowhere(markdown):
    assert set(re.findall(r"<(/?\w+[^>]*)>", lesson_html(markdown))) <= {"p", "/p", "code", "/code"}


def test_words_of_a_link_stay_and_lists_are_lists():
    assert lesson_html("1. see [the page](other.md)") == "<ol>\n<li>see the page</li>\n</ol>\n"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("scenario: toy_town", "scenario: toy_twon", "mine.yaml:6: scenario: no scenario is called 'toy_twon'; did"),
        ("go_to: 4", "go_to: 400", "cards.0.do.go_to: day 400 is after the last day of the scenario, which is day 90"),
        ("charts: [area]", "charts: [aera]", "cards.0.charts.0: there is no chart 'aera'; did you mean 'area'?"),
        ("outcome: garrison_area_share", "outcome: food_days_left", "'food_days_left' is no line of the charts of"),
        ("below: 0.5", "below: 0.5, above: 1", "a guess of a day needs one bound: 'below' or 'above'"),
        ("sorties.per_day", "sortis.per_day", "the scenario has no mechanism 'sortis'; did you mean 'sorties'?"),
        ("sorties.per_day", "sorties.per_dy", "unknown key 'per_dy'; did you mean 'per_day'?"),
        ("value: 40", "value: -3", "it must be at least 0"),
        ("processes.sorties.per_day", "food.home_days", "cards.1.do.pull.0.key"),
        ("go_to: 4", "layer: dangr", "there is no layer 'dangr' of the map; did you mean 'danger'?"),
        ("do: {go_to: 4}", "do: {}", "this step does nothing"),
        ("do: {go_to: 4}", "do: {seed: 3, go_to: 4}", "a seed belongs to a scenario that is opened"),
        ("do: {go_to: 4}", "do: {difference: true, go_to: 4}", "there is one run only"),
        ("beside: toy_town", "beside: aleppo_2016", "has another map or start date than 'toy_town'"),
        ("kind: number, outcome: civilians_killed", "kind: choice, options: [a]", "a choice needs at least two"),
        ("go_to: 6, ", "", "this guess needs a day: give 'on_day', or a step with 'go_to'"),
        ("minutes: 20", "minuets: 20", "unknown key 'minuets'; did you mean 'minutes'?"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found_with_its_line_before_a_class_is_there(tmp_path, old, new, message):
    assert old in MINE
    assert checked_lesson(written(tmp_path)).title == "Mine"
    with pytest.raises(ScenarioError) as error:
        checked_lesson(written(tmp_path, MINE.replace(old, new)))
    assert message in str(error.value)
    assert re.match(r".*mine\.yaml:\d+: ", str(error.value))


def test_the_page_shows_no_command_and_no_note_for_teachers(tmp_path):
    file = written(tmp_path)
    lesson = checked_lesson(file)
    shown = str([card_data(card, file) for card in lesson.cards])
    assert "siege-sim" not in shown
    assert "Secret" not in shown
    for name, one in LESSONS.items():
        for card in one.cards:
            assert "siege-sim" not in str(card_data(card, shipped_lesson_files()[name])), card.title


def test_the_worksheet_has_room_and_the_key_has_answers(tmp_path):
    file = written(tmp_path, MINE.replace("It held.", "It <b>held</b> & how."))
    lesson = checked_lesson(file)
    sheet, key = worksheet_html(lesson, file), key_html(lesson, file)
    for page in (sheet, key):
        assert "Which day?" in page
        assert "Play to day 4" in page
        assert "one flight" in page
        assert "<script" not in page
    assert "It &lt;b&gt;held&lt;/b&gt; &amp; how." in key
    assert "Secret." in key
    assert "siege-sim run toy_town" in key
    for answer in ("held", "Secret", "siege-sim run"):
        assert answer not in sheet
    assert "Name <span>" in sheet


def test_the_written_lesson_holds_all_of_it(tmp_path):
    file = written(tmp_path)
    text = written_lesson(checked_lesson(file), file)
    for part in (
        "# Mine",
        "## 2. Second",
        "**Guess first.** Which day?",
        "siege-sim run toy_town",
        "It held.",
        "Secret.",
    ):
        assert part in text


def test_a_button_says_what_it_does(tmp_path):
    step = LessonStep(open="toy_town", seed=3, beside="no_such", go_to=30, many_runs=20)
    assert button_text(step, tmp_path / "x.yaml") == (
        "Open “A small besieged town” with seed 3, put “no_such” beside it, play to day 30 "
        "and play 20 runs with other seeds"
    )


def test_a_locked_guess_stays_and_progress_comes_back_from_its_text():
    lesson = LESSONS["what_a_siege_is"]
    progress = LessonProgress(lesson.name).locked("40").locked("41").with_begun().with_done().turned_to(99, lesson)
    assert progress.guesses == {0: "40"}
    assert progress.card == len(lesson.cards) - 1
    assert LessonProgress.from_text(progress.text()) == progress
    assert LessonProgress.from_text("what_a_siege_is") == LessonProgress("what_a_siege_is")
    for damaged in ("{", '{"lesson": 3}', '{"lesson": "a", "card": "b", "guesses": {}, "begun": [], "done": []}'):
        assert LessonProgress.from_text(damaged) == LessonProgress()


@pytest.mark.parametrize(("text", "value"), [("40", 40), ("4,000", 4000), (" 35 % ", 35), ("1 200", 1200)])
def test_a_number_is_read_as_people_write_it(text, value):
    assert guessed_number(text) == value


@pytest.mark.parametrize("text", ["", "many", "nan", "inf", "-3", "1e99"])
def test_what_is_no_number_of_things_is_none(text):
    assert guessed_number(text) is None


class PageDouble:
    """What a lesson needs of a page, without one."""

    key = "ann"

    def __init__(self) -> None:
        self.session = type(
            "Value", (), {"value": Session("toy_town", settings=("population.persons_per_household=50",))}
        )()
        self.saved = type("Value", (), {"value": ""})()
        self.message = ""
        self.told = []

    def do(self, method, *arguments):
        getattr(self.session.value, method)(*arguments)

    @contextmanager
    def errors_shown(self):
        try:
            yield
        except SiegeError as error:
            self.message = str(error)

    def settings_for(self, scenario):
        return ()

    def ensure_active(self): ...
    def tell_class(self, *guess):
        self.told.append(guess)

    def refresh(self): ...
    def make_room(self, beside): ...


@pytest.fixture
def reader(tmp_path, monkeypatch):
    lesson, file = checked_lesson(written(tmp_path)), tmp_path / "mine.yaml"
    monkeypatch.setattr(lesson_reader, "known_lessons", lambda: {"mine": (lesson, file)})
    monkeypatch.setattr(lesson_reader, "server_sessions", ServerDouble)
    made = lesson_reader.LessonReader(PageDouble())
    made.take("mine")
    return made


class ServerDouble:
    def set_lesson(self, key, lesson): ...

    def save(self, key):
        return ""


def runs_of(reader):
    return [(run.seed, run.scenario.processes.sorties.per_day, len(run.log)) for run in reader._page.session.value.runs]


def test_a_guess_that_is_no_answer_is_said_and_not_locked(reader):
    reader.lock("soon")
    assert "'soon' is not a number" in reader.problem.value
    assert reader.progress.value.guesses == {}
    reader.lock("40")
    assert reader.problem.value == ""
    assert reader.view.value["marks"][0]["value"] == 40.0
    assert reader._page.told == [("mine", reader.card.guess.ask, 40.0)], "what is no answer is told to nobody"


def test_steps_are_performed_in_order_and_keep_former_runs(reader):
    session = reader._page.session.value
    reader.perform()
    assert reader.view.value["task"]["go_to"] == 4
    assert reader.progress.value.done == ()
    reader.come_to_its_day(reader._serial)
    assert reader.progress.value.done == (0,)
    first = reader._numbers()
    reader.turn(1)
    reader.perform()
    assert reader._numbers()[0] == first[0], "it goes on from the card before"
    assert [log for *_, log in runs_of(reader)] == [0, 1]
    reader.turn(2)
    reader.perform()
    assert [seed for seed, *_ in runs_of(reader)] == [5, 5]
    assert any(first[0] in former.numbers for former in session.state.former)


def test_a_card_that_is_taken_first_makes_what_it_needs(reader):
    reader.turn(1)
    reader.perform()
    assert [log for *_, log in runs_of(reader)] == [0, 1]
    reader.perform()
    assert [log for *_, log in runs_of(reader)] == [0, 1], "done again, it begins anew"
    reader.turn(2)
    reader._page.do("keep_only", reader._numbers()[0])
    reader.turn(1)
    reader.perform()
    assert [log for *_, log in runs_of(reader)] == [0, 1]


def test_a_day_that_is_reached_for_another_card_does_not_count(reader):
    reader.perform()
    old = reader._serial
    reader.turn(1)
    reader.come_to_its_day(old)
    assert reader.progress.value.done == ()


def test_settings_hold_for_the_scenario_that_was_named_and_for_what_builds_on_it():
    server = ServerSettings("aleppo_2016", scenario_settings=("population.persons_per_household=50",))
    for name in ("aleppo_2016", "aid_convoys"):
        assert server.settings_for(name) == server.scenario_settings
    assert server.settings_for("toy_town") == ()
    assert ServerSettings("aid_convoys", scenario_settings=("days=9",)).settings_for("aleppo_2016") == ()
