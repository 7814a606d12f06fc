"""The parts of the page that are about lessons: the list of them, and the card that is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import solara

from siege_sim.dashboard.lesson_reader import lessons_in_order
from siege_sim.dashboard.lessons.written import button_text, lesson_html, with_words_explained
from siege_sim.dashboard.page_language import page_catalogue, translated_sentence
from siege_sim.dashboard.widget import LessonWidget

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from siege_sim.dashboard.lesson_reader import LessonReader
    from siege_sim.dashboard.lessons.lesson_file import LessonCard
    from siege_sim.dashboard.page_state import PageState
    from siege_sim.languages.catalogue import Catalogue


@solara.component
def LessonBeside(state: PageState) -> None:
    """Show the card of the lesson that is taken."""
    reader = state.lessons
    progress, lesson = reader.progress.value, reader.lesson
    assert lesson is not None
    waits = progress.card in progress.begun and state.ensemble.value is not None and state.ensemble.value.running
    LessonWidget.element(
        texts=LessonWidget.texts_now(),
        title=lesson.title,
        minutes=lesson.minutes,
        number=progress.card + 1,
        count=len(lesson.cards),
        card=card_data(reader.card, reader.file, lesson.words, page_catalogue()),
        locked=_shown_guess(reader, progress.guesses.get(progress.card, "")),
        problem=translated_sentence(reader.problem.value),
        begun=progress.card in progress.begun,
        done=progress.card in progress.done and not waits,
        words=[[word, meaning] for word, meaning in lesson.words.items()],
        handlers=_handlers(reader),
    )


def _handlers(reader: LessonReader) -> dict[str, Any]:
    return {
        "lock": lambda guess: reader.lock(typed_guess(reader, guess)),
        "perform": reader.perform,
        "turn": reader.turn,
        "restart": lambda: reader.take(reader.progress.value.lesson),
        "close": reader.close,
    }


def typed_guess(reader: LessonReader, text: str) -> str:
    """Return a guess as it is kept: a number with a point, however the language of the page writes it."""
    guess = reader.card.guess
    return page_catalogue().plain_number(text) if guess is not None and guess.kind in ("day", "number") else text


def _shown_guess(reader: LessonReader, text: str) -> str:
    """Return a guess that is kept as the language of the page writes it."""
    guess = reader.card.guess
    return page_catalogue().figures(text) if guess is not None and guess.kind in ("day", "number") else text


def card_data(
    card: LessonCard, lesson_file: Path, words: Mapping[str, str] | None = None, language: Catalogue | None = None
) -> dict[str, Any]:
    """Return a card as the page shows it, with its words explained; its command is for the written lesson alone."""
    guess = card.guess
    texts = {
        name: with_words_explained(lesson_html(getattr(card, name)), words or {})
        for name in ("text", "look", "debrief")
    }
    return {
        "title": card.title,
        **texts,
        "guess": None if guess is None else {"ask": guess.ask, "kind": guess.kind, "options": list(guess.options)},
        "button": "" if card.do is None else button_text(card.do, lesson_file, language),
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
