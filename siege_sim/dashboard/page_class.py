"""A page as a part of a class: its student's name and guesses, and what the teacher tells it."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

import solara

from siege_sim.dashboard.classroom import CLASS_LESSON, ClassNews, server_classroom
from siege_sim.dashboard.limits import SessionError
from siege_sim.dashboard.sessions import server_sessions
from siege_sim.dashboard.state_link import read_link
from siege_sim.errors import SiegeError

if TYPE_CHECKING:
    from siege_sim.dashboard.classroom import Guess
    from siege_sim.dashboard.runs import ShownRuns

PAUSED = "Your teacher has paused the class; look at what is there until it goes on"

WAIT_S = 60.0
"""After so many seconds without news a page looks whether it is still open."""


class ClassPage(Protocol):
    """What a class asks of a page."""

    def show_runs(self, shown: ShownRuns) -> None:
        """Show runs that are given as a whole."""

    def shown_now(self) -> ShownRuns:
        """Return the runs that are shown, on the day that the page shows."""
        ...

    def errors_shown(self) -> AbstractContextManager[None]:
        """Show the reader what goes wrong meanwhile."""
        ...


class PageClass:
    """The part that a page has in a class; outside a class it does nothing.

    Args:
        page: the page.

    Attributes:
        on: whether there is a class.
        teacher: whether the page is the teacher's.
        name: of the student; empty before one was typed.
        news: what the teacher tells all pages.
        locked: the guess at the teacher's question, in words; empty before it is locked.
        problem: what is wrong with what was typed last.
    """

    def __init__(self, page: ClassPage) -> None:
        self._page = page
        self.on = server_sessions().settings.process_per_session
        self.teacher = solara.reactive(False)
        self.name = solara.reactive("")
        self.news: Any = solara.reactive(ClassNews())
        self.locked = solara.reactive("")
        self.problem = solara.reactive("")
        self._key = ""
        self._closed = False

    def enter(self, key: str, secret: str) -> None:
        """Take part with the session of a tab; whoever has the teacher's secret is the teacher."""
        if not self.on or self._key:
            return
        room = server_classroom()
        try:
            room.enter(key, secret)
        except SessionError as error:
            self.problem.value = str(error)
            return
        self._key = key
        self.teacher.value = room.teaches(key)
        self.name.value = room.name_of(key)
        self._hear(room.news, new_pushes=False)
        threading.Thread(target=self._listen, args=(room.news,), daemon=True).start()

    def close(self) -> None:
        """Leave when the page is closed."""
        self._closed = True
        if self._key:
            server_classroom().go(self._key)

    def _listen(self, heard: ClassNews) -> None:
        while not self._closed:
            news = server_classroom().wait_for_news(heard.serial, WAIT_S)
            if not self._closed and news.serial != heard.serial:
                self._hear(news, new_pushes=news.push_serial != heard.push_serial)
                heard = news

    def _hear(self, news: ClassNews, new_pushes: bool) -> None:
        self.news.value = news
        self.name.value = server_classroom().name_of(self._key)
        asked = news.question
        guess = None if asked is None else server_classroom().guess_of(self._key, CLASS_LESSON, asked.name)
        self.locked.value = _guess_words(guess)
        if new_pushes and news.pushed is not None and not self.teacher.value:
            self._page.show_runs(news.pushed)

    def check_may_act(self) -> None:
        """Refuse to go on while the class is paused.

        Raises:
            SessionError: says that it is.
        """
        if self.paused:
            raise SessionError(PAUSED)

    @property
    def paused(self) -> bool:
        """Whether the page may not go on."""
        return self.on and not self.teacher.value and server_classroom().news.frozen

    def join(self, name: str) -> None:
        """Give the page its student's name."""
        self._tried(lambda: self._join(name))

    def _join(self, name: str) -> None:
        self.name.value = server_classroom().join(self._key, name)

    def leave(self) -> None:
        """Take the name and all that the student did out of the class."""
        server_classroom().forget(self._key)
        self.name.value = self.locked.value = ""

    def guess(self, lesson: str, question: str, value: float | str, outcome: str = "") -> None:
        """Lock a guess, for a lesson's card or a question of the teacher's: the first one counts.

        Outside a class, and on the teacher's own page, nothing is kept.

        Args:
            lesson: the lesson's name.
            question: the question's name in it.
            value: a number, or words.
            outcome: the row of compared outcomes that it is about, if it is one; see `viewer.compared_rows`.
        """
        if self._key and not self.teacher.value:
            self._tried(lambda: self._guess(lesson, question, value, outcome))

    def _guess(self, lesson: str, question: str, value: float | str, outcome: str) -> None:
        server_classroom().guess(self._key, lesson, question, value, outcome)

    def answer(self, text: str) -> None:
        """Lock a guess at the question that the teacher asks."""
        asked = self.news.value.question
        if asked is not None:
            self._tried(lambda: self._answer(text))

    def _answer(self, text: str) -> None:
        asked = self.news.value.question
        try:
            value = float(text.replace(",", "").strip())
        except ValueError:
            raise SessionError(f"'{text[:40]}' is not a number; write your guess in figures") from None
        server_classroom().guess(self._key, CLASS_LESSON, asked.name, value, asked.outcome)
        guess = server_classroom().guess_of(self._key, CLASS_LESSON, asked.name)
        self.locked.value = _guess_words(guess)

    def _tried(self, does: Any) -> None:
        self.problem.value = ""
        try:
            does()
        except SessionError as error:
            self.problem.value = str(error)

    def report(self, updates: list[dict[str, Any]]) -> None:
        """Note how far the runs are, from the frames that the page is sent."""
        if self._key and not self.teacher.value:
            server_classroom().report(self._key, updates)

    def push(self) -> None:
        """Show what this page shows on all pages; for the teacher."""
        if self.teacher.value:
            server_classroom().push(self._page.shown_now())

    def freeze(self, frozen: bool) -> None:
        """Pause the class, or let it go on; for the teacher."""
        if self.teacher.value:
            server_classroom().freeze(frozen)

    def open_link(self, text: str) -> None:
        """Show what a link says; what is wrong with it is said on the page."""
        page = self._page
        with page.errors_shown():
            try:
                self.check_may_act()
                shown = read_link(text, server_sessions().settings)
            except SiegeError as error:
                raise SessionError(f"{str(error)[:1].upper()}{str(error)[1:]}.") from None
            page.show_runs(shown)


def _guess_words(guess: Guess | None) -> str:
    """Return a guess as it was meant: all its figures."""
    if guess is None:
        return ""
    return guess.value if isinstance(guess.value, str) else f"{guess.value:,.10g}"
