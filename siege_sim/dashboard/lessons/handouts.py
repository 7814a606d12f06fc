"""What a lesson is on paper: a worksheet for students, and a key for the teacher, each a page to print."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from siege_sim.dashboard.lessons.lesson_file import Lesson, LessonCard
from siege_sim.dashboard.lessons.written import button_text, lesson_html, title_of_scenario
from siege_sim.errors import ResultError
from siege_sim.languages.catalogue import ENGLISH, Catalogue, catalogue
from siege_sim.reports.page import page, write_page


def worksheet_html(lesson: Lesson, file: Path, language: str = ENGLISH) -> str:
    """Return the worksheet: questions, room for guesses and for what was seen, and the words."""
    return _sheet(lesson, file, catalogue(language), with_answers=False)


def key_html(lesson: Lesson, file: Path, language: str = ENGLISH) -> str:
    """Return the teacher's key: the same with what each card shows, the commands, and the notes."""
    return _sheet(lesson, file, catalogue(language), with_answers=True)


def _sheet(lesson: Lesson, file: Path, own: Catalogue, with_answers: bool) -> str:
    return page(
        "lesson.html",
        t=own.text,
        language=own.language,
        direction=own.direction,
        lesson=lesson,
        scenario=own.text(title_of_scenario(file, lesson.scenario)),
        cards=[_card(card, file, own) for card in lesson.cards],
        notes=lesson_html(lesson.teachers),
        with_answers=with_answers,
    )


def _card(card: LessonCard, file: Path, own: Catalogue) -> dict[str, Any]:
    return {
        "title": card.title,
        "text": lesson_html(card.text),
        "guess": card.guess,
        "button": "" if card.do is None else button_text(card.do, file, own),
        "look": lesson_html(card.look),
        "debrief": lesson_html(card.debrief),
        "command": card.command.strip(),
        "teachers": lesson_html(card.teachers),
    }


def write_handout(html: str, file: Path, force: bool) -> None:
    """Write a worksheet or a key.

    Raises:
        ResultError: the file is there and is not to be replaced, or cannot be written.
    """
    if file.exists() and not force:
        raise ResultError(f"{file}: is there already; choose another file, or replace it with --force")
    part = file.with_name(f".{file.name}.part")
    try:
        write_page(html, part)
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise ResultError(f"{file}: cannot be written: {error.strerror}; choose another file") from None
