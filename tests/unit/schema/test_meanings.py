"""What fields mean: read from the files of the program, from a notebook's cells, and from nowhere."""

from __future__ import annotations

import pytest

from siege_sim.model import catalogue
from siege_sim.model.scenario import Scenario
from siege_sim.schema.block import Block, param
from siege_sim.schema.meanings import meanings


@pytest.mark.parametrize("kind", [Scenario, *catalogue.processes().values(), *catalogue.interventions().values()])
def test_every_field_of_the_program_says_what_it_means(kind):
    assert [name for name, meaning in meanings(kind).items() if not meaning and name != "kind"] == []


class Wells(Block):
    depth_m: float = param(12.0, unit="m")
    """How far down the water is."""
    number: int = 3


class DeepWells(Wells):
    number: int = 1
    """How many there are."""


def test_a_block_outside_the_program_is_read_where_it_is_made():
    assert Wells.model_fields["depth_m"].description == "How far down the water is."
    assert dict(meanings(DeepWells)) == {"depth_m": "How far down the water is.", "number": "How many there are."}
    assert meanings(Wells)["number"] == ""


def test_a_block_that_was_typed_in_has_no_meanings_and_no_fault():
    names: dict[str, object] = {"__name__": "__main__"}
    exec("from siege_sim.schema.block import Block\nclass Typed(Block):\n    a: int = 1\n    '''One.'''\n", names)
    assert dict(meanings(names["Typed"])) == {"a": ""}
