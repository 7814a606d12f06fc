"""A lesson in writing: as Markdown for the documentation, and texts of cards as HTML that holds nothing but text."""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt

from siege_sim.dashboard.lessons.lesson_file import Lesson, LessonCard, LessonStep, scenario_for
from siege_sim.errors import ScenarioError
from siege_sim.languages.catalogue import Catalogue
from siege_sim.loading.scenario import find
from siege_sim.schema.yaml_file import read_yaml

WRITTEN_WIDTH = 120
"""Columns of the written lesson."""


@cache
def _reader() -> MarkdownIt:
    """Return what reads Markdown; what it writes holds no HTML of a text's own, no picture, and of links the words."""
    reader = MarkdownIt("commonmark", {"html": False}).disable(["image", "autolink", "html_inline", "html_block"])
    for rule in ("link_open", "link_close"):
        reader.add_render_rule(rule, _nothing)
    return reader


def _nothing(*_: object) -> str:
    return ""


def lesson_html(text: str) -> str:
    """Return a text of a lesson as HTML that is safe to be shown, and leads nowhere."""
    return str(_reader().render(text))


def explained_html(shown: str, meaning: str) -> str:
    """Return HTML that is explained on hover, on focus and by a tap.

    Args:
        shown: HTML.
        meaning: plain text.
    """
    return f'<span role="button" tabindex="0" class="siege-term" data-meaning="{html.escape(meaning)}">{shown}</span>'


SHORTEST_EXPLAINED = 4
"""Shorter words are too likely to mean something else where they stand, such as "run"."""


def with_words_explained(text: str, words: Mapping[str, str]) -> str:
    """Return HTML in which the words of a lesson are explained, each where it stands first.

    Args:
        text: HTML as from `lesson_html`.
        words: the lesson's words, each with its meaning; a word may have an ending of up to two letters.
    """
    left = {html.escape(word).lower(): meaning for word, meaning in words.items() if len(word) >= SHORTEST_EXPLAINED}
    if not left:
        return text
    known = re.compile(
        rf"\b({'|'.join(sorted(map(re.escape, left), key=len, reverse=True))})(\w{{0,2}})\b", re.IGNORECASE
    )

    def explained(match: re.Match[str]) -> str:
        meaning = left.pop(match[1].lower(), None)
        return match[0] if meaning is None else explained_html(match[0], meaning)

    parts = re.split(r"(<code>.*?</code>|<[^>]*>)", text, flags=re.DOTALL)
    return "".join(part if part.startswith("<") else known.sub(explained, part) for part in parts)


def title_of_scenario(lesson_file: Path, name: str) -> str:
    """Return what a scenario that a lesson names is called on the page; its name where it cannot be read."""
    try:
        data = read_yaml(find(scenario_for(lesson_file, name))).data
    except ScenarioError:
        return name
    return str(data.get("title", name)) if isinstance(data, dict) else name


def button_text(step: LessonStep, lesson_file: Path, language: Catalogue | None = None) -> str:
    """Return what the button of a step says."""
    if step.button:
        return step.button
    own = language or Catalogue()
    parts = list(_deeds(step, lesson_file, own))
    text = ", ".join(parts[:-1]) + (own.text(" and ") if len(parts) > 1 else "") + parts[-1]
    return text[:1].upper() + text[1:]


def _deeds(step: LessonStep, lesson_file: Path, own: Catalogue) -> Iterator[str]:
    if step.open is not None:
        seed = "" if step.seed is None else own.text(" with seed {seed}", seed=step.seed)
        yield own.text(
            "open “{scenario}”{seed}", scenario=own.text(title_of_scenario(lesson_file, step.open)), seed=seed
        )
    if step.beside is not None:
        yield own.text("put “{scenario}” beside it", scenario=own.text(title_of_scenario(lesson_file, step.beside)))
    for pull in step.pull:
        mechanism, parameter = (part.replace("_", " ") for part in pull.key.split(".")[1:])
        since = own.text(" from day {day}", day=pull.from_day) if pull.from_day else ""
        yield own.text(
            "set {parameter} of {mechanism} to {value}{since}",
            parameter=parameter,
            mechanism=mechanism,
            value=own.figures(_value(pull.value)),
            since=since,
        )
    if step.go_to is not None:
        yield own.text("play to day {day}", day=step.go_to)
    if step.layer is not None:
        layer = own.text("who holds what") if step.layer == "holder" else own.sentence(step.layer)
        yield own.text("shade the map by {layer}", layer=layer)
    if step.difference:
        yield own.text("show where the runs differ")
    if step.many_runs is not None:
        yield own.text("play {runs} runs with other seeds", runs=step.many_runs)


def _value(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def written_lesson(lesson: Lesson, file: Path) -> str:
    """Return the written lesson as Markdown: all cards, with the way to do each step on the command line."""
    head = [
        f"# {lesson.title}",
        lesson.question,
        f"About {lesson.minutes} minutes, with “{title_of_scenario(file, lesson.scenario)}” (`{lesson.scenario}`).",
    ]
    cards = [part for number, card in enumerate(lesson.cards, 1) for part in _card_text(number, card, file)]
    parts = [*head, *cards, *_words_text(lesson.words), *_teachers_text(lesson)]
    return "\n\n".join(_wrapped(part) for part in parts).rstrip() + "\n"


def _wrapped(part: str) -> str:
    """Return a paragraph in lines of one width; what has lines of its own keeps them."""
    return part if "\n" in part else textwrap.fill(part, WRITTEN_WIDTH, break_long_words=False, break_on_hyphens=False)


def _card_text(number: int, card: LessonCard, file: Path) -> Iterator[str]:
    yield f"## {number}. {card.title}"
    yield card.text.strip()
    if card.guess is not None:
        options = f" ({' · '.join(card.guess.options)})" if card.guess.options else ""
        yield f"**Guess first.** {card.guess.ask}{options}"
    if card.do is not None:
        yield f"**Do it.** {button_text(card.do, file)}."
    if card.command:
        yield f"On the command line:\n\n```console\n{card.command.strip()}\n```"
    if card.look:
        yield f"**Look for.** {card.look.strip()}"
    if card.debrief:
        yield f"**What it shows.** {card.debrief.strip()}"


def _words_text(words: Mapping[str, str]) -> Iterator[str]:
    if words:
        yield "## Words"
        yield "\n".join(f"- *{word}*: {meaning}" for word, meaning in words.items())


def _teachers_text(lesson: Lesson) -> Iterator[str]:
    notes = [card.teachers.strip() for card in lesson.cards if card.teachers]
    if lesson.teachers or notes:
        yield "## For teachers"
        yield from (note for note in (*notes, lesson.teachers.strip()) if note)
