"""Catalogues of texts: ``python -m publishing.catalogue`` gathers texts, updates each ``.po`` file and compiles it.

A new language is an empty file: ``touch siege_sim/languages/fr.po``, then the command. It prints what a language
lacks; with ``--check`` it writes nothing.
"""

from __future__ import annotations

import ast
import io
import json
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from siege_sim.languages.composed import COMPOSED

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "siege_sim"
CATALOGUES = PACKAGE / "languages"

PAGES = (
    "viewer/page/*.js",
    "dashboard/page/*.vue",
    "dashboard/page/*.html",
    "reports/templates/replay.html",
    "reports/templates/lesson.html",
)
"""Files of pages: scripts and templates, in which a text stands in ``t(...)``, ``later(...)`` or ``count(...)``."""

MODULES = ("viewer/*.py", "dashboard/*.py", "dashboard/lessons/*.py")
"""Modules, in which a text stands in ``translated(...)`` or ``own.text(...)``."""

STRING = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
TEXT_CALL = re.compile(rf"\b(?:t|later)\(\s*({STRING}(?:\s*\+\s*{STRING})*)")
COUNT_CALL = re.compile(r'\bcount\((?:[^"]|"[a-z_]+")*?,\s*"([^"]+)",\s*"([^"]+)"\)')

Text = str | tuple[str, str]
"""A text, or one and many of what is counted."""


def texts_of_page(source: str) -> Iterator[Text]:
    """Yield the texts of a script or a template."""
    for call in TEXT_CALL.finditer(source):
        yield "".join(ast.literal_eval(part) for part in re.findall(STRING, call[1]))
    yield from COUNT_CALL.findall(source)


def texts_of_module(source: str) -> Iterator[Text]:
    """Yield the texts of a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in ("translated", "text") and isinstance(node.args[0].value, str):
                yield node.args[0].value


def texts_of_data() -> Iterator[Text]:
    """Yield the texts that are data: of charts, layers, outcomes, places, levers, sides and the glossary."""
    from publishing.texts_of_data import data_texts

    yield from data_texts()


@cache
def gathered() -> dict[str, Text]:
    """Return every text that a page can show, by its key in catalogues: texts in the code, data, and patterns."""
    found: list[Text] = []
    for pattern in PAGES:
        for file in sorted(PACKAGE.glob(pattern)):
            found += texts_of_page(file.read_text("utf-8"))
    for pattern in MODULES:
        for file in sorted(PACKAGE.glob(pattern)):
            found += texts_of_module(file.read_text("utf-8"))
    return {key_of(text): text for text in (*found, *texts_of_data(), *COMPOSED) if text}


def key_of(text: Text) -> str:
    """Return the key of a text in compiled catalogues."""
    return text if isinstance(text, str) else "|".join(text)


def updated(po: str, language: str) -> Catalog:
    """Return a catalogue with the texts that there are now, and the translations that it had."""
    old = read_po(io.StringIO(po), locale=language)
    new = Catalog(locale=language, project="siege_sim", charset="utf-8", fuzzy=False)
    for text in gathered().values():
        message = old.get(text if isinstance(text, str) else text[0])
        same = message is not None and (message.id == text)
        new.add(text, message.string if same and message is not None else None).flags.clear()
    return new


def po_text(catalog: Catalog) -> str:
    """Return a catalogue as its file, in the order of the texts, and without anything that changes by itself."""
    made = io.BytesIO()
    write_po(made, catalog, sort_output=True, omit_header=True, width=110)
    header = f'msgid ""\nmsgstr ""\n"Language: {catalog.locale}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    plural = f'"Plural-Forms: {catalog.plural_forms}\\n"\n\n'
    return (header + plural + made.getvalue().decode("utf-8")).rstrip() + "\n"


def compiled(catalog: Catalog) -> str:
    """Return a catalogue as programs and browsers read it."""
    assert catalog.locale is not None
    locale = Locale.parse(str(catalog.locale))
    signs = locale.number_symbols.get("latn", locale.number_symbols)
    texts = {
        key_of(message.id): message.string if isinstance(message.id, str) else list(message.string)
        for message in catalog
        if message.id and (message.string if isinstance(message.id, str) else all(message.string))
    }
    data = {
        "language": str(catalog.locale),
        "name": locale.get_display_name(),
        "decimal": signs["decimal"],
        "group": signs["group"],
        "direction": locale.text_direction,
        "texts": dict(sorted(texts.items())),
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def lacking(catalog: Catalog) -> list[str]:
    """Return the texts that a language lacks."""
    have = json.loads(compiled(catalog))["texts"]
    return [key for key in gathered() if key not in have]


def main(arguments: list[str]) -> None:
    """Update and compile every catalogue, or only say what each lacks."""
    for po in sorted(CATALOGUES.glob("*.po")):
        catalog = updated(po.read_text("utf-8"), po.stem)
        if "--check" not in arguments:
            po.write_text(po_text(catalog), "utf-8", newline="\n")
            po.with_suffix(".json").write_text(compiled(catalog), "utf-8", newline="\n")
        missing = lacking(catalog)
        sys.stdout.write(f"{po.stem}: {len(gathered()) - len(missing)} of {len(gathered())} texts\n")
        sys.stdout.writelines(f"  lacks: {text}\n" for text in missing)


if __name__ == "__main__":
    main(sys.argv[1:])
