"""Lessons in the page: all that come with the program, in their order, and nothing in them but text."""

from __future__ import annotations

import re

import pytest

from siege_sim.dashboard.lessons import lesson_of, lessons_folder, shipped_lessons
from siege_sim.dashboard.server_settings import ServerSettings
from siege_sim.loading.scenario import load_scenario


def test_every_lesson_is_listed_once_and_opens_a_scenario():
    files = {file.stem for file in lessons_folder().glob("*.md")} - {"README"}
    assert set(shipped_lessons()) == files
    assert next(iter(shipped_lessons())) == "what_a_siege_is"
    for lesson in shipped_lessons().values():
        assert load_scenario(lesson.scenario)
        assert [part.heading for part in lesson.parts if not part.folded] == ["The question", "Try", "What to look for"]


def text_of(markdown):
    (part,) = lesson_of("x", f"---\ntitle: T\nscenario: toy_town\nminutes: 5\n---\n# T\n\n## Try\n\n{markdown}\n").parts
    return part.html


@pytest.mark.parametrize(
    "markdown",
    ["<script>alert(1)</script>", "a <img src=x onerror=alert(1)> b", "[a](javascript:alert(1))", "[a](http://b.example)",
     "![a](http://b.example/x.png)", "<http://b.example>", "`<b>`", "<div onclick=x>\n\nhello\n\n</div>"],
)  # fmt: skip
def test_a_text_holds_no_html_of_its_own_and_leads_nowhere(markdown):
    tags = re.findall(r"<(/?\w+[^>]*)>", text_of(markdown))
    assert set(tags) <= {"p", "/p", "code", "/code"}


def test_words_of_a_link_stay_and_lists_are_lists():
    assert text_of("1. see [the page](other.md)") == "<ol>\n<li>see the page</li>\n</ol>\n"


def test_settings_hold_for_the_scenario_that_was_named_and_for_what_builds_on_it():
    server = ServerSettings("aleppo_2016", scenario_settings=("population.persons_per_household=50",))
    for name in ("aleppo_2016", "aid_convoys"):
        assert server.settings_for(name) == server.scenario_settings
    assert server.settings_for("toy_town") == ()
    assert ServerSettings("aid_convoys", scenario_settings=("days=9",)).settings_for("aleppo_2016") == ()
