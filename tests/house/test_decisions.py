"""Decisions: numbered without gaps, listed, and called by their right numbers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "decisions"
DECISIONS = sorted(FOLDER.glob("[0-9]*.md"))
TEXTS = sorted(
    {*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("docs/**/*.ipynb"), *ROOT.glob("*/README.md")}
)
CODE = [*ROOT.glob("siege_sim/**/*.py"), *ROOT.glob("scenarios/**/*.yaml"), *ROOT.glob("experiments/**/*.yaml")]


def title(decision: Path) -> str:
    return decision.read_text("utf-8").splitlines()[0].removeprefix("# ")


def test_they_are_numbered_without_gaps():
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_its_number_its_reason_and_what_follows(decision):
    assert title(decision).startswith(f"{int(decision.name[:4])}. ")
    text = decision.read_text("utf-8")
    assert all(re.search(rf"^\*\*{part}", text, flags=re.MULTILINE) for part in ("Context", "Decision"))
    assert re.search(r"^\*\*(Consequences|Superseded)", text, flags=re.MULTILINE)


def test_the_index_lists_all_of_them_in_their_order():
    index = re.findall(r"^- \[(.+)\]\((.+)\)$", (FOLDER / "README.md").read_text("utf-8"), flags=re.MULTILINE)
    assert index == [(title(path), path.name) for path in DECISIONS]


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_who_links_to_a_decision_calls_it_by_its_number(text):
    """That the file is there, `test_docs.py` sees to."""
    for words, number in re.findall(r"\[([^\]]*)\]\([^)]*?(\d{4})-[\w-]+\.md\)", text.read_text("utf-8")):
        called = re.search(r"\d+", words)
        assert called is None or int(called[0]) == int(number), words


def test_code_that_names_a_decision_names_one_that_is_there():
    known = {path.name for path in DECISIONS}
    for path in CODE:
        named = re.findall(r"decisions/(\S+?\.md)", path.read_text("utf-8"))
        assert set(named) <= known, path.name
