"""Whether a result still came about without something, in words."""

from __future__ import annotations

import pytest

from siege_sim.analysis.but_for import ONE_SEED_NOTE, Answer, AskedResult, ButForFindings, ButForPair

ENDED = AskedResult("ending", "evacuated")
LOST = AskedResult("quarter", "Old Town")
NUMBERS = {"excess_deaths": (120.0, 80.0), "day_pocket_split": (None, 12.0), "days_to_half": (None, None)}
LABELS = {"excess_deaths": ("Civilians who died", "persons"), "day_pocket_split": ("Day the pocket was cut", "days")}


def findings(asked, with_it, without_it, others=(), tried=0, parts=3) -> ButForFindings:
    pair = ButForPair(1, with_it, without_it, NUMBERS, parts)
    pairs = tuple(ButForPair(seed, *answers) for seed, answers in enumerate(others, 1))
    return ButForFindings(asked, "the truce", 4, pair, pairs, tried, LABELS)


@pytest.mark.parametrize(
    ("asked", "with_it", "without_it", "said"),
    [
        (ENDED, Answer(True, 40, "evacuated"), Answer(True, 40, "evacuated"), "Still so without it: the siege ended"),
        (ENDED, Answer(True, 40, "evacuated"), Answer(True, 40, "evacuated"), "on the same day (40)"),
        (
            ENDED,
            Answer(True, 40, "evacuated"),
            Answer(True, 39, "evacuated"),
            "39 instead of day 40, 1 day earlier",
        ),
        (ENDED, Answer(True, 40, "evacuated"), Answer(False, 45, "pocket_taken"), "the pocket was taken (day 45)"),
        (ENDED, Answer(True, 40, "evacuated"), Answer(False, 90, "holding"), "the pocket was still held"),
        (LOST, Answer(True, 20), Answer(True, 23), "Still so without it: all of Old Town was lost, on day 23"),
        (LOST, Answer(True, 20), Answer(False), "Not so without it: with it all of Old Town was lost (day 20)"),
        (LOST, Answer(False), Answer(True, 20), "Only so without it: all of Old Town was lost on day 20"),
        (LOST, Answer(False), Answer(False), "Neither with it nor without it"),
    ],
)
def test_the_verdict_says_whether_and_when_it_still_came_about(asked, with_it, without_it, said):
    assert said in " ".join(findings(asked, with_it, without_it).sentences)


def test_one_run_says_that_it_is_one_seed_and_more_runs_do_not():
    asked = findings(LOST, Answer(True, 20), Answer(False))
    assert ONE_SEED_NOTE in asked.sentences
    more = findings(LOST, Answer(True, 20), Answer(False), [(Answer(True, 20), Answer(False))] * 4, 6)
    assert ONE_SEED_NOTE not in more.sentences
    assert any("Of 6 seeds, it happened in 4." in text for text in more.sentences)


def test_over_seeds_it_counts_pairs_and_gives_the_interval_of_the_shares():
    yes, no = Answer(True, 20), Answer(False)
    others = [*[(yes, no)] * 12, *[(yes, Answer(True, 24))] * 3, (no, yes), (no, no)]
    asked = findings(LOST, yes, no, others, 20)
    text = " ".join(asked.sentences)
    assert "with and without it in 3, only with it in 12, only without it in 1, in neither in 1" in text
    assert ": a clear effect." in text
    assert "median +4" in text
    assert asked.difference is not None
    assert asked.difference.middle == pytest.approx(4 / 17 - 15 / 17)


def test_seeds_in_which_it_never_happened_give_no_share():
    text = " ".join(findings(LOST, Answer(True, 20), Answer(False), (), 5).sentences)
    assert "Of 5 seeds, it happened in 0." in text
    assert "interval" not in text


def test_numbers_beside_are_told_for_both_and_never_where_there_is_none():
    text = " ".join(findings(LOST, Answer(True, 20), Answer(False)).sentences)
    assert "Civilians who died: 120 with it, 80 without it." in text
    assert "Day the pocket was cut: never with it, 12 without it." in text
    assert "days_to_half" not in text


def test_runs_that_never_part_say_so():
    assert "No day of the two runs differs." in findings(LOST, Answer(False), Answer(False), parts=None).sentences
