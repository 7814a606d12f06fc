"""Every text of a page is in a catalogue, and every language says the same as the English text."""

from __future__ import annotations

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

pytest.importorskip("solara", reason="the texts of pages are read from the dashboard's modules, which need solara")

from publishing.catalogue import (
    CATALOGUES,
    COUNT_CALL,
    STRING,
    TEXT_CALL,
    compiled,
    gathered,
    key_of,
    lacking,
    po_text,
    updated,
)
from siege_sim.languages.catalogue import PLACEHOLDER, languages
from siege_sim.languages.glossary import SHOWN_TERMS

PACKAGE = CATALOGUES.parent
ROOT = PACKAGE.parent
PO_FILES = sorted(CATALOGUES.glob("*.po"))
UPDATE = "run: python -m publishing.catalogue"


@pytest.fixture(scope="module", params=PO_FILES, ids=lambda file: file.stem)
def po(request):
    return request.param


@pytest.fixture(scope="module")
def catalog(po):
    return updated(po.read_text("utf-8"), po.stem)


def test_a_catalogue_has_the_texts_that_there_are_and_no_others(po, catalog):
    assert po.read_text("utf-8") == po_text(catalog), UPDATE


def test_a_language_lacks_no_text(catalog):
    assert lacking(catalog) == [], "translate them in the .po file, then " + UPDATE


def test_the_compiled_catalogue_is_that_of_the_po_file(po, catalog):
    assert po.with_suffix(".json").read_text("utf-8") == compiled(catalog), UPDATE


def test_a_translation_has_the_values_of_its_text_and_no_others(catalog):
    for message in filter(lambda one: one.id, catalog):
        many = isinstance(message.id, tuple)
        for text in message.string if many else (message.string,):
            english = message.id[-1] if many else message.id
            assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(english)), english
            assert [text[:1].isspace(), text[-1:].isspace()] == [english[:1].isspace(), english[-1:].isspace()], english


def test_every_command_with_a_language_names_those_that_there_are():
    rows = [row for row in (ROOT / "docs" / "commands.md").read_text("utf-8").splitlines() if "`--language`" in row]
    assert len(rows) == 3
    assert [row for row in rows if not all(re.search(rf"\b{one}\b", row) for one in languages())] == []


def test_no_two_texts_share_a_key():
    texts = list(gathered().values())
    assert len({key_of(text) for text in texts}) == len(texts)
    singular = {text[0] for text in texts if isinstance(text, tuple)}
    assert not singular & set(texts), "gettext holds one message for it"


NO_TEXT = {
    "use strict", "bar small", "Escape", "Enter", "English", "this page draws frames of format 2, not ",
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December", *SHOWN_TERMS,
}  # fmt: skip
"""Strings of scripts that look like texts: names of keys and of terms, months of English, a fault of the program."""

LIKE_A_TEXT = re.compile(r"[A-Za-z]{3,} [a-z]{2,}|^ ?[A-Z][a-z]{2,}| [a-z]{3,} ")
LETTERS = re.compile(r"[A-Za-z]{2,}")


@pytest.mark.parametrize("file", sorted((PACKAGE / "viewer" / "page").glob("*.js")), ids=lambda file: file.name)
def test_a_script_shows_no_text_outside_the_catalogue(file):
    code = re.sub(r"^\s*//.*$|(?<=[;{}),]) +//.*$", "", file.read_text("utf-8"), flags=re.MULTILINE)
    code = COUNT_CALL.sub("", TEXT_CALL.sub("", code))
    strings = [found[1:-1] for found in re.findall(STRING, code)]
    assert [text for text in strings if LIKE_A_TEXT.search(text) and text not in NO_TEXT] == []


class TextsOfTemplate(HTMLParser):
    """Finds what a template shows as it stands: texts between tags, and names of elements."""

    def __init__(self):
        super().__init__()
        self.found, self.skipped = [], 0

    def handle_starttag(self, tag, attrs):
        self.skipped += tag in ("script", "style")
        self.found += [value for name, value in attrs if name in ("aria-label", "title", "placeholder", "alt")]

    def handle_endtag(self, tag):
        self.skipped -= tag in ("script", "style")

    def handle_data(self, data):
        if not self.skipped:
            self.found.append(data)


HANDED_OUT = PACKAGE / "reports" / "templates"
TEMPLATES = [
    *sorted((PACKAGE / "dashboard" / "page").glob("*.*")),
    HANDED_OUT / "replay.html",
    HANDED_OUT / "lesson.html",
]


@pytest.mark.parametrize("file", [file for file in TEMPLATES if file.suffix != ".js"], ids=lambda file: file.name)
def test_a_template_shows_no_text_outside_the_catalogue(file):
    source = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", "", file.read_text("utf-8"), flags=re.DOTALL)
    parser = TextsOfTemplate()
    parser.feed(source)
    found = [text.strip() for text in parser.found if text and LETTERS.search(text)]
    assert [text for text in found if "siege_sim" not in text] == []


SHOWS_NO_TEXT = {"Title", "Style", "HTML", "use_state", "use_memo", "use_effect", "reactive"}
"""What takes strings and shows none of them as a text; the title of the page is the program's name."""


def shown_strings(path: Path):
    """Yield strings that a component hands to what draws them, as they stand."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        draws = called.startswith("solara.") or called in ("Heading", "Choice")
        if draws and called.rpartition(".")[2] not in SHOWS_NO_TEXT:
            named = [keyword.value for keyword in node.keywords if keyword.arg in ("label", "children", "error")]
            for value in (*node.args[:1], *named):
                parts = value.values if isinstance(value, ast.JoinedStr) else [value]
                strings = [part.value for part in parts if isinstance(part, ast.Constant)]
                yield from (text for text in strings if isinstance(text, str) and LETTERS.search(text))


@pytest.mark.parametrize("file", sorted((PACKAGE / "dashboard").glob("*.py")), ids=lambda file: file.name)
def test_a_component_shows_no_text_outside_the_catalogue(file):
    assert list(shown_strings(file)) == []
