"""The parts of the page that are about lessons: the list of them, and the card that is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import solara

from siege_sim.dashboard.lesson_reader import lessons_in_order
from siege_sim.dashboard.lessons.written import button_text, lesson_html
from siege_sim.dashboard.widget import LessonWidget

if TYPE_CHECKING:
    from pathlib import Path

    from siege_sim.dashboard.lesson_reader import LessonReader
    from siege_sim.dashboard.lessons.lesson_file import LessonCard
    from siege_sim.dashboard.page_state import PageState


@solara.component
def LessonBeside(state: PageState) -> None:
    """Show the card of the lesson that is taken."""
    reader = state.lessons
    progress, lesson = reader.progress.value, reader.lesson
    assert lesson is not None
    waits = progress.card in progress.begun and state.ensemble.value is not None and state.ensemble.value.running
    LessonWidget.element(
        title=lesson.title,
        minutes=lesson.minutes,
        number=progress.card + 1,
        count=len(lesson.cards),
        card=card_data(reader.card, reader.file),
        locked=progress.guesses.get(progress.card, ""),
        problem=reader.problem.value,
        begun=progress.card in progress.begun,
        done=progress.card in progress.done and not waits,
        words=[[word, meaning] for word, meaning in lesson.words.items()],
        handlers=_handlers(reader),
    )


def _handlers(reader: LessonReader) -> dict[str, Any]:
    return {
        "lock": reader.lock,
        "perform": reader.perform,
        "turn": reader.turn,
        "restart": lambda: reader.take(reader.progress.value.lesson),
        "close": reader.close,
    }


def card_data(card: LessonCard, lesson_file: Path) -> dict[str, Any]:
    """Return a card as the page shows it; its command is for the written lesson alone."""
    guess = card.guess
    return {
        "title": card.title,
        "text": lesson_html(card.text),
        "guess": None if guess is None else {"ask": guess.ask, "kind": guess.kind, "options": list(guess.options)},
        "button": "" if card.do is None else button_text(card.do, lesson_file),
        "look": lesson_html(card.look) if card.look else "",
        "debrief": lesson_html(card.debrief) if card.debrief else "",
    }


@solara.component
def LessonsBox(state: PageState) -> None:
    """List the lessons; each opens with its siege."""
    taken = state.lessons.progress.value.lesson
    with solara.Column(gap="0px", classes=["siege-lessons"]):
        for number, lesson in enumerate(lessons_in_order(), start=1):
            solara.Button(
                f"{number}. {lesson.title}",
                text=True,
                classes=["siege-current"] if lesson.name == taken else [],
                on_click=lambda name=lesson.name: state.lessons.take(name),
            )
