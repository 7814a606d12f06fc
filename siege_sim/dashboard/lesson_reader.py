"""Takes a reader through a lesson: cards forward and back, guesses that are locked, and steps that are performed."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import solara

from siege_sim.dashboard.lessons.check_lesson import edit_of
from siege_sim.dashboard.lessons.lesson_file import (
    Lesson,
    LessonCard,
    LessonStep,
    scenario_for,
    shipped_lesson_files,
)
from siege_sim.dashboard.lessons.progress import LONGEST_GUESS, LessonProgress, guess_problem, guessed, marks_of
from siege_sim.dashboard.lessons.translation import lesson_in
from siege_sim.dashboard.page_language import page_catalogue
from siege_sim.dashboard.sessions import server_sessions

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


@cache
def lessons_known_in(language: str) -> dict[str, tuple[Lesson, Path]]:
    """Return the lessons of this server in a language, and their files, by name: the teacher's own first."""
    files = [*map(Path, server_sessions().settings.lessons), *shipped_lesson_files().values()]
    lessons = [(lesson_in(language, file), file) for file in files]
    return {lesson.name: (lesson, file) for lesson, file in reversed(lessons)}


def known_lessons() -> dict[str, tuple[Lesson, Path]]:
    """Return the lessons of this server in the language of this page, and their files, by name."""
    return lessons_known_in(page_catalogue().language)


def lessons_in_order() -> list[Lesson]:
    """Return the lessons of this server in the order in which the page lists them."""
    return [lesson for lesson, _ in reversed(known_lessons().values())]


class LessonPage(Protocol):
    """What a lesson needs of the page that it stands on; see `PageState`."""

    key: str
    session: Any
    saved: Any

    def do(self, method: str, *arguments: Any) -> None:
        """Let the session do something, and show what has come of it."""

    def errors_shown(self) -> AbstractContextManager[None]:
        """Show the reader what goes wrong meanwhile."""

    def settings_for(self, scenario: str) -> tuple[str, ...]:
        """Return the settings of the command for a scenario."""

    def ensure_active(self) -> None:
        """Resume the session if it was suspended."""

    def refresh(self) -> None:
        """Let the page request what is new."""

    def make_room(self, beside: bool) -> None:
        """Put what stands beside the viewer away where there is little room."""

    def run_ensemble(self, runs: int) -> None:
        """Run many seeds in the background."""

    def tell_class(self, lesson: str, question: str, guess: float | str) -> None:
        """Let the teacher of a class see a guess that was locked; outside a class nobody does."""


class LessonReader:
    """Takes a reader through a lesson.

    Args:
        page: the page that it stands on.

    Attributes:
        progress: how far the reader is.
        problem: what is wrong with the guess that was typed.
        view: what the viewer shows for the card: charts, marks of the guess, and the task of the step.
    """

    def __init__(self, page: LessonPage) -> None:
        self._page = page
        self.progress: Any = solara.reactive(LessonProgress())
        self.problem = solara.reactive("")
        self.view: Any = solara.reactive({})
        self._serial = 0
        self._left: tuple[int, tuple[int, ...]] = (-1, ())

    @property
    def lesson(self) -> Lesson | None:
        """The lesson that is taken, if one is."""
        known = known_lessons().get(self.progress.value.lesson)
        return None if known is None else known[0]

    @property
    def file(self) -> Path:
        """The file of the lesson that is taken."""
        return known_lessons()[self.progress.value.lesson][1]

    @property
    def card(self) -> LessonCard:
        """The card that is shown."""
        return self._of_lesson().cards[self.progress.value.card]

    def _of_lesson(self) -> Lesson:
        lesson = self.lesson
        assert lesson is not None
        return lesson

    def restore(self, text: str) -> None:
        """Show the lesson that was taken when the page was left, on its card."""
        progress = LessonProgress.from_text(text)
        known = known_lessons().get(progress.lesson)
        self._set(LessonProgress() if known is None else progress.turned_to(progress.card, known[0]), keep=False)

    def take(self, name: str) -> None:
        """Begin a lesson on its first card, beside the siege with which it opens; the runs before are kept."""
        self._set(LessonProgress(name))
        lesson = self._of_lesson()
        self._page.do("open", *self._scenario(lesson.scenario, lesson.seed))
        self._left = (-1, self._numbers())

    def close(self) -> None:
        """Leave the lesson; the siege stays as it is."""
        self._set(LessonProgress())

    def turn(self, card: int) -> None:
        """Show another card."""
        self._set(self.progress.value.turned_to(card, self._of_lesson()))

    def lock(self, guess: str) -> None:
        """Lock the guess of the card, or say what is wrong with it."""
        guess = guess.strip()[:LONGEST_GUESS]
        self.problem.value = guess_problem(self.card, guess)
        if not self.problem.value:
            self._set(self.progress.value.locked(guess))
            self._page.tell_class(self._of_lesson().name, *guessed(self.card, guess))

    def _set(self, progress: LessonProgress, keep: bool = True) -> None:
        other = not keep or progress.lesson != self.progress.value.lesson
        self.progress.value, self.problem.value = progress, ""
        if other:
            self._page.make_room(beside=bool(progress.lesson))
        if keep:
            server_sessions().set_lesson(self._page.key, progress.text())
            self._page.saved.value = server_sessions().save(self._page.key)
        self._show({})

    def _show(self, task: dict[str, Any]) -> None:
        """Let the viewer show what belongs to the card, and do a task."""
        if self.lesson is None:
            self.view.value = {}
            return
        self._serial += 1
        marks = marks_of(self.lesson, self.progress.value)
        self.view.value = {"serial": self._serial, "charts": list(self.card.charts), "marks": marks, "task": task}

    def perform(self) -> None:
        """Do what the button of the card says; the runs that were there can be gone back to."""
        page, step = self._page, self.card.do
        if step is None:
            return
        with page.errors_shown():
            page.ensure_active()
            for needed in self._needed():
                self._apply(needed)
            page.refresh()
            self._left = (self.progress.value.card, self._numbers())
            if step.many_runs is not None:
                page.run_ensemble(step.many_runs)
            self._set(self.progress.value.with_begun())
            self._show(
                {"runs": self._numbers(), "go_to": step.go_to, "layer": step.layer, "difference": step.difference}
            )

    def _needed(self) -> list[LessonStep]:
        """Return the steps to be done: this one, and those before it that the runs shown have not behind them."""
        lesson, here = self._of_lesson(), self.progress.value.card
        steps = {number: card.do for number, card in enumerate(lesson.cards[: here + 1]) if card.do is not None}
        before = max((number for number in steps if number < here), default=-1)
        if self._left == (before, self._numbers()):
            return [steps[here]]
        opening = max((number for number, step in steps.items() if step.open is not None), default=None)
        if opening is None:
            return [LessonStep(open=lesson.scenario), *steps.values()]
        return [step for number, step in steps.items() if number >= opening]

    def _apply(self, step: LessonStep) -> None:
        session = self._page.session.value
        if step.open is not None:
            seed = self._of_lesson().seed if step.seed is None else step.seed
            session.open(*self._scenario(step.open, seed))
        if step.beside is not None:
            scenario, _, settings = self._scenario(step.beside, 0)
            session.open_beside(scenario, settings)
        for first_day, pulls in groupby(step.pull, key=lambda pull: pull.from_day):
            session.branch([edit_of(pull) for pull in pulls], first_day - 1)

    def _scenario(self, name: str, seed: int) -> tuple[str, int, tuple[str, ...]]:
        """Return a scenario of the lesson as a session opens it: what to load, seed and settings."""
        found = scenario_for(self.file, name)
        return found, seed, (*self._of_lesson().settings, *self._page.settings_for(found))

    def _numbers(self) -> tuple[int, ...]:
        session = self._page.session.value
        return () if session is None else tuple(run.number for run in session.runs)

    def come_to_its_day(self, serial: int) -> None:
        """Note that the task of a step is done: its day is reached, or the siege was over before."""
        if self.lesson is not None and serial == self._serial:
            self._set(self.progress.value.with_done())
