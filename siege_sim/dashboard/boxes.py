"""The boxes of scenarios and of runs beside the viewer."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import solara

from siege_sim.dashboard.forms import Choice
from siege_sim.dashboard.lessons.written import explained_html
from siege_sim.dashboard.page_language import translated, translated_sentence
from siege_sim.dashboard.widget import UploadWidget
from siege_sim.errors import SiegeError
from siege_sim.languages.glossary import page_glossary
from siege_sim.loading.scenario import shipped_scenarios
from siege_sim.schema.yaml_file import read_yaml

if TYPE_CHECKING:
    from siege_sim.dashboard.page_state import PageState
    from siege_sim.dashboard.runs import Run, RunDefinition, SessionState
    from siege_sim.dashboard.sessions import AnySession
    from siege_sim.model.scenario import Scenario


@solara.component
def Heading(text: str, term: str = "") -> None:
    """Draw the heading of a box: one that is found by heading, unlike a card's title; a term is explained."""
    shown = html.escape(text)
    solara.HTML(tag="h2", unsafe_innerHTML=term_html(shown, term) if term else shown, classes=["siege-heading"])


def term_html(shown: str, term: str) -> str:
    """Return HTML that is explained, on hover and on focus, by the glossary's meaning of a term."""
    return explained_html(shown, translated(page_glossary()[term]))


@cache
def shipped_titles() -> dict[str, str]:
    """Return the titles of the shipped scenarios by name, what-ifs last; the name where a title is not the only one."""
    data = {name: read_yaml(file).data for name, file in shipped_scenarios().items()}
    names = sorted(data, key=lambda name: "extends" in data[name])
    titles = {name: str(data[name].get("title", name)) for name in names}
    alike = Counter(titles.values())
    return {name: title if alike[title] == 1 else name for name, title in titles.items()}


def choices_of(session: AnySession) -> dict[str, str | Scenario]:
    """Return the scenarios that can be opened by what they are called: the shipped ones, and the reader's own."""
    titles = shipped_titles()
    choices: dict[str, str | Scenario] = {translated(title): name for name, title in titles.items()}
    state = session.state
    for shown in (*state.former, state.shown):
        for run in shown.runs:
            if run.parent not in titles and not run.log:
                choices[choice_of(run)] = run.scenario
    return choices


def choice_of(run: Run | RunDefinition) -> str:
    """Return what the scenario of a run is called among the choices."""
    title = shipped_titles().get(run.parent or "")
    return translated("{name} (a file)", name=run.name) if title is None else translated(title)


@solara.component
def ScenarioBox(state: PageState, revision: int) -> None:
    """Choose a scenario, put another beside it, or bring one's own; it names the scenario that is shown."""
    session: AnySession = state.session.value
    choices = choices_of(session)
    first = session.runs[0]
    shown = choice_of(first) if choice_of(first) in choices else next(iter(choices))
    chosen, choose = solara.use_state(shown)
    seed, set_seed = solara.use_state(session.seed)

    def follow() -> None:
        choose(shown)
        set_seed(session.seed)

    solara.use_effect(follow, [first.number])
    scenario = choices.get(chosen, choices[shown])
    with solara.Card(margin=0, elevation=0):
        Heading(translated("Scenario"), "Scenario")
        Choice(translated("Scenario"), list(choices), chosen if chosen in choices else shown, choose)
        solara.InputInt(translated("Seed"), value=seed, on_value=set_seed)
        if seed < 0:
            solara.Error(translated("A seed is a whole number of at least 0."), dense=True)
        with solara.Row():
            solara.Button(
                translated("Open"), color="primary", disabled=seed < 0, on_click=lambda: state.open(scenario, seed)
            )
            solara.Button(translated("Put beside"), on_click=lambda: state.put_beside(scenario))
        Upload(state)


@solara.component
def Upload(state: PageState) -> None:
    """Take a scenario file of the reader's own; it is read as text, and names no file of the server."""
    session: AnySession = state.session.value
    error, set_error = solara.use_state("")

    def upload(data: dict[str, Any]) -> None:
        try:
            state.ensure_active()
            session.open_text(str(data.get("name", "")), str(data.get("text", "")))
        except SiegeError as problem:
            set_error(str(problem))
            return
        set_error("")
        state.refresh()

    UploadWidget.element(
        texts=UploadWidget.texts_now(),
        most_bytes=session.limits.upload_bytes,
        error=translated_sentence(error),
        handlers={"upload": upload},
    )


@solara.component
def RunsBox(state: PageState, revision: int) -> None:
    """List the runs and what was changed; keep one of two runs; save a run; go back to what was shown before."""
    session: AnySession = state.session.value
    with solara.Card(margin=0, elevation=0):
        Heading(translated("Runs"), "Run")
        runs: Sequence[Run | RunDefinition] = session.runs
        for letter, run in zip("AB", runs, strict=False):
            name, text = session.export(run.number)
            said = translated(
                "{letter}: {run}, seed {seed}", letter=letter, run=translated_sentence(run.name), seed=run.seed
            )
            solara.Text(said, classes=["siege-run"])
            for entry in run.log:
                solara.Div(
                    children=[solara.Text(f"{translated_sentence(entry.since)}: {translated_sentence(entry.text)}")]
                )
            with solara.Row(style={"flex-wrap": "wrap"}):
                solara.FileDownload(text, filename=name, label=translated("Save {letter}", letter=letter))
                if len(runs) > 1:
                    solara.Button(
                        translated("Keep {letter} alone", letter=letter),
                        on_click=lambda run=run: state.do("keep_only", run.number),
                    )
        FormerRuns(state, revision)


@solara.component
def FormerRuns(state: PageState, revision: int) -> None:
    """List the runs that were shown before, the newest first; each can be shown again."""
    past: SessionState = state.session.value.state
    with solara.Row():
        solara.Button(translated("Undo"), disabled=not past.undoable, on_click=lambda: state.do("undo"))
    if past.former:
        with solara.Details(translated("Shown before ({number})", number=len(past.former)), expand=False):
            for former in reversed(past.former):
                solara.Button(
                    translated_sentence(former.label),
                    text=True,
                    classes=["siege-former"],
                    on_click=lambda former=former: state.do("go_back", former.numbers),
                )
