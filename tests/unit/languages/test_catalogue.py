"""Catalogues: texts, sentences that were put together, and numbers, in another language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siege_sim.languages.catalogue import PLACEHOLDER, Catalogue, LanguageError, catalogue, filled_in, languages
from siege_sim.languages.composed import COMPOSED, NUMBERS_ONLY
from siege_sim.languages.glossary import SHOWN_TERMS, glossary_meanings, page_glossary

OTHERS = [language for language in languages() if language != "en"]


def test_a_text_without_a_translation_is_shown_in_english():
    assert catalogue("de").text("nobody has translated {what}", what="this") == "nobody has translated this"
    assert catalogue("de").sentence("nobody knows 1,234.5 of these") == "nobody knows 1.234,5 of these"


def test_english_needs_no_catalogue():
    english = catalogue("en")
    assert english.text("From day {day}", day=3) == "From day 3"
    assert english.sentence("axis 2 of the rebels massed in X") == "axis 2 of the rebels massed in X"
    assert english.figures("1,234.5") == "1,234.5"
    assert english.plain_number("1,234.5") == "1,234.5"


def test_a_value_with_braces_is_shown_as_it_is():
    assert filled_in("{one} and {other}", {"one": "{other}", "other": "x"}) == "{other} and x"


@pytest.mark.parametrize(("asked", "hint"), [("dee", "did you mean 'de'"), ("klingon", "known here: de, en")])
def test_a_language_without_a_catalogue_is_refused_with_those_that_there_are(asked, hint):
    with pytest.raises(LanguageError, match=f"no catalogue of the language '{asked}'; {hint}"):
        catalogue(asked)


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("text", COMPOSED)
def test_a_sentence_is_told_by_its_own_pattern_and_no_other(text, language):
    own = catalogue(language)
    names = PLACEHOLDER.findall(text)
    values = {name: str(7 + place) if name in NUMBERS_ONLY else f"Qx{place}q" for place, name in enumerate(names)}
    assert own.sentence(filled_in(text, values)) == own.text(text, **values)


def test_what_stands_within_a_sentence_is_told_too():
    said = catalogue("de").sentence(
        "First events in one run only: B: day 12, market Old Town was hit; food for 1,234 people for a day "
        "burnt (air strike)."
    )
    assert said == (
        "Erste Ereignisse in nur einem Durchlauf: B: Tag 12, Markt Old Town wurde getroffen; Nahrung für "
        "1.234 Menschen für einen Tag verbrannte (Luftangriff)."
    )


@pytest.mark.parametrize("kept", ["2016-09-22", "version 0.2.0", "aleppo_2016", "16x16", "10.0.0.1"])
def test_what_only_looks_like_a_number_stays(kept):
    assert catalogue("de").figures(kept) == kept


@given(st.floats(min_value=1, max_value=1e12), st.integers(min_value=0, max_value=4))
def test_a_number_that_is_shown_can_be_typed(value, places):
    own = catalogue("de")
    shown = own.figures(f"{value:,.{places}f}")
    assert own.plain_number(shown) == f"{value:.{places}f}"


@pytest.mark.parametrize(
    ("typed", "number"),
    [("0,5", "0.5"), ("1.234", "1234"), ("0.125", "0.125"), ("67", "67"), ("1,5 %", "1.5 %"), ("abc", "abc"), ("", "")],
)
def test_a_number_is_read_as_the_language_writes_it(typed, number):
    assert catalogue("de").plain_number(typed) == number


def test_languages_of_another_direction_say_so_to_the_page():
    assert Catalogue("ar", direction="rtl").json()["direction"] == "rtl"


def test_pages_explain_terms_of_the_glossary_in_whole_sentences_without_markup():
    assert set(SHOWN_TERMS) <= set(glossary_meanings())
    for meaning in page_glossary().values():
        assert meaning.endswith(".")
        assert not set("[]`*#") & set(meaning)
