"""The state of one page: its session, and what has changed since it was drawn last."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import solara

from siege_sim.dashboard.ensemble import Ensemble
from siege_sim.dashboard.lesson_reader import LessonReader
from siege_sim.dashboard.limits import SessionSuspendedError
from siege_sim.dashboard.page_changes import PageChanges
from siege_sim.dashboard.page_class import PageClass
from siege_sim.dashboard.page_language import choose_language
from siege_sim.dashboard.remote_session import RemoteSession
from siege_sim.dashboard.sessions import Remembered, server_sessions
from siege_sim.errors import SiegeError

if TYPE_CHECKING:
    from siege_sim.dashboard.branching import ScenarioEdit
    from siege_sim.dashboard.runs import ShownRuns
    from siege_sim.dashboard.sessions import AnySession
    from siege_sim.model.scenario import Scenario

SECRET = re.compile(r"[0-9a-f]{32}")
"""The key of a tab: whoever knows it may continue its session."""

CONTINUE, TRY_AGAIN = "Continue", "Try again"

NARROW_PX = 960
"""Below so many pixels, what stands beside the viewer lies over it while it is open."""

LESSON_PX = 1_450
"""The same while a lesson is read."""

wide_window = solara.reactive(True)
"""Whether this page's window is wide enough for both; each page has a value of its own."""


class PageState:
    """The state of one page: its session, and what has changed since it was drawn last.

    Attributes:
        session: the reader's session; ``None`` until the page has connected.
        day: the day that the page shows.
        revision: grows when the page should request what is new.
        fans: the spread of an ensemble, if there is one.
        lessons: the lesson that is taken, if one is.
        message: what went wrong, for the reader.
        next_action: the button with which the reader can continue after it; empty for none.
        ensemble: the runs in the background, if any.
        saved: the session as text, for the page to remember.
        changes: what is shown of two runs beside each other.
        in_class: the page's part in a class.
    """

    def __init__(self) -> None:
        self.key = ""
        self.session: Any = solara.reactive(None)
        self.day = solara.reactive(0)
        self.revision = solara.reactive(0)
        self.fans: Any = solara.reactive(None)
        self.lessons = LessonReader(self)
        self.message = solara.reactive("")
        self.next_action = solara.reactive("")
        self.ensemble: Any = solara.reactive(None)
        self.progress = solara.reactive((0, 0))
        self.changes = PageChanges()
        self.in_class = PageClass(self)
        self._serial = 0
        self._tab = ""
        self._width = 0
        self._remembered = Remembered()
        self.saved = solara.reactive("")
        self._closed = False

    def connect(self, data: dict[str, Any]) -> None:
        """Attach the session of a tab: a page that is loaded again finds its own."""
        choose_language(str(data.get("language") or ""))
        self._width = int(data.get("width", NARROW_PX))
        tab, last = str(data.get("tab", "")), str(data.get("last", ""))
        self._tab = tab if SECRET.fullmatch(tab) else f"{solara.get_session_id()}/{tab[:64]}"
        self._remembered = Remembered(
            last if SECRET.fullmatch(last) else "", str(data.get("saved") or ""), max(int(data.get("day") or 0), 0)
        )
        self.attach()
        self.in_class.enter(self._tab, str(data.get("teacher") or "")[:200])
        if link := str(data.get("link") or ""):
            self.in_class.open_link(link)

    def attach(self) -> None:
        """Attach the session of the tab, once there is room for it; a page that begins anew counts once."""
        server_sessions().detach(self.key)
        with self.errors_shown():
            try:
                session = server_sessions().attach(self._tab, self._remembered)
            except SiegeError:
                self.next_action.value = TRY_AGAIN
                raise
            self.key, self.session.value = self._tab, session
            self.lessons.restore(server_sessions().lesson_of(self.key))
            self.refresh()
            self._watch(session)

    def close(self) -> None:
        """Detach the session when the page is closed."""
        self._closed = True
        self.in_class.close()
        self.drop_ensemble()
        server_sessions().detach(self.key)

    def resume(self) -> None:
        """Continue with a session that was suspended, or attach one where there was no room before."""
        if self.session.value is None:
            self.attach()
            return
        with self.errors_shown():
            self._wake()
            self.session.value.wait_until_ready()
            self.refresh()

    def ensure_active(self) -> None:
        """Resume the session if it was suspended: whoever does something with it wants it.

        Raises:
            SessionError: the class is paused.
        """
        self.in_class.check_may_act()
        self._wake()

    def _wake(self) -> None:
        if server_sessions().resume(self.key):
            self._watch(self.session.value)

    def _watch(self, session: AnySession) -> None:
        """Show the reader when the session is suspended, also while nothing is requested of it."""
        if isinstance(session, RemoteSession):
            threading.Thread(target=self._wait_until_suspended, args=(session,), daemon=True).start()

    def _wait_until_suspended(self, session: RemoteSession) -> None:
        reason = session.wait_until_suspended()
        if not self._closed and not session.active:
            self._show_suspended(reason)

    def _show_suspended(self, reason: str) -> None:
        self.next_action.value = CONTINUE
        self.message.value = f"{reason[:1].upper()}{reason[1:]}. Nothing is lost: continue, or open another scenario."

    def request_frames(self, data: dict[str, Any]) -> dict[str, Any] | None:
        """Run to the day that the page requests, and return what it lacks."""
        session: AnySession | None = self.session.value
        if session is None:
            return None
        server_sessions().touch(self.key)
        have = [(int(run), int(days)) for run, days in data.get("have", ())]
        runs = None
        with self.errors_shown():
            runs = session.advance(0 if self.in_class.paused else int(data.get("day", 0)), have)
            self.in_class.report(runs)
        self._serial += 1
        return None if runs is None else {"serial": self._serial, "runs": runs}

    def day_shown(self, day: int) -> None:
        """Note which day the page shows: edits hold from the day after."""
        self.day.value = int(day)
        server_sessions().touch(self.key)
        server_sessions().save(self.key)
        if self.session.value is not None:
            self.changes.look(self.session.value)

    def play_pairs(self) -> None:
        """Play both runs on many seeds in the background, in the place of other runs there."""
        with self.errors_shown():
            self.ensure_active()
            self.drop_ensemble()
            self.changes.play_pairs(self.session.value)

    def apply_edits(self, edits: list[ScenarioEdit], day: int) -> str:
        """Branch the current run on the evening of a day; return what is wrong with the edits, or nothing."""
        try:
            self.ensure_active()
            self.session.value.branch(edits, day)
        except SiegeError as error:
            return str(error)
        self.refresh()
        return ""

    def open(self, scenario: str | Scenario, seed: int | None = None) -> None:
        """Begin anew with a shipped scenario, or one of the reader's own; the runs before can be gone back to."""
        self.do("open", scenario, seed, self.settings_for(scenario))

    def put_beside(self, scenario: str | Scenario) -> None:
        """Put a scenario beside the run."""
        self.do("open_beside", scenario, self.settings_for(scenario))

    def settings_for(self, scenario: str | Scenario) -> tuple[str, ...]:
        """Return the settings of the command for a scenario that is opened by name."""
        return server_sessions().settings.settings_for(scenario) if isinstance(scenario, str) else ()

    def do(self, method: str, *arguments: Any) -> None:
        """Let the session do something that changes its runs, and show what has come of it."""
        with self.errors_shown():
            self.ensure_active()
            getattr(self.session.value, method)(*arguments)
            self.refresh()

    def make_room(self, beside: bool) -> None:
        """Put what stands beside the viewer away where there is little room, as while a lesson is read beside it."""
        wide_window.value = self._width >= (LESSON_PX if beside else NARROW_PX)

    def show_runs(self, shown: ShownRuns) -> None:
        """Show runs that are given as a whole: by a link, or by the teacher of a class."""
        if self.session.value is None:
            return
        with self.errors_shown():
            self._wake()
            self.session.value.show(shown)
            self.refresh()

    def tell_class(self, lesson: str, question: str, guess: float | str) -> None:
        """Let the teacher of a class see a guess that was locked in a lesson; outside a class nobody does."""
        self.in_class.guess(lesson, question, guess)

    def shown_now(self) -> ShownRuns:
        """Return the runs that are shown, on the day that the page shows."""
        shown: ShownRuns = self.session.value.state.shown
        return replace(shown, day=min(self.day.value, shown.day))

    def refresh(self) -> None:
        """Let the page request what is new; the ensemble of another run is taken away."""
        self.drop_ensemble()
        self.message.value = self.next_action.value = ""
        self.revision.value += 1
        self.saved.value = server_sessions().save(self.key)

    @contextlib.contextmanager
    def errors_shown(self) -> Iterator[None]:
        """Show the reader what goes wrong meanwhile."""
        try:
            yield
        except SessionSuspendedError as error:
            self._show_suspended(str(error))
        except SiegeError as error:
            self.message.value = str(error)

    def run_ensemble(self, runs: int) -> None:
        """Run many seeds of the current scenario in the background."""
        sessions = server_sessions()
        ensemble = Ensemble(
            self.session.value.current.scenario,
            min(runs, sessions.settings.limits.ensemble_runs),
            sessions.settings.ensemble_workers,
            sessions.ensemble_lock,
            side=len(self.session.value.runs) - 1,
        )
        self.drop_ensemble()
        self.ensemble.value = ensemble
        self.progress.value = (0, ensemble.planned)

        def on_progress() -> None:
            if self.ensemble.value is ensemble:
                self.progress.value = (len(ensemble.runs), ensemble.planned if ensemble.running else 0)
                self.fans.value = ensemble.fans()
                self.message.value = ensemble.error

        threading.Thread(target=ensemble.run, args=(on_progress,), daemon=True).start()

    def drop_ensemble(self) -> None:
        """Stop an ensemble, or pairs, and forget what they showed."""
        self.changes.drop()
        if self.ensemble.value is not None:
            self.ensemble.value.stop()
        self.ensemble.value = self.fans.value = None
        self.progress.value = (0, 0)
