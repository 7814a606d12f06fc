"""Letters of other scripts in figures: found in the fonts of the machine, or named in one note; lines stay in order."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.font_manager import findfont
from matplotlib.ft2font import FT2Font

from siege_sim.plots import fonts, style
from siege_sim.plots.picture import Sketch

IN_NO_TEXT_FONT = "\U0001e000"
"""A letter (combining Glagolitic) that few machines have a font for; tests take all fonts away from it."""


def sketch(text: str) -> Sketch:
    return Sketch("x", "X", "", "", lambda: style.blank_sheet("Title", "A sentence.", text, 2.0))


def in_the_usual_font(letter: str) -> bool:
    return ord(letter) in FT2Font(findfont("DejaVu Sans")).get_charmap()


@pytest.fixture
def no_other_fonts(monkeypatch):
    monkeypatch.setattr(fonts, "_known_fonts", lambda: ())


def test_a_picture_with_usual_letters_looks_for_no_font(monkeypatch):
    monkeypatch.setattr(fonts, "_known_fonts", lambda: pytest.fail("looked for fonts"))
    assert sketch("Гончарная слобода, باب النيرب, Ärger").picture().missing == ""


def test_letters_that_the_usual_font_lacks_come_from_another_font():
    """A letter of the formulas' font that matplotlib brings, so that every machine has it."""
    letter = "\U0001d510"
    assert not in_the_usual_font(letter)
    assert fonts.fonts_with(letter)
    assert sketch(f"{letter}auer").picture().missing == ""


def test_letters_without_a_font_are_named_once_and_nothing_warns(no_other_fonts):
    pictures = [sketch(f"{IN_NO_TEXT_FONT}\U0001d510").picture(), sketch(IN_NO_TEXT_FONT).picture()]
    note = fonts.missing_note(picture.missing for picture in pictures)
    assert note.count(IN_NO_TEXT_FONT) == 1
    assert "no font on this machine has 2 letters" in note
    assert "\n" not in note


def test_without_missing_letters_there_is_no_note():
    assert fonts.missing_note(["", ""]) == ""


def test_fonts_with_boxes_for_letters_are_never_chosen():
    assert not [name for name, _ in fonts._known_fonts() if name.startswith("Last Resort")]


def test_the_same_picture_with_further_fonts_has_the_same_bytes():
    one, other = sketch("\U0001d510").picture(), sketch("\U0001d510").picture()
    assert one.png == other.png


@given(st.text(alphabet="abc 1;,.()ابجд", max_size=30))
def test_lines_keep_their_letters_and_those_without_right_to_left_letters_their_bytes(line):
    ordered = fonts.in_order(line)
    assert ordered.replace(fonts.LEFT_TO_RIGHT, "") == line
    assert (ordered == line) == (not any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in line))


def test_a_footnote_that_begins_with_an_arabic_title_is_set_from_left_to_right():
    line = fonts.in_order("حصار المدينة; 1 July 1900; seed 1. A model, not a record.")
    assert line.startswith(fonts.LEFT_TO_RIGHT)
    assert f"{fonts.LEFT_TO_RIGHT}; 1 July" in line


def test_every_line_of_a_long_footnote_is_marked_where_it_needs_it():
    figure = style.blank_sheet("Title", "A sentence.", "مدينة and words " * 40, 3.0, 6.0)
    lines = max((text.get_text() for text in figure.texts), key=len).splitlines()
    assert len(lines) > 1
    assert all(line.startswith(fonts.LEFT_TO_RIGHT) for line in lines)
