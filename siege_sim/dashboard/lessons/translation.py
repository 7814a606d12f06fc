"""Lessons in another language: a file of the same name in a folder such as ``de`` beside the lesson; texts only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from siege_sim.dashboard.lessons.lesson_file import Lesson, load_lesson
from siege_sim.errors import ScenarioError
from siege_sim.languages.catalogue import ENGLISH

TEXT_KEYS = frozenset({"title", "question", "text", "ask", "look", "debrief", "teachers", "button", "options", "words"})
"""What a translation writes in its own words; all else decides what a lesson does."""


def lesson_in(language: str, file: Path) -> Lesson:
    """Return a lesson in a language; as it is where nobody has translated it.

    Raises:
        ScenarioError: a file is wrong, or the translation does something else than the lesson.
    """
    lesson, _ = load_lesson(file)
    other = file.parent / language / file.name
    if language == ENGLISH or not other.is_file():
        return lesson
    translation, document = load_lesson(other)
    own, its = (_without_texts(one.model_dump(mode="json")) for one in (lesson, translation))
    if (differs := _first_difference(own, its)) is not None:
        where = ".".join(map(str, differs))
        raise ScenarioError(
            [f"{document.mark(differs)}: {where}: is not as in {file}; a translation changes texts and nothing else"]
        )
    return translation


def _without_texts(data: Any) -> Any:
    """Return a lesson's data with texts emptied: of a list of answers, how many there are."""
    if isinstance(data, dict):
        return {key: _emptied(key, value) if key in TEXT_KEYS else _without_texts(value) for key, value in data.items()}
    return [_without_texts(one) for one in data] if isinstance(data, list) else data


def _emptied(key: str, value: Any) -> Any:
    return len(value) if key == "options" else bool(value)


def _first_difference(one: Any, other: Any, path: tuple[str | int, ...] = ()) -> tuple[str | int, ...] | None:
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        pairs: list[tuple[str | int, Any, Any]] = [(key, one[key], other[key]) for key in one]
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = [(place, *both) for place, both in enumerate(zip(one, other, strict=True))]
    else:
        return None if one == other else path
    return next((found for key, a, b in pairs if (found := _first_difference(a, b, (*path, key))) is not None), None)
