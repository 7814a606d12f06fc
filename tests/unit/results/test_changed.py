"""How a changed scenario is called."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from siege_sim.results.changed import (
    LONGEST_CHANGE,
    LONGEST_SUFFIX,
    change_sentences,
    change_suffix,
    changed_title,
)
from siege_sim.schema.lineage import Lineage, ValueChange, lineage_of_data

REMOVED = ValueChange("interventions.relief_attack", "removed")
LOWER = ValueChange("processes.sorties.per_day", "changed", "67", "20")
WORDS = st.text(max_size=60)
CHANGES = st.builds(ValueChange, WORDS, st.sampled_from(["changed", "added", "removed"]), WORDS, WORDS)
STEPS = st.builds(
    Lineage,
    st.just("siege"), WORDS, st.sampled_from(["extends", "set"]),
    st.lists(CHANGES, min_size=1, max_size=9).map(tuple), st.integers(0, 99),
)  # fmt: skip


def step(*changes: ValueChange, by: str = "set", further: int = 0) -> Lineage:
    return Lineage("siege", "The siege", by, changes, further)


def test_the_title_names_the_changes_and_counts_those_for_which_there_is_no_room():
    assert changed_title("The siege", "siege", [step(REMOVED)]) == (
        "The siege (changed: interventions.relief_attack removed)"
    )
    assert changed_title("The siege", "siege", [step(LOWER, REMOVED, further=3)]) == (
        "The siege (changed: processes.sorties.per_day 20 (67) and 4 more)"
    )


def test_a_scenario_with_a_name_of_its_own_keeps_its_title_and_says_in_a_sentence_what_it_changes():
    steps = [step(REMOVED, LOWER, by="extends")]
    assert changed_title("What if?", "what_if", steps) == "What if?"
    assert change_suffix("what_if", steps, "abcdef0123") == ""
    assert change_sentences(steps) == [
        "Changed against siege (The siege): interventions.relief_attack removed; processes.sorties.per_day 20 (67)."
    ]


def test_a_folder_s_name_tells_short_changes_in_full_and_the_rest_by_a_digest():
    assert change_suffix("siege", [step(REMOVED)], "abcdef0123") == "+no-relief_attack"
    assert change_suffix("siege", [step(LOWER, REMOVED)], "abcdef0123") == "+sorties.per_day-20+no-relief_attack"
    block = ValueChange("interventions.truce", "added")
    assert change_suffix("siege", [step(block)], "abcdef0123") == "+truce-abcdef"
    many = [ValueChange(f"processes.one_of_many.{n}", "changed", "1", "2") for n in range(9)]
    assert change_suffix("siege", [step(*many)], "abcdef0123") == "+one_of_many.0-2+8-more-abcdef"


@given(STEPS, st.text("0123456789abcdef", min_size=64, max_size=64))
def test_whatever_is_changed_names_stay_short_and_fit_every_file_system(lineage, digest):
    suffix = change_suffix("siege", [lineage], digest)
    assert re.fullmatch(r"[A-Za-z0-9_.+-]+", suffix)
    assert len(suffix) <= LONGEST_SUFFIX
    assert len(changed_title("The siege", "siege", [lineage])) <= len("The siege (changed: )") + LONGEST_CHANGE + 12


@given(STEPS)
def test_plain_data_hold_all_of_it(lineage):
    assert lineage_of_data([lineage.data()]) == (lineage,)
