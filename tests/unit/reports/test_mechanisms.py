"""The page on mechanisms: effects from a table, words from a file, and neither lost when it is written anew."""

from __future__ import annotations

import pandas as pd
import pytest

from siege_sim.analysis.ablation import ABLATION_COLUMNS, CLEAR_EFFECT, NO_RUN_DIFFERS
from siege_sim.cli.mechanisms import take_over
from siege_sim.errors import ResultError, ScenarioError
from siege_sim.reports.mechanisms import (
    BEGINS,
    EFFECTS_FILE,
    ENDS_HERE,
    NOT_TRIED,
    NOT_WRITTEN,
    mechanisms_text,
    read_effects,
    read_words,
)

KNOWN = {"mechanism": {"wells": "Wells spare some people the queue.", "market": "Traders sell."}}
PAGE = f"# Title\n\nWritten by hand.\n\n{BEGINS}\nold\n{ENDS_HERE}\n\nAfter.\n"
WORDS = "mechanism:\n  wells:\n    - {says: People drew water from wells., source: WHO 2016}\n"


def row(name, outcome, verdict, case="town", kind="mechanism", **numbers) -> dict[str, object]:
    values = {"label": outcome.replace("_", " "), "unit": "persons", "pairs": 9, "persons_a_row": 50.0, "days": 90}
    return {**values, "case": case, "kind": kind, "name": name, "outcome": outcome, "verdict": verdict,
            "model_version": "1+a", **numbers}  # fmt: skip


ROWS = [
    row("wells", "afraid", CLEAR_EFFECT, baseline=10.0, changed=14.0, difference=4.0, low=3.0, high=5.0),
    row("wells", "afraid", NO_RUN_DIFFERS, "port", baseline=2.0, changed=2.0, difference=0.0, low=0.0, high=0.0),
    row(
        "more", "afraid", CLEAR_EFFECT, kind="what_if", baseline=10.0, changed=8.0, difference=-2.0, low=-3.0, high=-1.0
    ),
]


@pytest.fixture
def effects(tmp_path) -> pd.DataFrame:
    file = tmp_path / "effects.csv"
    pd.DataFrame(ROWS, columns=list(ABLATION_COLUMNS)).to_csv(file, index=False)
    return read_effects(file)


@pytest.fixture
def words(tmp_path):
    (tmp_path / "words.yaml").write_text(WORDS)
    return read_words(tmp_path / "words.yaml")


def test_effects_stand_beside_words_with_their_source(effects, words):
    text = mechanisms_text(PAGE, effects, words, KNOWN)
    assert "- People drew water from wells. (WHO 2016)" in text
    assert "| outcome | `town` | `port` |" in text
    assert "| afraid | 10 → 14: **+4** (+3 to +5) | 2; no clear effect: no run differs |" in text
    assert "`town`: 1 of 1 have a clear effect" in text
    assert "`port`: 0 of 1 have a clear effect on something they are there for; not: `wells`." in text


def test_sizes_of_numbers_stand_in_the_cells_and_names_hold_for_all_cases(words):
    """One case counts its food in millions and another in billions, and each calls its sides differently."""
    numbers = {"changed": None, "low": None, "high": None, "difference": None}
    rows = [
        row("wells", "food", "no clear effect", "town", label="Food of the town", baseline=2.0e6, **numbers),
        row("wells", "food", "no clear effect", "port", label="Food of the port", baseline=3.0e9, **numbers),
    ]
    text = mechanisms_text(PAGE, pd.DataFrame(rows, columns=list(ABLATION_COLUMNS)), words, KNOWN)
    assert "| `food` | 2 million; no clear effect | 3 billion; no clear effect |" in text


def test_what_nobody_wrote_about_or_tried_is_named_as_such(effects, words):
    text = mechanisms_text(PAGE, effects, words, KNOWN)
    market = text[text.index("### market") :]
    assert market.index(NOT_WRITTEN) < market.index(NOT_TRIED) < market.index("## What-ifs")


def test_what_is_written_by_hand_stays_and_writing_twice_changes_nothing(effects, words):
    once = mechanisms_text(PAGE, effects, words, KNOWN)
    assert once.startswith("# Title\n\nWritten by hand.\n")
    assert once.endswith(f"{ENDS_HERE}\n\nAfter.\n")
    assert "\nold\n" not in once
    assert mechanisms_text(once, effects, words, KNOWN) == once


def test_words_about_something_that_is_not_there_are_refused(effects, tmp_path):
    (tmp_path / "w.yaml").write_text(WORDS.replace("wells:", "welsl:"))
    with pytest.raises(ResultError, match="there is no 'welsl'; did you mean 'wells'"):
        mechanisms_text(PAGE, effects, read_words(tmp_path / "w.yaml"), KNOWN)


def test_a_page_without_a_place_for_it_is_refused(effects, words):
    with pytest.raises(ResultError, match="between which the table goes"):
        mechanisms_text("# Title\n", effects, words, KNOWN)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mechanism:\n  wells:\n    - {says: Something.}\n", r"words\.yaml:3: .*source"),
        ("mechanisms: {}\n", r"words\.yaml:1: .*mechanism"),
        ("- says: x\n", "words.yaml"),
    ],
)
def test_words_without_a_source_or_of_another_form_are_refused_with_their_line(text, said, tmp_path):
    (tmp_path / "words.yaml").write_text(text)
    with pytest.raises(ScenarioError, match=said):
        read_words(tmp_path / "words.yaml")


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "", "case\n"])
def test_a_table_of_something_else_is_refused(text, tmp_path):
    (tmp_path / "effects.csv").write_text(text)
    with pytest.raises(ResultError, match=r"give the ablation\.csv"):
        read_effects(tmp_path / "effects.csv")


def test_what_was_tried_anew_replaces_the_same_of_the_same_case_and_leaves_the_rest(tmp_path):
    (tmp_path / "mechanisms").mkdir()
    known = tmp_path / "mechanisms" / EFFECTS_FILE
    pd.DataFrame(ROWS, columns=list(ABLATION_COLUMNS)).to_csv(known, index=False)
    anew = row("wells", "thirsty", CLEAR_EFFECT, baseline=1.0, changed=3.0, difference=2.0, low=1.0, high=3.0)
    further = row("less", "afraid", CLEAR_EFFECT, kind="what_if", baseline=1.0, changed=3.0)
    pd.DataFrame([anew, further], columns=list(ABLATION_COLUMNS)).to_csv(tmp_path / "ablation.csv", index=False)
    for _ in range(2):  # twice is once
        take_over(tmp_path, tmp_path)
        table = read_effects(known)
        assert list(zip(table["case"], table["name"], table["outcome"], strict=True)) == [
            ("port", "wells", "afraid"),
            ("town", "more", "afraid"),
            ("town", "wells", "thirsty"),
            ("town", "less", "afraid"),
        ]
