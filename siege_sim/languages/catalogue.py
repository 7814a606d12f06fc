"""Catalogues: the texts of the pages in a language. English texts are the keys, so English needs none.

The source of a catalogue is a gettext file, such as ``de.po``; ``python -m publishing.catalogue`` compiles it into
``de.json`` beside it, which programs and browsers read as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from siege_sim.errors import SiegeError, did_you_mean
from siege_sim.languages.composed import COMPOSED, NUMBERS_ONLY

ENGLISH = "en"
"""The language of the texts in the code."""

PLACEHOLDER = re.compile(r"\{(\w+)\}")
"""Where a value stands in a text."""

NUMBER = re.compile(r"(?<![\w.,-])([-+]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(?![\w.,-]*\d)")
"""A number as English writes it; not a part of a date, a version or a name."""

MOST_NESTED = 6
"""How deep sentences lie in each other."""


class LanguageError(SiegeError):
    """A language that there is no catalogue for."""


@dataclass(frozen=True)
class Catalogue:
    """The texts of the pages in a language.

    Attributes:
        language: its code, such as ``de``.
        name: what it calls itself.
        decimal: the sign before decimals.
        group: the sign between thousands.
        direction: ``ltr``, or ``rtl`` for right to left.
        texts: by their English; of a number with what it counts, ``one|many``, all forms.
    """

    language: str = ENGLISH
    name: str = "English"
    decimal: str = "."
    group: str = ","
    direction: str = "ltr"
    texts: Mapping[str, str | list[str]] = field(default_factory=dict)

    def text(self, english: str, **values: object) -> str:
        """Return a fixed text, with values in the place of ``{names}``; its English where there is no other."""
        found = self.texts.get(english)
        return filled_in(found if isinstance(found, str) else english, values)

    def sentence(self, english: str) -> str:
        """Return a sentence that was put together in English, by the pattern that it follows."""
        return self._sentence(english, MOST_NESTED) if self.texts else english

    def _sentence(self, english: str, depth: int) -> str:
        found = self._known(english)
        if found or not depth:
            return found or self.figures(english)
        for pattern, composed in self._patterns:
            if match := pattern.fullmatch(english):
                names = PLACEHOLDER.findall(composed)
                values = [self._sentence(part, depth - 1) for part in match.groups()]
                return self.text(composed, **dict(zip(names, values, strict=True)))
        parts = english.split("; ")
        if len(parts) > 1:
            return "; ".join(self._sentence(part, depth - 1) for part in parts)
        return self.figures(english)

    def _known(self, english: str) -> str:
        for key in (english, english[:1].lower() + english[1:], english.removeprefix("the ")):
            if isinstance(found := self.texts.get(key), str):
                return found
        found = self._in_small.get(english.lower())
        return found if isinstance(found, str) else ""

    @cached_property
    def _in_small(self) -> Mapping[str, str | list[str]]:
        return {key.lower(): text for key, text in self.texts.items()}

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], str]]:
        return [(re.compile(pattern, re.DOTALL), text) for pattern, text in composed_in(self.texts)]

    def figures(self, text: str) -> str:
        """Return a text with its numbers as the language writes them: ``1,234.5`` as ``1.234,5``."""
        return NUMBER.sub(self._figure, text)

    def _figure(self, match: re.Match[str]) -> str:
        sign, size, rest = match.groups()
        return sign + size.replace(",", self.group) + (self.decimal + rest[1:] if rest else "")

    def plain_number(self, typed: str) -> str:
        """Return a number that was typed as the language writes it, with a point: ``1.234,5`` as ``1234.5``."""
        text = typed.strip().replace("\u00a0", " ")
        if self.decimal == "." or not re.fullmatch(self._typed, text):
            return typed
        return text.replace(self.group, "").replace(self.decimal, ".")

    @cached_property
    def _typed(self) -> str:
        group, decimal = re.escape(self.group), re.escape(self.decimal)
        return rf"[-+]?([1-9]\d{{0,2}}({group}\d{{3}})+|\d+)({decimal}\d+)? ?%?"

    def json(self) -> dict[str, Any]:
        """Return it as the page's scripts take it."""
        about = {name: getattr(self, name) for name in ("language", "name", "decimal", "group", "direction")}
        return {**about, "texts": dict(self.texts), "patterns": composed_in(self.texts)}


def filled_in(text: str, values: Mapping[str, object]) -> str:
    """Return a text with values in the place of ``{names}``; names without a value stay."""
    return PLACEHOLDER.sub(lambda match: str(values.get(match[1], match[0])), text)


def composed_in(texts: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return the sentences with values that a catalogue has, each with its pattern; the most particular ones first."""
    found = [text for text in COMPOSED if text in texts and PLACEHOLDER.search(text)]
    return [(pattern_of(text), text) for text in sorted(found, key=_how_particular, reverse=True)]


def _how_particular(text: str) -> tuple[int, int]:
    """Return how many numbers a sentence holds, and how many letters besides its values."""
    numbers = [name for name in PLACEHOLDER.findall(text) if name in NUMBERS_ONLY]
    return len(numbers), len(PLACEHOLDER.sub("", text))


def pattern_of(text: str) -> str:
    """Return the regular expression of a sentence with values, for Python and for JavaScript alike."""
    names = PLACEHOLDER.findall(text)
    words = [re.escape(part) for part in PLACEHOLDER.sub("\0", text).split("\0")]
    values = [SIZE if name in NUMBERS_ONLY else "(.+?)" for name in names]
    return "".join(part for pair in zip(words, [*values, ""], strict=True) for part in pair)


SIZE = r"([-+]?\d[\d,.]*(?: %| million| billion)?)"
"""What stands where there can be a number only."""


def languages() -> tuple[str, ...]:
    """Return the languages that there are, English first."""
    names = (file.name for file in files(__package__).iterdir())
    return (ENGLISH, *sorted(name.removesuffix(".json") for name in names if name.endswith(".json")))


@cache
def catalogue(language: str) -> Catalogue:
    """Return the catalogue of a language.

    Raises:
        LanguageError: there is none.
    """
    if language == ENGLISH:
        return Catalogue()
    if language not in languages():
        hint = did_you_mean(language[:40], languages())
        raise LanguageError(f"there is no catalogue of the language '{language[:40]}'{hint}")
    return Catalogue(**json.loads(files(__package__).joinpath(f"{language}.json").read_text("utf-8")))


def known_language(language: str) -> str:
    """Return a language that there is a catalogue for.

    Raises:
        LanguageError: there is none.
    """
    return catalogue(language).language
