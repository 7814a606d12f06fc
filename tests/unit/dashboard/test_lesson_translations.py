"""Lessons in other languages: other texts, the same lesson; and their words are explained where they stand."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siege_sim.dashboard.lessons.handouts import key_html, worksheet_html
from siege_sim.dashboard.lessons.lesson_file import lessons_folder, shipped_lesson_files
from siege_sim.dashboard.lessons.translation import lesson_in
from siege_sim.dashboard.lessons.written import button_text, lesson_html, with_words_explained
from siege_sim.dashboard.server_settings import server_settings
from siege_sim.errors import ScenarioError
from siege_sim.languages.catalogue import LanguageError, catalogue
from tests.unit.dashboard.test_lessons import MINE

TRANSLATED = sorted(lessons_folder().glob("*/*.yaml"))


@pytest.mark.parametrize("file", TRANSLATED, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_a_shipped_translation_is_of_a_lesson_and_does_what_it_does(file):
    original = shipped_lesson_files()[file.stem]
    assert lesson_in(file.parent.name, original).title != lesson_in("en", original).title


def figures_of(lesson):
    """Return the numbers in the texts of a lesson, text by text, without signs between thousands or before decimals."""
    texts = [lesson.title, lesson.question, lesson.teachers]
    for card in lesson.cards:
        guess = [] if card.guess is None else [card.guess.ask, *card.guess.options]
        texts += [card.title, card.text, card.look, card.debrief, card.teachers, *guess]
    return [sorted(re.sub("[.,]", "", number) for number in re.findall(r"\d(?:[\d.,]*\d)?", text)) for text in texts]


@pytest.mark.parametrize("file", TRANSLATED, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_a_translation_has_the_numbers_of_its_lesson(file):
    original = shipped_lesson_files()[file.stem]
    assert figures_of(lesson_in(file.parent.name, original)) == figures_of(lesson_in("en", original))


@pytest.fixture
def beside(tmp_path):
    """Write a lesson and a translation of it, with something changed in the latter; return the lesson's file."""
    own = tmp_path / "mine.yaml"
    own.write_text(MINE, "utf-8")

    def written(old, new):
        assert old in MINE
        (tmp_path / "de").mkdir(exist_ok=True)
        (tmp_path / "de" / "mine.yaml").write_text(MINE.replace(old, new, 1), "utf-8")
        return own

    return written


def title_line():
    return next(line for line in MINE.splitlines() if line.startswith("title:"))


def test_a_lesson_that_nobody_has_translated_is_shown_as_it_is(beside):
    own = beside(title_line(), "title: Meine Lektion")
    assert lesson_in("de", own).title == "Meine Lektion"
    assert lesson_in("fr", own) == lesson_in("en", own)


@pytest.mark.parametrize(("key", "new"), [("minutes", "99"), ("scenario", "aleppo_2016"), ("name", "other")])
def test_a_translation_that_does_something_else_is_refused_with_its_line(beside, key, new):
    line = next(line for line in MINE.splitlines() if line.startswith(f"{key}:"))
    own = beside(line, f"{key}: {new}")
    with pytest.raises(ScenarioError, match=rf"de.mine\.yaml:\d+: {key}: is not as in .*a translation changes texts"):
        lesson_in("de", own)
    with pytest.raises(ScenarioError, match="a translation changes texts"):
        server_settings("toy_town", 1, (), for_a_class=False, lessons=[own])


def test_a_server_is_not_started_in_a_language_that_there_is_not():
    with pytest.raises(LanguageError, match="no catalogue"):
        server_settings("toy_town", 1, (), for_a_class=False, language="xx")


def test_worksheet_and_key_are_in_the_language_of_the_class():
    file = shipped_lesson_files()["what_a_siege_is"]
    lesson = lesson_in("de", file)
    sheet, key = worksheet_html(lesson, file, "de"), key_html(lesson, file, "de")
    assert '<html lang="de"' in sheet
    for words in ("Arbeitsblatt.", "Schätzen Sie zuerst:", "Bis Tag 30 spielen", "Eine kleine belagerte Stadt"):
        assert words in sheet
    assert "Für die Lehrkraft:" in key
    assert "Guess first" not in sheet + key


def test_a_button_says_in_german_what_it_does():
    file = shipped_lesson_files()["what_a_siege_is"]
    step = lesson_in("de", file).cards[3].do
    said = button_text(step, file, catalogue("de"))
    assert said == "„Eine kleine belagerte Stadt“ mit Startzahl 2 öffnen und bis Tag 90 spielen"


def test_a_word_is_explained_once_where_it_stands_first_and_not_in_code():
    html = lesson_html("The `pocket` and **pockets**, the pocket. A run.")
    shown = with_words_explained(html, {"pocket": 'ground & "people"', "run": "a simulation"})
    assert shown.count("siege-term") == 1
    assert '<strong><span role="button" tabindex="0" class="siege-term"' in shown
    assert 'data-meaning="ground &amp; &quot;people&quot;">pockets</span></strong>' in shown


@given(st.text(alphabet="aber <>&\"'`*\n", max_size=60), st.text(alphabet="aber&<", min_size=1, max_size=6))
def test_words_are_explained_without_changing_what_is_read(text, word):
    html = lesson_html(text)
    shown = with_words_explained(html, {word: "x"})
    assert (
        shown.replace("</span>", "").replace(
            '<span role="button" tabindex="0" class="siege-term" data-meaning="x">', ""
        )
        == html
    )
