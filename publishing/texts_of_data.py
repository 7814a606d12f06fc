"""The texts of pages that are data: named where things are defined, and read from there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from siege_sim.dashboard.first_levers import FIRST_LEVERS, first_levers
from siege_sim.dashboard.levers import PHASE_LABELS, in_sentence_case, intervention_panels
from siege_sim.dashboard.page_state import CONTINUE, TRY_AGAIN
from siege_sim.languages.glossary import page_glossary
from siege_sim.loading.scenario import load_scenario, shipped_scenarios
from siege_sim.model.agents.facility import Facility
from siege_sim.model.scenario import Scenario
from siege_sim.results.endings import ENDINGS
from siege_sim.viewer.charts import charts
from siege_sim.viewer.compared_rows import compared_rows
from siege_sim.viewer.frames import SHADES
from siege_sim.viewer.replay import RUNS_DIFFER, STORED_ONLY

CASES = ("toy_town", "aleppo_2016", "leningrad_1941")
"""Scenarios that together have every first lever, and the outcomes that others have too."""


def data_texts() -> Iterator[str | tuple[str, str]]:
    """Yield them; some more than once."""
    cases = [load_scenario(name) for name in CASES]
    yield from _sides_and_titles()
    yield from chain.from_iterable(map(_of_scenario, cases))
    for shade in SHADES:
        yield from (shade.label, shade.unit, shade.description)
    yield "person", "persons"
    yield from (name.replace("_", " ") for name in ENDINGS if name != "holding")
    yield from (kind.label for kind in _kinds_of_places(Facility))
    yield from (*PHASE_LABELS.values(), "City", "Forces", "Air wings")
    for question, levers in FIRST_LEVERS.items():
        yield from (question, *(title for _, _, title in levers))
        yield from (f"{in_sentence_case(name)}, {key.replace('_', ' ')}" for name, key, _ in levers)
    yield from (panel.label for panel in intervention_panels(cases[0]))
    yield from (CONTINUE, TRY_AGAIN, STORED_ONLY, RUNS_DIFFER)
    yield from page_glossary().values()


def _sides_and_titles() -> Iterator[str]:
    """Yield the titles of the shipped scenarios, and what they call their sides."""
    for name in shipped_scenarios():
        scenario = load_scenario(name)
        yield from (scenario.title, *(side.label for side in scenario.sides.by_name.values()))


def _of_scenario(scenario: Scenario) -> Iterator[str]:
    """Yield the texts of charts, comparisons, outcomes and first levers, except those that name a side."""
    outcomes = [{"name": outcome.name, **outcome.about()} for outcome in scenario.outcomes]
    names = [side.label.lower() for side in scenario.sides.by_name.values()]
    names += [side.ground_label.lower() for side in scenario.sides.by_name.values()]
    found: list[str] = []
    for chart in charts(outcomes, scenario.sides):
        found += [chart.title, chart.unit, chart.description, *(line.label for line in chart.lines)]
    found += [row["label"] for row in compared_rows(outcomes)]
    found += [str(outcome["label"]) for outcome in outcomes]
    yield from (text for text in found if not any(name in text.lower() for name in names))
    for group in first_levers(scenario, 1).values():
        for lever in group.levers:
            yield from (lever.description, lever.unit, *(choice.replace("_", " ") for choice in lever.choices))


def _kinds_of_places(kind: type[Facility]) -> Iterator[type[Facility]]:
    """Yield the kinds of places, those that others build on too."""
    for one in kind.__subclasses__():
        if one.__module__.startswith("siege_sim."):
            yield one
        yield from _kinds_of_places(one)
