"""The glossary as pages explain terms by it: what `docs/glossary.md` says first of each, in a sentence or two."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

MOST_MEANING = 240
"""Characters of a meaning; whole sentences, and the first one in any case."""


@cache
def glossary_meanings() -> dict[str, str]:
    """Return the meaning of each term, without links and markup."""
    sections = re.split(r"^### ", _glossary_file().read_text("utf-8"), flags=re.MULTILINE)[1:]
    return {term.strip(): _first_sentences(text) for term, _, text in (one.partition("\n") for one in sections)}


def _glossary_file() -> Path:
    package = Path(__file__).parents[1]
    installed = package / "shipped" / "glossary.md"
    return installed if installed.is_file() else package.parent / "docs" / "glossary.md"


def _first_sentences(text: str) -> str:
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text.strip().partition("\n\n")[0])
    plain = " ".join(plain.replace("*", "").replace("`", "").split())
    found = ""
    for sentence in re.split(r"(?<=\.) (?=[A-Z])", plain):
        if found and len(found) + len(sentence) >= MOST_MEANING:
            break
        found = f"{found} {sentence}".strip()
    return found


SHOWN_TERMS = (
    "Assault",
    "Condemnation",
    "Confidence interval",
    "Displaced, left, evacuated",
    "Excess deaths",
    "Heavy impact",
    "kcal",
    "Pocket",
    "Record",
    "Run",
    "Scenario",
)
"""The terms that pages explain."""


def page_glossary() -> dict[str, str]:
    """Return the terms that pages explain, with their meanings in English."""
    meanings = glossary_meanings()
    return {term: meanings[term] for term in SHOWN_TERMS}
