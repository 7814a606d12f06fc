"""What a page shows of its class, and the link to what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import solara

from siege_sim.dashboard.page_language import page_catalogue, translated_sentence
from siege_sim.dashboard.sessions import server_sessions
from siege_sim.dashboard.state_link import link_of
from siege_sim.dashboard.widget import ClassWidget, LinkWidget
from siege_sim.errors import SiegeError

if TYPE_CHECKING:
    from siege_sim.dashboard.page_state import PageState


@solara.component
def ClassBar(state: PageState) -> None:
    """Ask for a name, show the teacher's question and whether the class is paused; give the teacher their buttons."""
    part = state.in_class
    news, asked = part.news.value, part.news.value.question
    if not part.on:
        return
    ClassWidget.element(
        texts=ClassWidget.texts_now(),
        teacher=part.teacher.value,
        name=part.name.value,
        frozen=news.frozen,
        question="" if asked is None else asked.text,
        locked=page_catalogue().figures(part.locked.value),
        problem=translated_sentence(part.problem.value),
        handlers={
            "join": part.join,
            "leave": part.leave,
            "answer": lambda text: part.answer(page_catalogue().plain_number(text)),
            "push": part.push,
            "freeze": part.freeze,
        },
    )


@solara.component
def LinkBox(state: PageState, revision: int) -> None:
    """Make a link to what is shown: scenario, seed, day and changes, for another screen."""
    made, set_made = solara.use_state(("", "", (revision, state.day.value)))

    def make() -> None:
        link = problem = ""
        try:
            shown = state.shown_now()
            link = link_of(shown, shown.day, server_sessions().settings)
        except SiegeError as error:
            problem = translated_sentence(f"{str(error)[:1].upper()}{str(error)[1:]}.")
        set_made((link, problem, (state.revision.value, state.day.value)))

    link, problem, of = made
    if of != (revision, state.day.value):
        link = problem = ""
    LinkWidget.element(texts=LinkWidget.texts_now(), link=link, problem=problem, handlers={"make": make})
