"""A brief on paper: two sheets, whatever is compared."""

from __future__ import annotations

import re

import pytest

from siege_sim.reports.brief import brief_content, render_brief
from tests.unit.reports.test_brief import findings

SHEET = re.compile(rb"/Type\s*/Page[^s]")


@pytest.mark.parametrize(
    "compared",
    [
        pytest.param(findings(1), id="one what-if"),
        pytest.param(findings(2, uncertain=True), id="two, with uncertain parameters"),
        pytest.param(findings(3, uncertain=True, together=True), id="two and both together, with long texts"),
        pytest.param(findings(6, uncertain=True), id="more than it answers"),
    ],
)
def test_it_prints_on_two_sheets_at_most(compared, chromium, tmp_path):
    file = tmp_path / "brief.html"
    file.write_text(
        render_brief(brief_content(compared, "siege-sim compare base first second --runs 60 --together")), "utf-8"
    )
    page = chromium.new_page()
    page.goto(file.as_uri())
    printed = page.pdf(prefer_css_page_size=True)
    page.close()
    assert 1 <= len(SHEET.findall(printed)) <= 2
