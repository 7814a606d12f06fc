"""A brief for a word processor: the words of the page, the same bytes every time, and any text at all."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siege_sim.cli.main import KNOWN_ERROR, main
from siege_sim.reports.brief import brief_content
from siege_sim.reports.brief_document import document_bytes
from tests.unit.reports.test_brief import findings

docx = pytest.importorskip("docx")


def opened(written: bytes):
    return docx.Document(io.BytesIO(written))


def texts(document) -> list[str]:
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [*(paragraph.text for paragraph in document.paragraphs), *cells]


@pytest.fixture(scope="module")
def content():
    return brief_content(findings(2, uncertain=True, together=True), "siege-sim compare base first second")


def test_it_says_what_the_page_says(content):
    document = opened(document_bytes(content))
    said = texts(document)
    sentences = [sentence for _, answer in content.answers for sentence in answer]
    assert {content.title, content.question, content.note, content.how, content.command} <= set(said)
    assert {*sentences, *content.limits} <= set(said)
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert [row[0] for row in rows[1:]] == [row[0]["text"] for row in content.rows]
    assert rows[1][2] == f"{content.rows[0][2]['text']}\n{content.rows[0][2]['between']}"
    assert len(document.inline_shapes) == 1


def test_the_same_comparison_gives_the_same_bytes(content):
    assert document_bytes(content) == document_bytes(content)


@given(st.text(max_size=40), st.text(max_size=40))
@settings(max_examples=20)
def test_any_text_of_a_scenario_can_be_written(content, title, summary):
    written = document_bytes(replace(content, title=title, what_ifs=((title, summary),)))
    assert opened(written).core_properties.author == "siege_sim"


def test_without_the_library_the_command_says_so_before_it_runs_anything(monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(__import__("sys").modules, "docx", None)
    assert main(["compare", "toy_town", "toy_town", "--docx", "--out", str(tmp_path / "out")]) == KNOWN_ERROR
    assert "pip install 'siege_sim[docx]'" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
