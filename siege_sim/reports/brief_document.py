"""A brief as a document of a word processor: the same words, figure and table, on two A4 pages, to be edited."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from siege_sim.errors import SiegeError
from siege_sim.reports.brief import LEAD, BriefContent

if TYPE_CHECKING:
    from pathlib import Path

MARGIN_MM, BODY_PT, SMALL_PT, HEADING_PT, TITLE_PT = 16, 9, 8, 11, 15
FIGURE_MM = 150
ALWAYS_WRITTEN = datetime(2000, 1, 1)
"""The date in every document: the same comparison gives the same bytes."""

NOT_IN_XML = re.compile(r"[^\t\n\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


def check_can_write_documents() -> None:
    """Refuse at once where the library is not installed.

    Raises:
        SiegeError: names the extra.
    """
    try:
        import docx  # noqa: F401
    except ImportError:
        raise SiegeError("--docx needs the library python-docx: pip install 'siege_sim[docx]'") from None


def write_brief_document(brief: BriefContent, folder: Path) -> None:
    """Write a brief as ``brief.docx`` into an existing folder; the same brief gives the same bytes."""
    (folder / "brief.docx").write_bytes(document_bytes(brief))


def document_bytes(brief: BriefContent) -> bytes:
    """Return a brief as the bytes of a document (Office Open XML)."""
    brief = _writable(brief)
    document = _blank(brief.title)
    _heading(document, brief)
    for title, sentences in brief.answers:
        document.add_paragraph(title, "Heading 2")
        _list(document, sentences)
    document.add_paragraph(brief.note, "Caption")
    _figure(document, brief)
    _table(document, brief)
    document.add_paragraph("Limits", "Heading 1")
    _list(document, brief.limits)
    _how(document, brief)
    return _same_bytes(document)


def _writable(what: Any) -> Any:
    """Return texts, and all that holds texts, without characters that no document can have."""
    if isinstance(what, str):
        return NOT_IN_XML.sub(" ", what)
    if isinstance(what, BriefContent):
        return replace(what, **{one.name: _writable(getattr(what, one.name)) for one in fields(what)})
    if isinstance(what, Mapping):
        return {_writable(key): _writable(value) for key, value in what.items()}
    return type(what)(map(_writable, what)) if isinstance(what, list | tuple) else what


def _blank(title: str) -> Any:
    """Return an empty document with its page and its styles."""
    import docx
    from docx.shared import Mm, Pt, RGBColor

    document = docx.Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Mm(MARGIN_MM)
    sizes = {"Normal": BODY_PT, "List Bullet": BODY_PT, "Caption": SMALL_PT, "Title": TITLE_PT,
             "Heading 1": HEADING_PT, "Heading 2": BODY_PT}  # fmt: skip
    for name, size in sizes.items():
        style = document.styles[name]
        style.font.size, style.font.name, style.font.color.rgb = Pt(size), "Arial", RGBColor(0x1A, 0x1A, 0x1A)
        style.font.bold = name in ("Title", "Heading 1", "Heading 2")
        style.font.italic = False
        style.paragraph_format.space_before = Pt(6 if name == "Heading 1" else 2)
        style.paragraph_format.space_after = Pt(2)
    about = document.core_properties
    about.title, about.author, about.comments = title, "siege_sim", LEAD
    about.created = about.modified = ALWAYS_WRITTEN
    return document


def _heading(document: Any, brief: BriefContent) -> None:
    document.add_paragraph(LEAD, "Caption")
    document.add_paragraph(brief.title, "Title")
    document.add_paragraph("Question", "Heading 1")
    document.add_paragraph(brief.question)
    for title, summary in brief.what_ifs:
        asked = document.add_paragraph(style="List Bullet")
        asked.add_run(title).bold = True
        asked.add_run(f" {summary}")
    document.add_paragraph("Answer", "Heading 1")


def _list(document: Any, sentences: tuple[str, ...] | list[str]) -> None:
    for sentence in sentences:
        document.add_paragraph(sentence, "List Bullet")


def _figure(document: Any, brief: BriefContent) -> None:
    """Add the figure, with its sentence for those who cannot see it."""
    from docx.shared import Mm

    figure = brief.figure
    shape = document.add_picture(io.BytesIO(figure.png), width=Mm(FIGURE_MM))
    shape._inline.docPr.set("descr", f"{figure.title}. {figure.sentence}")
    document.add_paragraph(f"{figure.title}. {figure.caption}", "Caption")


def _table(document: Any, brief: BriefContent) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    document.add_paragraph("Six numbers", "Heading 1")
    table = document.add_table(rows=1, cols=len(brief.headings), style="Table Grid")
    for cell, heading in zip(table.rows[0].cells, brief.headings, strict=True):
        cell.paragraphs[0].add_run(heading).bold = True
    for row in brief.rows:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = value["text"]
            cell.paragraphs[0].runs[0].bold = value["is_clear"]
            if value["between"]:
                cell.paragraphs[0].add_run(f"\n{value['between']}")
    for line in table.rows:  # the table stays on one page
        for place, cell in enumerate(line.cells):
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.keep_with_next = True
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if place else WD_ALIGN_PARAGRAPH.LEFT
            for run in paragraph.runs:
                run.font.size = Pt(SMALL_PT)


def _how(document: Any, brief: BriefContent) -> None:
    from docx.shared import Pt

    document.add_paragraph("How it was made", "Heading 1")
    document.add_paragraph(brief.how)
    command = document.add_paragraph().add_run(brief.command)
    command.font.name, command.font.size = "Courier New", Pt(SMALL_PT)
    for name, text in brief.made.items():
        document.add_paragraph(f"{name}: {text}", "Caption")


def _same_bytes(document: Any) -> bytes:
    """Return a document's bytes, with no date of its writing in the archive."""
    written, same = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(same, "w") as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name), source.read(name), zipfile.ZIP_DEFLATED)
    return same.getvalue()
