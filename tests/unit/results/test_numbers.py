"""Numbers: the same value reads the same wherever it is printed, and nothing but 0 is printed as 0."""

from __future__ import annotations

import json
import math
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siege_sim.results.numbers import amount, exact, number, percent, signed, unit_text
from siege_sim.viewer.replay import page_part

SIZES = {"": 1.0, "million": 1e6, "billion": 1e9}
UNITS = ("persons", "kcal", "days", "share", "share of day 0", "%")
values = st.floats(1e-6, 1e11) | st.floats(-1e11, -1e-6)
shares = st.floats(0.0, 1.0)


def read(text: str) -> float:
    """Return the number that a text says."""
    digits, _, word = text.partition(" ")
    return float(digits.replace(",", "")) * SIZES[word]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.4, "persons", "0.4"),
        (0.225, "share", "22.5"),
        (1.0, "share of day 0", "100"),
        (0.99996, "share", "99.996"),
        (0.0004, "share", "0.04"),
        (12.0, "persons", "12"),
        (5.225, "days", "5.23"),
        (52.23, "days", "52.2"),
        (122.5, "persons", "123"),
        (1487.4, "kcal/person", "1,487"),
        (250_000.0, "persons", "250,000"),
        (999_999.7, "kcal", "1 million"),
        (2.5e6, "kcal", "2.5 million"),
        (999.6e6, "kcal", "1 billion"),
        (21.1e9, "kcal", "21.1 billion"),
        (-0.0, "", "0"),
        (1e-12, "", "0"),
        (math.nan, "phase", "-"),
        (None, "phase", "-"),
        (np.float64(3.0), "", "3"),
        (np.int64(3), "", "3"),
    ],
)
def test_numbers_are_written_as_people_read_them(value, unit, text):
    assert number(value, unit) == text


@given(values, st.sampled_from(UNITS))
def test_a_number_says_its_value_to_three_figures(value, unit):
    said = read(number(value, unit)) / (100.0 if unit_text(unit).startswith("%") else 1.0)
    assert said == pytest.approx(value, rel=0.00501)


@given(values, st.sampled_from(UNITS))
def test_nothing_but_nothing_is_written_as_nothing(value, unit):
    assert re.search("[1-9]", number(value, unit))


@given(shares)
def test_a_share_is_all_only_when_it_is_all(share):
    assert (percent(share) == "100 %") == (share > 1.0 - 1e-11)


@given(st.integers(-999_999, 999_999))
def test_what_is_whole_is_written_whole(whole):
    assert number(float(whole)) == f"{whole:,}"


@given(values, st.sampled_from(UNITS))
def test_a_difference_is_the_number_with_its_sign(value, unit):
    assert signed(value, unit).lstrip("+") == number(value, unit)
    assert signed(-value, unit)[0] != signed(value, unit)[0]
    assert signed(0.0, unit) == "0"


@given(values, st.sampled_from(UNITS))
def test_what_stands_alone_is_the_number_and_a_sign_for_shares(value, unit):
    assert amount(value, unit).removesuffix(" %") == number(value, unit)
    assert amount(value, unit).endswith(" %") == unit_text(unit).startswith("%")


@given(st.integers(1, 999), st.integers(-5, 5))
def test_a_place_on_an_axis_is_not_rounded(figures, power):
    place = figures * 10.0**power
    assert read(exact(place)) == pytest.approx(place, rel=1e-9)
    assert exact(102.5) == "102.5"


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node, to run the page's script")
def test_the_viewer_s_page_writes_numbers_by_the_same_rule(tmp_path: Path):
    rng = np.random.default_rng(1)
    known = [0.0, 0.4, 1.0, 0.9996, 0.5, 2.5, 5.225, 99.97, 122.5, 999_999.7, 999.6e6, -0.07, 1e-12]
    drawn = [*known, *(rng.choice([-1, 1], 3000) * 10 ** rng.uniform(-7, 11, 3000)), *rng.integers(0, 10_000, 500) / 8]
    script = (
        "globalThis.window = globalThis;\n"
        + page_part("language.js")
        + page_part("frames.js")
        + f"const values = {json.dumps([float(value) for value in drawn])};\n"
        + "console.log(JSON.stringify(values.map((value) => [Siege.number(value), Siege.number(value, true)])));"
    )
    (tmp_path / "numbers.js").write_text(script, "utf-8")
    said = subprocess.run(["node", tmp_path / "numbers.js"], capture_output=True, text=True, check=True).stdout
    assert json.loads(said) == [[number(value), percent(value)] for value in drawn]
