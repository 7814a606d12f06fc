"""What is folded on a page is not printed, and neither is a heading that would stand above nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from siege_sim import reports

TEMPLATES = sorted((Path(reports.__file__).parent / "templates").glob("*.html"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: file.stem)
def test_a_section_that_is_folded_whole_says_so(template):
    text = template.read_text("utf-8")
    for head, body in re.findall(r"<section([^>]*)>(.*?)</section>", text, flags=re.DOTALL):
        if "<details" not in body:
            continue
        beside = re.sub(r"<details.*?</details>|<h\d.*?</h\d>|\{%.*?%\}", "", body, flags=re.DOTALL).strip()
        assert ("folded" in head) == (beside == ""), head


def test_folded_sections_are_not_printed():
    css = next(file for file in TEMPLATES[0].parent.glob("page.css")).read_text("utf-8")
    assert "section.folded:has(> details:not([open]))" in css[css.index("@media print") :]
