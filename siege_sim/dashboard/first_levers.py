"""The ten levers that matter first, by the question that they are about; all parameters have forms of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import solara

from siege_sim.dashboard.branching import SetParameter
from siege_sim.dashboard.forms import ApplyEdits, ApplyFrom, Choice, Fields, FormState, errors_by_field
from siege_sim.dashboard.levers import Lever, mechanism_panels
from siege_sim.dashboard.page_language import translated

if TYPE_CHECKING:
    from siege_sim.dashboard.sessions import AnySession
    from siege_sim.model.scenario import Scenario

FIRST_LEVERS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "Food": (
        ("rationing", "bread_kcal", "Bread ration"),
        ("rationing", "policy", "Who is served first"),
    ),
    "Fire": (
        ("sorties", "per_day", "Sorties per day"),
        ("artillery", "shells_per_day", "Shells a day"),
    ),
    "Ground": (
        ("main_effort", "posture", "What the besieger does"),
        ("besieger_command", "posture", "What the besieger does"),
        ("works", "growth_per_day", "Trenches and works dug a day"),
    ),
    "People": (
        ("shelter", "cellars", "People who have a cellar"),
        ("displacement", "reluctance", "How reluctant people are to leave"),
    ),
    "Politics": (
        ("pauses", "lasts_days", "Days that a pause lasts"),
        ("group_deals", "hazard", "How readily groups take an exit"),
        ("agreement", "hazard", "How readily an exit is agreed"),
    ),
}
"""Mechanism, parameter and label of the first levers, by question; a scenario has one posture and one kind of exit."""


@dataclass(frozen=True)
class QuestionLevers:
    """The first levers of one question.

    Attributes:
        question: what they are about.
        levers: what can be set.
        mechanisms: the mechanism of each, by its key.
    """

    question: str
    levers: tuple[Lever, ...]
    mechanisms: Mapping[str, str]


def first_levers(scenario: Scenario, day: int) -> dict[str, QuestionLevers]:
    """Return the first levers that a scenario has, with the values of a day, by question."""
    known = {(panel.name, lever.key): lever for panel in mechanism_panels(scenario, day) for lever in panel.levers}
    found: dict[str, QuestionLevers] = {}
    for question, wanted in FIRST_LEVERS.items():
        there = [(name, replace(known[name, key], title=title)) for name, key, title in wanted if (name, key) in known]
        if there:
            levers = tuple(lever for _, lever in there)
            found[question] = QuestionLevers(question, levers, {lever.key: name for name, lever in there})
    return found


@solara.component
def FirstLeversForm(session: AnySession, day: int, revision: int, apply_edits: ApplyEdits) -> None:
    """Set one of the first levers, from tomorrow or from the start."""
    groups = first_levers(session.current.scenario, day + 1)
    chosen, choose = solara.use_state("Fire")
    form, fill = solara.use_state(FormState())
    group = groups.get(chosen) or next(iter(groups.values()))

    def choose_other(question: str) -> None:
        choose(question)
        fill(FormState())

    def apply(evening: int) -> None:
        values = form.values(group.levers).items()
        problem = apply_edits([SetParameter(group.mechanisms[key], key, value) for key, value in values], evening)
        fill(replace(form, errors=errors_by_field(problem, group.levers)) if problem else FormState())

    questions = {translated(question): question for question in groups}
    Choice(
        translated("What is it about?"),
        list(questions),
        translated(group.question),
        lambda chosen: choose_other(questions[chosen]),
    )
    Fields(group.levers, form, fill)
    ApplyFrom(form, day, apply)
