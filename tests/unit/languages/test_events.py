"""What happens in a run is told in every language: each sentence of the model's log follows a pattern."""

from __future__ import annotations

import pytest

from siege_sim.languages.catalogue import PLACEHOLDER, Catalogue, filled_in
from siege_sim.languages.composed import COMPOSED
from siege_sim.model.agents.facility import Facility
from siege_sim.schema.sides import Sides
from siege_sim.viewer.charts import charts

ALL = Catalogue("xx", texts={text: f"<{text}>" for text in COMPOSED})
"""A language in which every sentence that is known stands in brackets."""


def known(sentence):
    return ALL.sentence(sentence).startswith("<")


def test_every_event_of_a_run_and_its_cause_are_known(toy_result):
    said = {*toy_result.events["what"], *toy_result.events["cause"]} - {""}
    assert len(said) > 50
    assert sorted(text for text in said if not known(text)) == []


def kinds_of_places(kind=Facility):
    for one in kind.__subclasses__():
        yield from ([one] if one.target else [])
        yield from kinds_of_places(one)


def test_a_place_that_strikes_can_hit_has_its_name_in_events():
    kinds = [kind for kind in kinds_of_places() if kind.__module__.startswith("siege_sim.")]
    assert len(kinds) >= 4
    assert [kind.label for kind in kinds if not known(f"{kind.label} Old Town")] == []


def test_what_charts_are_about_is_known_whatever_the_sides_are_called():
    for chart in charts([], Sides()):
        if "garrison" in chart.description or "besieger" in chart.description:
            assert known(chart.description)


@pytest.mark.parametrize("text", [text for text in COMPOSED if not PLACEHOLDER.search(text)])
def test_a_sentence_without_values_is_told_as_it_is(text):
    assert ALL.sentence(text) == filled_in(f"<{text}>", {})
