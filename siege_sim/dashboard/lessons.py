"""Lessons: texts that come with the program, to be read beside a siege. Each opens with a scenario.

They are Markdown, turned into HTML here, on the server: any HTML within a text is shown as text, and links are given as
words alone, so that nothing in a page leads away from this machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from markdown_it import MarkdownIt

FOLDED = ("What it shows", "For teachers")
"""Parts that a reader opens when the time has come."""


@dataclass(frozen=True)
class Part:
    """A part of a lesson.

    Attributes:
        heading: what it is called.
        html: its text, safe to be shown.
        folded: whether it is closed until the reader opens it.
    """

    heading: str
    html: str
    folded: bool


@dataclass(frozen=True)
class Lesson:
    """A lesson.

    Attributes:
        name: its file's name, without the end.
        title: its heading.
        scenario: the shipped scenario with which it opens.
        minutes: how long it takes, about.
        parts: its parts, in their order.
    """

    name: str
    title: str
    scenario: str
    minutes: int
    parts: tuple[Part, ...]


def lessons_folder() -> Path:
    """Return the folder of the lessons that come with the program."""
    package = Path(__file__).parents[1]
    installed = package / "shipped" / "lessons"
    return installed if installed.is_dir() else package.parent / "docs" / "lessons"


@cache
def shipped_lessons() -> Mapping[str, Lesson]:
    """Return the lessons by name, in the order in which the folder's own page lists them."""
    folder = lessons_folder()
    names = re.findall(r"\]\((\w+)\.md\)", (folder / "README.md").read_text("utf-8"))
    return {name: lesson_of(name, (folder / f"{name}.md").read_text("utf-8")) for name in names}


def lesson_of(name: str, text: str) -> Lesson:
    """Return a lesson from its file's text: facts between two lines of dashes, then a part under each heading."""
    _, head, body = text.split("---\n", 2)
    facts = yaml.safe_load(head)
    return Lesson(name, str(facts["title"]), str(facts["scenario"]), int(facts["minutes"]), tuple(_parts(body)))


def _parts(body: str) -> Iterator[Part]:
    for section in re.split(r"^## ", body, flags=re.M)[1:]:
        heading, _, text = section.partition("\n")
        yield Part(heading.strip(), _reader().render(text), heading.strip() in FOLDED)


@cache
def _reader() -> MarkdownIt:
    """Return what reads Markdown; what it writes holds no HTML of a text's own, no picture, and of links the words."""
    reader = MarkdownIt("commonmark", {"html": False}).disable(["image", "autolink", "html_inline", "html_block"])
    for rule in ("link_open", "link_close"):
        reader.add_render_rule(rule, _nothing)
    return reader


def _nothing(*_: object) -> str:
    return ""
