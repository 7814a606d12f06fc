"""Kinds of munition: what the table says of one kind against another, and what an average hit is."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siege_sim.model.munitions import AIR_MUNITIONS, MUNITIONS, SHELL_KINDS, MunitionScale, mean_munition, p_of_hits
from siege_sim.model.processes.artillery import HEAVIEST, Artillery
from siege_sim.model.processes.strike_effects import USUAL, StrikeEffects

each_kind = pytest.mark.parametrize("kind", sorted(MUNITIONS))


def test_every_kind_that_a_scenario_may_name_is_in_the_table():
    assert {*AIR_MUNITIONS, *SHELL_KINDS} == set(MUNITIONS)


@each_kind
def test_the_page_on_fire_has_the_numbers_of_the_table(kind):
    page = (Path(__file__).parents[3] / "docs" / "fire.md").read_text("utf-8")
    row = next(line for line in page.splitlines() if line.startswith(f"| `{kind}` |"))
    said = [float(cell) for cell in row.strip("| ").split("|")[1:]]
    assert said == list(asdict(MUNITIONS[kind]).values())[:-1]


@each_kind
def test_walls_protect_and_cellars_protect_more(kind):
    munition = MUNITIONS[kind]
    assert munition.open_m2 >= munition.street_m2 >= munition.indoors_m2 >= munition.cellar_m2


def test_a_mortar_round_destroys_no_place_and_hurts_hardly_anybody_indoors():
    mortar, bomb = MUNITIONS["mortar"], MUNITIONS["general_purpose_bomb"]
    assert mortar.p_destroyed == 0.0
    assert mortar.cellar_m2 == 0.0
    assert mortar.indoors_m2 < bomb.indoors_m2 / 100


def test_the_parameters_of_strikes_and_shells_are_those_of_their_usual_kind():
    bomb, shell = MUNITIONS[USUAL], MUNITIONS[HEAVIEST]
    strikes, artillery = StrikeEffects(), Artillery()
    assert (strikes.affected_area_m2, strikes.fighters_area_m2) == (bomb.indoors_m2, bomb.fighters_m2)
    assert (strikes.p_facility_destroyed, strikes.p_facility_closed) == (bomb.p_destroyed, bomb.p_closed)
    assert strikes.stock_burnt == bomb.stock_burnt
    assert (artillery.affected_area_m2, artillery.fighters_area_m2) == (shell.indoors_m2, shell.fighters_m2)


@given(st.dictionaries(st.sampled_from(sorted(MUNITIONS)), st.floats(0.001, 1000.0), min_size=1))
def test_an_average_hit_lies_between_its_kinds(weights):
    mean = asdict(mean_munition(weights, MunitionScale()))
    for name, value in mean.items():
        kinds = [getattr(MUNITIONS[kind], name) for kind in weights]
        assert min(kinds) * (1 - 1e-9) <= value <= max(kinds) * (1 + 1e-9)


@given(st.floats(0.0, 1.0), st.integers(0, 50))
def test_more_hits_are_never_safer(p, hits):
    assert 0.0 <= p_of_hits(p, hits) <= p_of_hits(p, hits + 1) <= 1.0
