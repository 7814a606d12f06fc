"""The shipped baseline against the record: what holds goes on holding, what does not is a declared miss.

Seeds are fixed, so a pattern here is in range or not for good, until somebody changes the model or the baseline. A miss
that comes right fails the test too: then its reason has to go, here and in docs/validation.md.
"""

from __future__ import annotations

from functools import cache

import pytest

from siege_sim import load_scenario
from siege_sim.runner.pool import run_many
from siege_sim.runner.run import jobs_of, run_job
from siege_sim.validation.pattern_scores import PatternScore, score_patterns
from siege_sim.validation.record import load_record

BASELINE = "aleppo_2016"
COARSE = ["population.persons_per_household=50"]
SEEDS = range(1, 33)
DAYS = 68

CHANCE = "chance spreads the break over five days, so that few runs stand where the record stood on a given day"
PLACE = "the break spreads to the south of the quarters that fall first, not west to the middle of the pocket"
HOSPITALS = "a campaign by weights leaves one hospital in service by chance as often as none"

MISSES: dict[str, str] = {
    "area_lost_by_26_nov": CHANCE,
    "area_lost_by_27_nov": CHANCE,
    "hanano_first": "Jabal Badro beside it falls first as often",
    "north_east_first": PLACE,
    "fallen_by_26_nov": CHANCE,
    "fallen_by_27_nov": PLACE,
    "fallen_by_28_nov": PLACE,
    "cut_in_two_by_28_nov": PLACE,
    "killed_to_14_nov": "people go on dying of earlier wounds in the strike halt; the record may not count them",
    "hospitals_19_nov": HOSPITALS,
    "left_by_27_nov": "the break comes early in most runs; on the record's own days people leave as recorded",
    "left_by_25_nov": "people leave at once where ground falls a day or two early",
}
"""Why a pattern's median does not lie in the record's range."""


def patterns() -> list[str]:
    record = load_record(BASELINE, [outcome.name for outcome in load_scenario(BASELINE).outcomes])
    return [name for name, entry in record.patterns.items() if entry.measure is not None]


@cache
def card() -> dict[str, PatternScore]:
    scenario = load_scenario(BASELINE, COARSE)
    record = load_record(BASELINE, [outcome.name for outcome in load_scenario(BASELINE).outcomes])
    compact_runs = run_many(jobs_of(scenario, SEEDS, DAYS), run_job, 2)
    return {line.name: line for line in score_patterns(record, compact_runs)}


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.xfail(reason=MISSES[name], strict=True)) if name in MISSES else name
        for name in patterns()
    ],
)
def test_the_median_of_the_runs_lies_in_the_records_range(name):
    line = card()[name]
    assert line.median_inside, f"{line.median} is not in {line.low} to {line.high} {line.unit}"


def test_every_declared_miss_is_a_pattern():
    assert set(MISSES) <= set(patterns())
