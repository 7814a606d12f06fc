"""The Solara page: the viewer, and beside it the levers. Thin: sessions are in `session`, drawing in `viewer/page`."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import solara
import solara.lab

from siege_sim.dashboard import forms
from siege_sim.dashboard.ensemble import Ensemble
from siege_sim.dashboard.lessons import Lesson, shipped_lessons
from siege_sim.dashboard.limits import SessionError, SessionSuspendedError
from siege_sim.dashboard.remote_session import RemoteSession
from siege_sim.dashboard.sessions import server_sessions
from siege_sim.dashboard.widget import LessonWidget, UploadWidget, ViewerWidget
from siege_sim.errors import SiegeError
from siege_sim.loading.scenario import load_scenario_text, shipped_scenarios

if TYPE_CHECKING:
    from siege_sim.dashboard.branching import ScenarioEdit
    from siege_sim.dashboard.session import Run, RunDefinition
    from siege_sim.dashboard.sessions import AnySession
    from siege_sim.model.scenario import Scenario


class PageState:
    """The state of one page: its session, and what has changed since it was drawn last.

    Attributes:
        session: the reader's session; ``None`` until the page has connected.
        day: the day that the page shows.
        revision: grows when the page should request what is new.
        fans: the spread of an ensemble, if there is one.
        lesson: the lesson that is read, if one is.
        message: what went wrong, for the reader.
        next_action: the button with which the reader can continue after it; empty for none.
        ensemble: the runs in the background, if any.
    """

    def __init__(self) -> None:
        self.key = ""
        self.session: Any = solara.reactive(None)
        self.day = solara.reactive(0)
        self.revision = solara.reactive(0)
        self.fans: Any = solara.reactive(None)
        self.lesson: Any = solara.reactive(None)
        self.message = solara.reactive("")
        self.next_action = solara.reactive("")
        self.ensemble: Any = solara.reactive(None)
        self.progress = solara.reactive((0, 0))
        self._serial = 0
        self._tab = ""
        self._closed = False

    def connect(self, data: dict[str, Any]) -> None:
        """Attach the session of a tab: a page that is loaded again finds its own."""
        wide_window.value = int(data.get("width", NARROW_PX)) >= NARROW_PX
        self._tab = f"{solara.get_session_id()}/{str(data.get('tab', ''))[:64]}"
        self.attach()

    def attach(self) -> None:
        """Attach the session of the tab, once there is room for it; a page that begins anew counts once."""
        server_sessions().detach(self.key)
        with self.errors_shown():
            try:
                session = server_sessions().attach(self._tab)
            except SiegeError:
                self.next_action.value = TRY_AGAIN
                raise
            self.key, self.session.value = self._tab, session
            self.lesson.value = shipped_lessons().get(server_sessions().lesson_of(self.key))
            self.refresh()
            self._watch(session)

    def close(self) -> None:
        """Detach the session when the page is closed."""
        self._closed = True
        self.drop_ensemble()
        server_sessions().detach(self.key)

    def resume(self) -> None:
        """Continue with a session that was suspended, or attach one where there was no room before."""
        if self.session.value is None:
            self.attach()
            return
        with self.errors_shown():
            self.ensure_active()
            self.session.value.wait_until_ready()
            self.refresh()

    def ensure_active(self) -> None:
        """Resume the session if it was suspended: whoever does something with it wants it."""
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
            runs = session.advance(int(data.get("day", 0)), have)
        self._serial += 1
        return None if runs is None else {"serial": self._serial, "runs": runs}

    def day_shown(self, day: int) -> None:
        """Note which day the page shows: edits hold from the day after."""
        self.day.value = int(day)
        server_sessions().touch(self.key)

    def apply_edits(self, edits: list[ScenarioEdit], day: int) -> str:
        """Branch the current run on the evening of a day; return what is wrong with the edits, or nothing."""
        try:
            self.ensure_active()
            self.session.value.branch(edits, day)
        except SiegeError as error:
            return str(error)
        self.refresh()
        return ""

    def open(self, scenario: str, seed: int | None = None) -> None:
        """Begin anew with a shipped scenario."""
        with self.errors_shown():
            self.ensure_active()
            self.session.value.open(scenario, seed, server_sessions().settings.settings_for(scenario))
            self.refresh()

    def put_beside(self, scenario: str) -> None:
        """Put a shipped scenario beside the run."""
        with self.errors_shown():
            self.ensure_active()
            self.session.value.open_beside(scenario, server_sessions().settings.settings_for(scenario))
            self.refresh()

    def read(self, lesson: Lesson | None) -> None:
        """Show a lesson beside the siege with which it begins, or close the one that is shown."""
        self.lesson.value = lesson
        server_sessions().set_lesson(self.key, "" if lesson is None else lesson.name)
        if lesson is not None:
            self.open(lesson.scenario)

    def refresh(self) -> None:
        """Let the page request what is new; the ensemble of another run is taken away."""
        self.drop_ensemble()
        self.message.value = self.next_action.value = ""
        self.revision.value += 1

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
        """Stop an ensemble and forget what it showed."""
        if self.ensemble.value is not None:
            self.ensemble.value.stop()
        self.ensemble.value = self.fans.value = None
        self.progress.value = (0, 0)


NARROW_PX = 960
"""Below so many pixels, what stands beside the viewer lies over it while it is open."""

wide_window = solara.reactive(True)
"""Whether this page's window is wide enough for both; each page has a value of its own."""


@solara.component
def Layout(children: Sequence[Any] = ()) -> Any:
    """Frame the page; in a narrow window the siege is seen first."""
    return solara.AppLayout(children=list(children), sidebar_open=wide_window.value)


@solara.component
def Page() -> None:
    """Draw the whole page."""
    state = solara.use_memo(PageState, [])
    solara.use_effect(lambda: state.close, [])
    solara.Title("siege_sim")
    solara.Style(STYLE)
    solara.lab.theme.themes.light.primary = solara.lab.theme.themes.dark.primary = PRIMARY_COLOUR
    with solara.Sidebar():
        if state.session.value is not None:
            with solara.Column(classes=["siege-controls"]):
                Controls(state)
    Notice(state)
    with solara.Div(classes=["siege-layout"]):
        ViewerWidget.element(
            revision=state.revision.value,
            fans=state.fans.value,
            handlers={
                "connect": state.connect,
                "request_frames": state.request_frames,
                "day_shown": state.day_shown,
            },
        )
        if state.lesson.value is not None:
            LessonBeside(state)


@solara.component
def LessonBeside(state: PageState) -> None:
    """Show the lesson that is read."""
    lesson: Lesson = state.lesson.value
    LessonWidget.element(
        title=lesson.title,
        minutes=lesson.minutes,
        parts=[asdict(part) for part in lesson.parts],
        handlers={"restart": lambda: state.read(lesson), "close": lambda: state.read(None)},
    )


@solara.component
def LessonsBox(state: PageState) -> None:
    """List the lessons; each opens with its siege."""
    with solara.Column(gap="0px", classes=["siege-lessons"]):
        for number, lesson in enumerate(shipped_lessons().values(), start=1):
            solara.Button(
                f"{number}. {lesson.title}",
                text=True,
                classes=["siege-current"] if lesson is state.lesson.value else [],
                on_click=lambda lesson=lesson: state.read(lesson),
            )


@solara.component
def Notice(state: PageState) -> None:
    """Show what went wrong, and a button to continue where that is possible; it keeps its place when it is empty."""
    text, next_action = state.message.value, state.next_action.value
    with solara.Column(gap="8px", classes=["siege-notice"]):
        if text:
            (solara.Warning if next_action == CONTINUE else solara.Error)(text)
        if text and next_action:
            solara.Button(next_action, color="primary", on_click=state.resume)


@solara.component
def Controls(state: PageState) -> None:
    """Draw what stands beside the viewer; ``revision`` lets its parts be drawn anew when the session has changed."""
    revision = state.revision.value
    with solara.Details("Lessons", expand=True):
        LessonsBox(state)
    ScenarioBox(state, revision)
    RunsBox(state, revision)
    with solara.Details("Change a mechanism", expand=True):
        forms.MechanismForm(state.session.value, state.day.value, revision, state.apply_edits)
    with solara.Details("Add or end a dated action", expand=False):
        forms.InterventionForm(state.session.value, state.day.value, revision, state.apply_edits)
    with solara.Details("Change how it begins", expand=False):
        forms.StartForm(state.session.value, revision, state.apply_edits)
    EnsembleBox(state)


@solara.component
def ScenarioBox(state: PageState, revision: int) -> None:
    """Choose a scenario, put another beside it, or bring one's own."""
    session: AnySession = state.session.value
    names = list(shipped_scenarios())
    chosen, choose = solara.use_state(session.runs[0].parent if session.runs[0].parent in names else names[0])
    seed, set_seed = solara.use_state(session.seed)

    def follow() -> None:
        if session.runs[0].parent in names:
            choose(session.runs[0].parent)
        set_seed(session.seed)

    solara.use_effect(follow, [session.runs[0].number])
    with solara.Card("Scenario", margin=0, elevation=0):
        solara.Select("Scenario", values=names, value=chosen, on_value=choose)
        solara.InputInt("Seed", value=seed, on_value=set_seed)
        if seed < 0:
            solara.Error("A seed is a whole number of at least 0.", dense=True)
        with solara.Row():
            solara.Button("Open", color="primary", disabled=seed < 0, on_click=lambda: state.open(chosen, seed))
            solara.Button("Put beside", on_click=lambda: state.put_beside(chosen))
        Upload(state)


@solara.component
def Upload(state: PageState) -> None:
    """Take a scenario file of the reader's own; it is read as text, and names no file of the server."""
    session: AnySession = state.session.value
    error, set_error = solara.use_state("")

    def upload(data: dict[str, Any]) -> None:
        try:
            state.ensure_active()
            session.open(
                uploaded_scenario(str(data.get("name", "")), str(data.get("text", "")), session.limits.upload_bytes)
            )
        except SiegeError as problem:
            set_error(str(problem))
            return
        set_error("")
        state.refresh()

    UploadWidget.element(most_bytes=session.limits.upload_bytes, error=error, handlers={"upload": upload})


def uploaded_scenario(name: str, text: str, most_bytes: int) -> Scenario:
    """Return the scenario of a file that a reader sent.

    Raises:
        SiegeError: it is too large, or wrong.
    """
    if len(text.encode("utf-8", "replace")) > most_bytes:
        raise SessionError(f"{name[:60]}: a file here is at most {most_bytes:,} bytes")
    return load_scenario_text(text, name[:60] or "your file")


@solara.component
def RunsBox(state: PageState, revision: int) -> None:
    """List the runs and what was changed; keep one of two runs; save a run as a file."""
    session: AnySession = state.session.value

    def keep_only(number: int) -> None:
        with state.errors_shown():
            state.ensure_active()
            session.keep_only(number)
            state.refresh()

    with solara.Card("Runs", margin=0, elevation=0):
        runs: Sequence[Run | RunDefinition] = session.runs
        for index, run in enumerate(runs):
            name, text = session.export(run.number)
            solara.Text(f"{'AB'[index]}: {run.name}, seed {run.seed}", classes=["siege-run"])
            for entry in run.log:
                solara.Div(children=[solara.Text(f"{entry.since}: {entry.text}")])
            with solara.Row(style={"flex-wrap": "wrap"}):
                solara.FileDownload(text, filename=name, label=f"Save {'AB'[index]}")
                if len(runs) > 1:
                    solara.Button(f"Keep {'AB'[index]} alone", on_click=lambda run=run: keep_only(run.number))


FEWEST_RUNS = 3
"""Fewer runs make no spread."""


@solara.component
def EnsembleBox(state: PageState) -> None:
    """Run many seeds, with a bar, and show their spread."""
    runs, set_runs = solara.use_state(20)
    most = server_sessions().settings.limits.ensemble_runs
    possible = FEWEST_RUNS <= runs <= most
    done, planned = state.progress.value
    ensemble = state.ensemble.value
    with solara.Card("Many runs", margin=0, elevation=0):
        solara.Text("One run is not a forecast. Run the current scenario with other seeds and see the spread.")
        solara.InputInt("How many", value=runs, on_value=set_runs)
        if not possible:
            solara.Error(f"From {FEWEST_RUNS} to {most} runs are possible here.", dense=True)
        with solara.Row():
            if ensemble is not None and ensemble.running:
                solara.Button("Stop", on_click=ensemble.stop)
                solara.Text(f"{done} of {planned} runs")
            else:
                solara.Button(
                    "Run them", color="primary", disabled=not possible, on_click=lambda: state.run_ensemble(runs)
                )
        if ensemble is not None and ensemble.running:
            solara.ProgressLinear(100 * done / planned if planned else True)


PRIMARY_COLOUR = "#17604c"

CONTINUE, TRY_AGAIN = "Continue", "Try again"

STYLE = """
.solara-content-main { padding: 0; }
.siege-controls { width: 23rem; max-width: 90vw; }
.siege-large .siege-controls { zoom: 1.2; width: calc(23rem / 1.2); }
.siege-controls .v-input { margin-bottom: 10px; }
.siege-run { font-weight: 600; }
.siege-lessons .v-btn { text-transform: none; letter-spacing: 0; height: auto !important; min-height: 36px; }
.siege-lessons .siege-current { box-shadow: inset 4px 0 currentColor; background: rgba(128, 128, 128, .18); }
.siege-lessons .v-btn__content { white-space: normal; text-align: left; justify-content: flex-start; flex: 1 1 0; }
.siege-notice { margin: 0 12px; }
.siege-notice:empty { display: none !important; }
.theme--light .siege-notice .v-alert__content { color: #222; }
.theme--dark .siege-notice .v-alert__content { color: #fff; }
.siege-notice > .v-btn { align-self: flex-start; }
"""
