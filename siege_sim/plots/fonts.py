"""Letters of every script: fonts for those that the usual font lacks, and lines that keep their order."""

from __future__ import annotations

import re
import warnings
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MISSING = re.compile(r"Glyph (\d+) \(.*\) missing from font")
"""What matplotlib warns of for each letter that no font in use has."""

NO_LETTERS = ("Last Resort", "cm", "STIXNonUnicode", "STIXSize")
"""Fonts whose names begin so have boxes or signs of formulas in the place of letters."""

USUAL_WEIGHT = 400

LEFT_TO_RIGHT = "\u200e"
"""The mark after which a line goes on from left to right."""

_RIGHT_TO_LEFT = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]"
_RUN = re.compile(f"{_RIGHT_TO_LEFT}(?:[^A-Za-z\n]*{_RIGHT_TO_LEFT})*")


def in_order(line: str) -> str:
    """Return an English line that stays in order where names in it are written from right to left.

    A line that begins with such a name would else be set from right to left as a whole, and a number after the name
    would stand before it. Lines without such letters stay as they are.
    """
    marked = _RUN.sub(lambda name: name.group() + LEFT_TO_RIGHT, line)
    return line if marked == line else LEFT_TO_RIGHT + marked


@contextmanager
def missing_letters() -> Iterator[set[str]]:
    """Collect the letters that no font in use has while figures are drawn, in the place of a warning for each."""
    found: set[str] = set()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield found
    for warning in caught:
        letter = MISSING.search(str(warning.message))
        if letter:
            found.add(chr(int(letter.group(1))))
        else:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)


def fonts_with(letters: Iterable[str]) -> tuple[str, ...]:
    """Return the names of installed fonts that have some letters: few fonts, those without serifs first."""
    wanted, chosen = {ord(letter) for letter in letters}, []
    while wanted:
        best = max(_known_fonts(), key=lambda font: len(wanted & font[1]), default=None)
        if best is None or not wanted & best[1]:
            break
        chosen.append(best[0])
        wanted -= best[1]
    return tuple(chosen)


@cache
def _known_fonts() -> tuple[tuple[str, frozenset[int]], ...]:
    """Return the upright fonts of this machine with the letters that each has; read once, when a letter is missing."""
    from matplotlib.font_manager import fontManager
    from matplotlib.ft2font import FT2Font

    found = {}
    upright = [font for font in fontManager.ttflist if font.style == "normal" and font.weight == USUAL_WEIGHT]
    for font in sorted(upright, key=lambda font: ("Sans" not in font.name, font.name, font.fname)):
        if font.name not in found and not font.name.startswith(NO_LETTERS):
            try:
                found[font.name] = frozenset(FT2Font(font.fname).get_charmap())
            except (OSError, RuntimeError):  # a file that is no font, or one with pictures for letters
                continue
    return tuple(found.items())


def missing_note(missing: Iterable[str]) -> str:
    """Return a sentence about letters for which no font was found; empty when there are none.

    Args:
        missing: what `Picture.missing` says of each picture.
    """
    letters = sorted(set("".join(missing)))
    if not letters:
        return ""
    shown = " ".join(letters[:12]) + (" ..." if len(letters) > 12 else "")
    return (
        f"no font on this machine has {len(letters)} letters of the texts ({shown}), so the figures show boxes in "
        "their place; install a font of that script, such as one of the Noto fonts, and draw them again"
    )
