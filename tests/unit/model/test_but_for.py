"""What is left out of a run does not happen; everything else is as it was, until that makes a difference."""

from __future__ import annotations

import copy
from functools import cache

import pytest

from siege_sim import SiegeModel, load_scenario
from siege_sim.errors import ResultError
from siege_sim.model.but_for import ButFor
from siege_sim.runner.premises import key_of, premise_like, premise_of
from siege_sim.runner.tables import result_of
from tests.conftest import STRESS

SEED = 3
KINDS_LEFT_OUT = {
    "ground_lost", "quarter_lost", "hospital_lost", "bakery_lost", "warehouse_hit", "market_hit", "ceasefire_began",
    "reinforcements", "relief_attack", "crossings_opened", "cell_retaken", "assault_began", "assault_prepared",
}  # fmt: skip
"""What surely can be left out of a run of the stressed city."""


@cache
def stressed():
    return load_scenario("toy_town", STRESS)


def played(but_for: ButFor | None = None, seed: int = SEED) -> SiegeModel:
    model = SiegeModel(stressed(), seed)
    if but_for is not None:
        model.but_for = but_for
    for _ in model.days():
        pass
    return model


@cache
def usual() -> SiegeModel:
    return played()


def days_before(model: SiegeModel, day: int) -> str:
    return result_of(model).series.head(day).to_csv(index=False)


def first_of_each_kind() -> dict[str, int]:
    return {event.kind: number for number, event in reversed(list(enumerate(usual().log.events)))}


def premise_or_refusal(number: int):
    try:
        return premise_of(usual(), str(number))
    except ResultError as error:
        return str(error)


def test_what_is_no_part_of_the_run_makes_no_difference_when_it_is_left_out():
    for nothing in (ButFor(), ButFor(1, None, "processes.no_such_thing"), ButFor(0, 0, "processes.sorties")):
        assert result_of(played(nothing)).series_csv() == result_of(usual()).series_csv()


@pytest.mark.slow
def test_every_kind_of_event_can_be_left_out_or_is_refused_in_words():
    """An event that is left out is not there on its day; the days before are the same; the books balance on all."""
    left_out = set()
    for kind, number in first_of_each_kind().items():
        event = usual().log.events[number]
        premise = premise_or_refusal(number)
        if isinstance(premise, str):
            assert event.what in premise
            assert any(way in premise for way in ("leave", "compare"))
            continue
        without = played(premise.but_for)
        assert days_before(without, event.day) == days_before(usual(), event.day)
        alike = [other for other in without.log.events if (other.day, key_of(other)) == (event.day, key_of(event))]
        assert not alike, f"{kind} happened all the same"
        left_out.add(kind)
    assert left_out >= KINDS_LEFT_OUT & set(first_of_each_kind())
    assert len(left_out) >= 8


def test_an_action_that_is_left_out_does_nothing_on_any_day():
    without = played(premise_of(usual(), "truce").but_for)
    assert "ceasefire_began" in first_of_each_kind()
    assert not [event for event in without.log.events if event.kind.startswith("ceasefire")]


def test_reinforcements_that_do_not_come_leave_the_luck_of_the_others_as_it_was():
    premise = premise_of(usual(), "more_army")
    without = played(premise.but_for)
    assert days_before(without, 11) == days_before(usual(), 11)
    assert len(without.units) == len(usual().units)


def test_ground_that_cannot_fall_on_a_day_falls_later_at_the_earliest():
    number = first_of_each_kind()["ground_lost"]
    event, premise = usual().log.events[number], premise_of(usual(), str(number), lasting=5)
    assert premise.but_for.cells
    model = SiegeModel(stressed(), SEED)
    model.but_for = premise.but_for
    cells = list(premise.but_for.cells)
    while model.running and model.day < event.day + 4:
        model.step()
        assert model.city.pocket_ground[cells].all() or not model.running


def test_a_store_that_is_spared_burns_nothing_that_day():
    hits = [event for event in usual().log.events if "burnt" in event.what]
    event = hits[0]
    without = played(ButFor(event.day, event.day, facility=event.facility))
    assert without.ledger.total("food", "burnt") != usual().ledger.total("food", "burnt")
    assert not [other for other in without.log.events if (other.day, other.facility) == (event.day, event.facility)]


@pytest.mark.parametrize("way", ["copied", "saved"])
def test_a_copy_and_a_checkpoint_leave_the_same_out(way, tmp_path):
    model = SiegeModel(stressed(), SEED)
    model.but_for = premise_of(usual(), "truce").but_for
    for _ in range(11):
        model.step()
    if way == "copied":
        other = copy.deepcopy(model)
    else:
        model.save(tmp_path / "model.checkpoint")
        other = SiegeModel.load(tmp_path / "model.checkpoint")
    for one in (model, other):
        for _ in one.days():
            pass
    assert result_of(other).series_csv() == result_of(model).series_csv()
    assert not [event for event in other.log.events if event.kind == "ceasefire_began"]


def test_the_manifest_of_such_a_run_says_what_is_missing():
    assert "but_for" not in result_of(usual()).manifest
    model = SiegeModel(stressed(), SEED)
    model.but_for = ButFor(4, 6, cells=frozenset({3, 1}))
    said = result_of(model).manifest["but_for"]
    assert (said["first_day"], said["last_day"], list(said["cells"])) == (4, 6, [1, 3])


def test_in_another_run_the_first_event_that_is_alike_is_left_out():
    number = first_of_each_kind()["hospital_lost"]
    key = key_of(usual().log.events[number])
    found = [premise_like(played(seed=seed), str(number), key) for seed in range(1, 5)]
    assert any(premise is not None for premise in found)
    assert {premise.but_for.facility for premise in found if premise} == {key.facility}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("999999", "the run has events 0 to"),
        ("sorties", "'sorties' is a mechanism; name a day"),
        ("truse", "did you mean 'truce'?"),
        ("sorties@0", "the run has days 1 to"),
        ("sorties@yesterday", "neither a day number nor a date"),
        ("sortie@5", "did you mean 'sorties'?"),
        ("", "neither the number of an event"),
        ("@", "neither a day number nor a date"),
        ("²", "neither the number of an event"),
        ("sorties@²", "neither a day number nor a date"),
    ],
)
def test_what_cannot_be_left_out_is_refused_in_a_sentence(text, said):
    with pytest.raises(ResultError, match="--but-for") as refused:
        premise_of(usual(), text)
    assert said in str(refused.value)


def test_an_event_may_be_named_by_its_kind_and_day():
    number = first_of_each_kind()["ceasefire_began"]
    event = usual().log.events[number]
    assert premise_of(usual(), f"ceasefire_began@{event.day}") == premise_of(usual(), str(number))
    date = usual().clock.date_of(event.day)
    assert premise_of(usual(), f"ceasefire_began@{date}") == premise_of(usual(), str(number))
