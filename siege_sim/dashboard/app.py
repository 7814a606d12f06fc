"""The Solara page: the viewer, and beside it the levers. Thin: sessions are in `session`, drawing in `viewer/page`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import solara
import solara.lab

from siege_sim.dashboard import forms
from siege_sim.dashboard.boxes import Heading, RunsBox, ScenarioBox
from siege_sim.dashboard.class_box import ClassBar, LinkBox
from siege_sim.dashboard.ensemble import FEWEST_FOR_A_SPREAD
from siege_sim.dashboard.first_levers import FirstLeversForm
from siege_sim.dashboard.lesson_box import LessonBeside, LessonsBox
from siege_sim.dashboard.lesson_reader import lessons_in_order
from siege_sim.dashboard.page_language import translated, translated_sentence
from siege_sim.dashboard.page_state import CONTINUE, PageState, wide_window
from siege_sim.dashboard.sessions import server_sessions
from siege_sim.dashboard.widget import ViewerWidget


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
            with solara.AppBarTitle():
                solara.Text(translated(state.session.value.runs[0].scenario.title))
    ClassBar(state)
    Notice(state)
    with solara.Div(classes=["siege-layout"]):
        ViewerWidget.element(
            revision=state.revision.value,
            fans=state.changes.fans.value or state.fans.value,
            account=state.changes.account.value,
            pairs=state.changes.pairs.value,
            saved=state.saved.value,
            language=server_sessions().settings.language,
            card=state.lessons.view.value,
            first_lesson=lessons_in_order()[0].title if lessons_in_order() else "",
            handlers={
                "connect": state.connect,
                "request_frames": state.request_frames,
                "day_shown": state.day_shown,
                "task_done": state.lessons.come_to_its_day,
                "take_lesson": lambda: state.lessons.take(lessons_in_order()[0].name),
                "open_link": state.in_class.open_link,
                "play_pairs": state.play_pairs,
                "stop_pairs": state.changes.stop_pairs,
            },
        )
        if state.lessons.lesson is not None:
            LessonBeside(state)


@solara.component
def Notice(state: PageState) -> None:
    """Show what went wrong, and a button to continue where that is possible; it keeps its place when it is empty."""
    text, next_action = state.message.value, state.next_action.value
    with solara.Column(gap="8px", classes=["siege-notice"]):
        if text:
            (solara.Warning if next_action == CONTINUE else solara.Error)(translated_sentence(text))
        if text and next_action:
            solara.Button(translated(next_action), color="primary", on_click=state.resume)


@solara.component
def Controls(state: PageState) -> None:
    """Draw what stands beside the viewer; ``revision`` lets its parts be drawn anew when the session has changed."""
    revision = state.revision.value
    with solara.Details(translated("Lessons"), expand=True):
        LessonsBox(state)
    ScenarioBox(state, revision)
    RunsBox(state, revision)
    LinkBox(state, revision)
    with solara.Details(translated("Change something"), expand=True):
        FirstLeversForm(state.session.value, state.day.value, revision, state.apply_edits)
    with solara.Details(translated("All parameters"), expand=False):
        forms.MechanismForm(state.session.value, state.day.value, revision, state.apply_edits)
    with solara.Details(translated("Add or end a dated action"), expand=False):
        forms.InterventionForm(state.session.value, state.day.value, revision, state.apply_edits)
    with solara.Details(translated("Change how it begins"), expand=False):
        forms.StartForm(state.session.value, revision, state.apply_edits)
    EnsembleBox(state)


@solara.component
def EnsembleBox(state: PageState) -> None:
    """Run many seeds, with a bar, and show their spread."""
    runs, set_runs = solara.use_state(20)
    most = server_sessions().settings.limits.ensemble_runs
    possible = FEWEST_FOR_A_SPREAD <= runs <= most
    done, planned = state.progress.value
    ensemble = state.ensemble.value
    with solara.Card(margin=0, elevation=0):
        Heading(translated("Many runs"))
        solara.Text(
            translated("One run is not a forecast. Run the current scenario with other seeds and see the spread.")
        )
        solara.InputInt(translated("How many"), value=runs, on_value=set_runs)
        if not possible:
            solara.Error(
                translated("From {fewest} to {most} runs are possible here.", fewest=FEWEST_FOR_A_SPREAD, most=most),
                dense=True,
            )
        with solara.Row():
            if ensemble is not None and ensemble.running:
                solara.Button(translated("Stop"), on_click=ensemble.stop)
                solara.Text(translated("{done} of {planned} runs", done=done, planned=planned))
            else:
                solara.Button(
                    translated("Run them"),
                    color="primary",
                    disabled=not possible,
                    on_click=lambda: state.run_ensemble(runs),
                )
        if ensemble is not None and ensemble.running:
            solara.ProgressLinear(100 * done / planned if planned else True)


PRIMARY_COLOUR = "#17604c"

STYLE = """
.solara-content-main { padding: 0; }
.siege-controls { width: 23rem; max-width: 90vw; }
.siege-large .siege-controls { zoom: 1.2; width: calc(23rem / 1.2); }
.siege-controls .v-input { margin-bottom: 10px; }
.siege-heading { font-size: 1.25rem; font-weight: 500; margin: .4rem 0; }
.v-application :focus-visible { outline: 3px solid #e69f00 !important; outline-offset: 2px; }
.siege-skip { position: absolute; left: 8px; top: -6rem; z-index: 200; padding: .7rem 1.2rem; background: #17604c;
  color: #fff !important; font: 600 16px system-ui, sans-serif; border-radius: 0 0 6px 6px; }
.siege-skip:focus { top: 0; outline: 3px solid #e69f00; }
.siege-run { font-weight: 600; }
.v-application, .v-application .v-toolbar__title, .siege-controls *, .siege-notice * {
  font-family: system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; }
.siege-controls .v-icon { font-family: "Material Design Icons"; }
.siege-controls .v-btn:not(.v-btn--text), .siege-notice .v-btn { text-transform: none; letter-spacing: 0;
  box-shadow: none; border: 1px solid currentColor; border-radius: 6px; font-weight: 600; }
.siege-lessons .v-btn, .siege-former.v-btn {
  text-transform: none; letter-spacing: 0; height: auto !important; min-height: 36px; max-width: 100%; }
.siege-lessons .siege-current { box-shadow: inset 4px 0 currentColor; background: rgba(128, 128, 128, .18); }
.siege-lessons .v-btn__content, .siege-former .v-btn__content {
  white-space: normal; text-align: left; justify-content: flex-start; flex: 1 1 0; }
@media (pointer: coarse) {
  .siege-controls .v-btn.v-btn, .siege-notice .v-btn.v-btn { min-height: 44px; min-width: 44px; }
}
.siege-notice { margin: 0 12px; }
@media print {
  html, body, #app, .v-application, .v-application--wrap, .solara-content-main, .v-main, .v-main__wrap, .v-content,
  .v-content__wrap, .siege-layout, #app div:has(.siege) {
    display: block !important; position: static !important; width: auto !important; max-width: none !important;
    height: auto !important; min-height: 0 !important; overflow: visible !important; padding: 0 !important;
    margin: 0 !important; transform: none !important; }
  .v-app-bar, .v-navigation-drawer, .v-overlay, .siege-controls { display: none !important; }
}
.siege-notice:empty { display: none !important; }
.theme--light .siege-notice .v-alert__content { color: #222; }
.theme--dark .siege-notice .v-alert__content { color: #fff; }
.siege-notice > .v-btn { align-self: flex-start; }
"""
