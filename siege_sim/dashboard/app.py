"""The Solara page: the stage, and beside it the levers. Thin: what happens is in `session`, what is drawn in `page`."""

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
from siege_sim.dashboard.limits import AsleepError, SessionError
from siege_sim.dashboard.remote_session import SessionApart
from siege_sim.dashboard.sessions import the_theatre
from siege_sim.dashboard.widget import LessonWidget, StageWidget, UploadWidget
from siege_sim.errors import SiegeError
from siege_sim.loading.scenario import load_scenario_text, shipped_scenarios

if TYPE_CHECKING:
    from siege_sim.dashboard.branching import Pull
    from siege_sim.dashboard.session import Run, Sheet
    from siege_sim.dashboard.sessions import AnySession
    from siege_sim.model.scenario import Scenario


class Desk:
    """What one page shows: its session, and what has changed since it was drawn last.

    Attributes:
        session: the reader's siege; ``None`` until the page has said which one is its own.
        day: the day that the page shows.
        changed: grows when the page should ask for news.
        fans: the spread of an ensemble, if one was played.
        lesson: the lesson that is read, if one is.
        message: what went wrong, for the reader.
        waits: what the reader can press to go on after it; empty for nothing.
        ensemble: the runs that are played in the background, if any.
    """

    def __init__(self) -> None:
        self.key = ""
        self.session: Any = solara.reactive(None)
        self.day = solara.reactive(0)
        self.changed = solara.reactive(0)
        self.fans: Any = solara.reactive(None)
        self.lesson: Any = solara.reactive(None)
        self.message = solara.reactive("")
        self.waits = solara.reactive("")
        self.ensemble: Any = solara.reactive(None)
        self.progress = solara.reactive((0, 0))
        self._serial = 0
        self._tab = ""
        self._closed = False

    def hello(self, data: dict[str, Any]) -> None:
        """Take the session of a tab: a page that is loaded again finds its own."""
        roomy.value = int(data.get("width", NARROW)) >= NARROW
        self._tab = f"{solara.get_session_id()}/{str(data.get('tab', ''))[:64]}"
        self.enter()

    def enter(self) -> None:
        """Take the session of the tab, once there is a place for it; a page that begins anew counts once."""
        the_theatre().leave(self.key)
        with self.told():
            try:
                session = the_theatre().enter(self._tab)
            except SiegeError:
                self.waits.value = TRY_AGAIN
                raise
            self.key, self.session.value = self._tab, session
            self.lesson.value = shipped_lessons().get(the_theatre().lesson_of(self.key))
            self.refresh()
            self._watch(session)

    def leave(self) -> None:
        """Give the place up when the page is closed."""
        self._closed = True
        self.drop_ensemble()
        the_theatre().leave(self.key)

    def go_on(self) -> None:
        """Go on with a session that was put away, or enter where there was no place before."""
        if self.session.value is None:
            self.enter()
            return
        with self.told():
            self.wake()
            self.session.value.settle()
            self.refresh()

    def wake(self) -> None:
        """See to it that the session is awake: whoever does something with it wants it."""
        if the_theatre().wake(self.key):
            self._watch(self.session.value)

    def _watch(self, session: AnySession) -> None:
        """Tell the reader when the session is put away, also while nothing is asked of it."""
        if isinstance(session, SessionApart):
            threading.Thread(target=self._tell_when_asleep, args=(session,), daemon=True).start()

    def _tell_when_asleep(self, session: SessionApart) -> None:
        why = session.wait_until_asleep()
        if not self._closed and not session.awake:
            self._fell_asleep(why)

    def _fell_asleep(self, why: str) -> None:
        self.waits.value = GO_ON
        self.message.value = f"{why[:1].upper()}{why[1:]}. Nothing is lost: go on, or open another scenario."

    def want(self, data: dict[str, Any]) -> dict[str, Any] | None:
        """Play to the day that the page wants, and return what it lacks."""
        session: AnySession | None = self.session.value
        if session is None:
            return None
        the_theatre().touch(self.key)
        have = [(int(run), int(days)) for run, days in data.get("have", ())]
        runs = None
        with self.told():
            runs = session.next(int(data.get("day", 0)), have)
        self._serial += 1
        return None if runs is None else {"serial": self._serial, "runs": runs}

    def look(self, day: int) -> None:
        """Note which day the page shows: levers act from the day after."""
        self.day.value = int(day)
        the_theatre().touch(self.key)

    def pull(self, pulls: list[Pull], day: int) -> str:
        """Pull levers on the evening of a day; return what is wrong with them, or nothing."""
        try:
            self.wake()
            self.session.value.pull(pulls, day)
        except SiegeError as error:
            return str(error)
        self.refresh()
        return ""

    def open(self, scenario: str, seed: int | None = None) -> None:
        """Begin anew with a shipped scenario."""
        with self.told():
            self.wake()
            self.session.value.open(scenario, seed, the_theatre().programme.settings_for(scenario))
            self.refresh()

    def put_beside(self, scenario: str) -> None:
        """Put a shipped scenario beside the run."""
        with self.told():
            self.wake()
            self.session.value.twin(scenario, the_theatre().programme.settings_for(scenario))
            self.refresh()

    def read(self, lesson: Lesson | None) -> None:
        """Show a lesson beside the siege with which it begins, or close the one that is shown."""
        self.lesson.value = lesson
        the_theatre().note_lesson(self.key, "" if lesson is None else lesson.name)
        if lesson is not None:
            self.open(lesson.scenario)

    def refresh(self) -> None:
        """Let the page ask for what is new; what an ensemble said of another run is taken away."""
        self.drop_ensemble()
        self.message.value = self.waits.value = ""
        self.changed.value += 1

    @contextlib.contextmanager
    def told(self) -> Iterator[None]:
        """Show the reader what went wrong."""
        try:
            yield
        except AsleepError as error:
            self._fell_asleep(str(error))
        except SiegeError as error:
            self.message.value = str(error)

    def play_ensemble(self, runs: int) -> None:
        """Play many seeds of the run in hand in the background."""
        theatre = the_theatre()
        ensemble = Ensemble(
            self.session.value.in_hand.scenario,
            min(runs, theatre.programme.limits.ensemble_runs),
            theatre.programme.workers,
            theatre.turn,
        )
        self.drop_ensemble()
        self.ensemble.value = ensemble
        self.progress.value = (0, ensemble.planned)

        def told() -> None:
            if self.ensemble.value is ensemble:
                self.progress.value = (len(ensemble.courses), ensemble.planned if ensemble.running else 0)
                self.fans.value = ensemble.fans()
                self.message.value = ensemble.error

        threading.Thread(target=ensemble.play, args=(told,), daemon=True).start()

    def drop_ensemble(self) -> None:
        """Stop an ensemble and forget what it showed."""
        if self.ensemble.value is not None:
            self.ensemble.value.stop()
        self.ensemble.value = self.fans.value = None
        self.progress.value = (0, 0)


NARROW = 960
"""Below so many pixels, what stands beside the stage lies over it while it is open."""

roomy = solara.reactive(True)
"""Whether this page's window is wide enough for both; each page has a value of its own."""


@solara.component
def Layout(children: Sequence[Any] = ()) -> Any:
    """Frame the page; in a narrow window the siege is seen first."""
    return solara.AppLayout(children=list(children), sidebar_open=roomy.value)


@solara.component
def Page() -> None:
    """Draw the whole page."""
    desk = solara.use_memo(Desk, [])
    solara.use_effect(lambda: desk.leave, [])
    solara.Title("siege_sim")
    solara.Style(STYLE)
    solara.lab.theme.themes.light.primary = solara.lab.theme.themes.dark.primary = GREEN
    with solara.Sidebar():
        if desk.session.value is not None:
            with solara.Column(classes=["siege-controls"]):
                Controls(desk)
    Notice(desk)
    with solara.Div(classes=["siege-desk"]):
        StageWidget.element(
            changed=desk.changed.value,
            fans=desk.fans.value,
            hears={"hello": desk.hello, "want": desk.want, "look": desk.look},
        )
        if desk.lesson.value is not None:
            LessonBeside(desk)


@solara.component
def LessonBeside(desk: Desk) -> None:
    """Show the lesson that is read."""
    lesson: Lesson = desk.lesson.value
    LessonWidget.element(
        title=lesson.title,
        minutes=lesson.minutes,
        parts=[asdict(part) for part in lesson.parts],
        hears={"again": lambda: desk.read(lesson), "close": lambda: desk.read(None)},
    )


@solara.component
def LessonsBox(desk: Desk) -> None:
    """List the lessons; each opens with its siege."""
    with solara.Column(gap="0px", classes=["siege-lessons"]):
        for number, lesson in enumerate(shipped_lessons().values(), start=1):
            solara.Button(
                f"{number}. {lesson.title}",
                text=True,
                classes=["siege-reads"] if lesson is desk.lesson.value else [],
                on_click=lambda lesson=lesson: desk.read(lesson),
            )


@solara.component
def Notice(desk: Desk) -> None:
    """Say what went wrong, and offer to go on where that is possible; it keeps its place when it is empty."""
    says, waits = desk.message.value, desk.waits.value
    with solara.Column(gap="8px", classes=["siege-notice"]):
        if says:
            (solara.Warning if waits == GO_ON else solara.Error)(says)
        if says and waits:
            solara.Button(waits, color="primary", on_click=desk.go_on)


@solara.component
def Controls(desk: Desk) -> None:
    """Draw what stands beside the stage; ``changed`` lets its parts be drawn anew when the session has changed."""
    changed = desk.changed.value
    with solara.Details("Lessons", expand=True):
        LessonsBox(desk)
    ScenarioBox(desk, changed)
    RunsBox(desk, changed)
    with solara.Details("Change a mechanism", expand=True):
        forms.MechanismForm(desk.session.value, desk.day.value, changed, desk.pull)
    with solara.Details("Add or end a dated action", expand=False):
        forms.InterventionForm(desk.session.value, desk.day.value, changed, desk.pull)
    with solara.Details("Change how it begins", expand=False):
        forms.StartForm(desk.session.value, changed, desk.pull)
    EnsembleBox(desk)


@solara.component
def ScenarioBox(desk: Desk, changed: int) -> None:
    """Choose a scenario, put another beside it, or bring one's own."""
    session: AnySession = desk.session.value
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
            solara.Button("Open", color="primary", disabled=seed < 0, on_click=lambda: desk.open(chosen, seed))
            solara.Button("Put beside", on_click=lambda: desk.put_beside(chosen))
        Upload(desk)


@solara.component
def Upload(desk: Desk) -> None:
    """Take a scenario file of the reader's own; it is read as text, and names no file of the server."""
    session: AnySession = desk.session.value
    error, set_error = solara.use_state("")

    def sent(data: dict[str, Any]) -> None:
        try:
            desk.wake()
            session.open(
                scenario_sent(str(data.get("name", "")), str(data.get("text", "")), session.limits.upload_bytes)
            )
        except SiegeError as problem:
            set_error(str(problem))
            return
        set_error("")
        desk.refresh()

    UploadWidget.element(most_bytes=session.limits.upload_bytes, error=error, hears={"sent": sent})


def scenario_sent(name: str, text: str, most_bytes: int) -> Scenario:
    """Return the scenario of a file that a reader sent.

    Raises:
        SiegeError: it is too large, or wrong.
    """
    if len(text.encode("utf-8", "replace")) > most_bytes:
        raise SessionError(f"{name[:60]}: a file here is at most {most_bytes:,} bytes")
    return load_scenario_text(text, name[:60] or "your file")


@solara.component
def RunsBox(desk: Desk, changed: int) -> None:
    """Say what is shown and what was changed; keep one of two runs; write a run down."""
    session: AnySession = desk.session.value

    def keep(side: int) -> None:
        with desk.told():
            desk.wake()
            session.keep(side)
            desk.refresh()

    with solara.Card("Runs", margin=0, elevation=0):
        sheets: Sequence[Run | Sheet] = session.runs
        for side, run in enumerate(sheets):
            name, text = session.export(side)
            solara.Text(f"{'AB'[side]}: {run.name}, seed {run.seed}", classes=["siege-run"])
            for entry in run.log:
                solara.Div(children=[solara.Text(f"{entry.since}: {entry.says}")])
            with solara.Row(style={"flex-wrap": "wrap"}):
                solara.FileDownload(text, filename=name, label=f"Save {'AB'[side]}")
                if len(sheets) > 1:
                    solara.Button(f"Keep {'AB'[side]} alone", on_click=lambda side=side: keep(side))


FEWEST_RUNS = 3
"""Fewer runs make no spread."""


@solara.component
def EnsembleBox(desk: Desk) -> None:
    """Play many seeds, with a bar, and show their spread."""
    runs, set_runs = solara.use_state(20)
    most = the_theatre().programme.limits.ensemble_runs
    possible = FEWEST_RUNS <= runs <= most
    done, planned = desk.progress.value
    ensemble = desk.ensemble.value
    with solara.Card("Many runs", margin=0, elevation=0):
        solara.Text("One run is not a forecast. Play the run in hand with other seeds and see the spread.")
        solara.InputInt("How many", value=runs, on_value=set_runs)
        if not possible:
            solara.Error(f"From {FEWEST_RUNS} to {most} runs can be played here.", dense=True)
        with solara.Row():
            if ensemble is not None and ensemble.running:
                solara.Button("Stop", on_click=ensemble.stop)
                solara.Text(f"{done} of {planned} runs")
            else:
                solara.Button(
                    "Play them", color="primary", disabled=not possible, on_click=lambda: desk.play_ensemble(runs)
                )
        if ensemble is not None and ensemble.running:
            solara.ProgressLinear(100 * done / planned if planned else True)


GREEN = "#17604c"

GO_ON, TRY_AGAIN = "Go on", "Try again"

STYLE = """
.solara-content-main { padding: 0; }
.siege-controls { width: 23rem; max-width: 90vw; }
.siege-large .siege-controls { zoom: 1.2; width: calc(23rem / 1.2); }
.siege-controls .v-input { margin-bottom: 10px; }
.siege-run { font-weight: 600; }
.siege-lessons .v-btn { text-transform: none; letter-spacing: 0; height: auto !important; min-height: 36px; }
.siege-lessons .siege-reads { box-shadow: inset 4px 0 currentColor; background: rgba(128, 128, 128, .18); }
.siege-lessons .v-btn__content { white-space: normal; text-align: left; justify-content: flex-start; flex: 1 1 0; }
.siege-notice { margin: 0 12px; }
.siege-notice:empty { display: none !important; }
.theme--light .siege-notice .v-alert__content { color: #222; }
.theme--dark .siege-notice .v-alert__content { color: #fff; }
.siege-notice > .v-btn { align-self: flex-start; }
"""
