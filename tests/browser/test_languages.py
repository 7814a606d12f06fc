"""Pages in another language, and terms that are explained where they stand."""

from __future__ import annotations

import re

import pytest

from publishing.catalogue import gathered
from siege_sim import load_scenario
from siege_sim.languages.catalogue import PLACEHOLDER, Catalogue, catalogue, filled_in
from siege_sim.languages.composed import COMPOSED
from siege_sim.model.model import SiegeModel
from siege_sim.viewer import replay
from siege_sim.viewer.recorder import FrameRecorder
from tests.browser.conftest import COARSE, served

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def runs():
    made = []
    for settings in ([], ["processes.sorties.per_day=12"]):
        model = SiegeModel(load_scenario("toy_town", [COARSE, *settings]), 1)
        recorder = FrameRecorder(model)
        for day in model.days():
            recorder.record_day()
            if day == 40:
                break
        made.append(recorder.run)
    return made


@pytest.fixture(scope="module")
def german(_can_be_tested):
    with served("toy_town", "--set", COARSE, "--language", "de") as address:
        yield address


@pytest.fixture
def replayed(open_page, tmp_path, runs):
    def opened(language, place="", number=1, **options):
        html = replay.replay_html(runs[:number], ["A", "B"], language=language)
        (tmp_path / "replay.html").write_text(html, "utf-8")
        return open_page(f"file://{tmp_path / 'replay.html'}{place}", **options)

    return opened


def in_brackets(text):
    return [f"⟦{one}⟧" for one in text] if isinstance(text, tuple) else f"⟦{text}⟧"


SHOWN = """() => {
  const found = [], walker = document.createTreeWalker(document.querySelector(".siege"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) found.push(walker.currentNode.textContent);
  for (const one of document.querySelectorAll(".siege [aria-label], .siege [title]")) {
    found.push(one.getAttribute("aria-label") || "", one.title || "");
  }
  return found;
}"""


def without_brackets(text):
    """Return what a text has outside brackets, which may lie in each other, or be cut off at the end."""
    inner = re.sub(r"⟦[^⟦⟧]*⟧", "", text)
    return re.sub("⟦.*", "", text) if inner == text else without_brackets(inner)


def test_no_text_of_a_page_is_outside_the_catalogue(replayed, runs, monkeypatch):
    everything = Catalogue("en-x-all", texts={key: in_brackets(text) for key, text in gathered().items()})
    monkeypatch.setattr(replay, "catalogue", lambda language: everything)
    page = replayed("en-x-all", "#day=38", number=2)
    page.locator("canvas.map").first.click(position={"x": 200, "y": 200})
    page.get_by_role("button", name="⟦Next event⟧").click()
    head = runs[0].head
    own = {word for quarter in head["quarters"] for word in quarter["name"].split()}
    left = []
    for text in page.evaluate(SHOWN):
        rest = re.sub(r"[A-Z][a-z]{2,8} \d+(, \d{4})?", "", without_brackets(text))
        words = [word for word in re.split(r"[:,;.()·\s]+", rest) if word not in own]
        left += [text for word in words if re.search("[a-z]{3}", word)]
    assert left == []


def test_a_replay_in_german_says_numbers_dates_and_what_happened_in_german(replayed, picture):
    page = replayed("de", "#day=38")
    assert page.evaluate("document.documentElement.lang") == "de"
    assert "Tag 38 · 9. Oktober 2020" in page.locator(".when").inner_text()
    assert re.search(r"Noch gehalten \(Stadtmiliz\): [\d,]+ % des Geländes; \d\.\d{3} Zivilpersonen sind darin",
                     page.locator(".summary").inner_text())  # fmt: skip
    assert "Feld von" in page.locator(".ticker").inner_text()
    assert page.locator(".ticker").inner_text().count(" was ") == 0
    picture(page, "replay_german")


def test_scripts_and_python_tell_a_sentence_alike(replayed):
    said = [filled_in(text, dict.fromkeys(PLACEHOLDER.findall(text), "1,234.5")) for text in COMPOSED]
    page = replayed("de")
    assert page.evaluate("(said) => said.map((one) => Siege.sentence(one))", said) == [
        catalogue("de").sentence(one) for one in said
    ]


def test_a_live_page_in_german_takes_german_numbers(german, open_page, picture):
    page = open_page(german)
    page.get_by_role("button", name="▶ Start").wait_for()
    assert page.evaluate("document.documentElement.lang") == "de"
    field = page.get_by_label("Flüge pro Tag").first
    field.fill("12,5")
    field.blur()
    page.get_by_role("button", name="Ab Tag 1").first.click()
    page.get_by_text("Flüge pro Tag: 12,5 statt 4, ab Tag 1").wait_for()
    picture(page, "german")


def test_the_first_lesson_is_taken_in_german_with_its_words_explained(german, open_page):
    page = open_page(german)
    page.get_by_role("button", name="Lektion 1 beginnen").click()
    page.get_by_label("die Nahrung").check()
    page.get_by_role("button", name="Schätzung festlegen").click()
    page.get_by_text("(festgelegt)").wait_for()
    page.get_by_role("button", name="Nächste Karte").click()
    word = page.locator(".siege-lesson .siege-term", has_text="Verteidigern")
    word.focus()
    page.get_by_role("tooltip", name="").get_by_text("die bewaffnete Gruppe im eingeschlossenen Gebiet").wait_for()
    assert word.get_attribute("aria-describedby") == "siege-meaning"


def test_a_reader_chooses_a_language_and_comes_back_to_the_same_day(german, open_page):
    page = open_page(german)
    page.get_by_role("button", name="Einen Tag weiter").click()
    page.locator(".when", has_text="Tag 1 ").wait_for()
    page.get_by_label("Sprache").select_option("en")
    page.locator(".when", has_text="day 1 ").wait_for()
    page.get_by_role("button", name="From day 2").first.wait_for()
    assert page.evaluate("document.documentElement.lang") == "en"


def test_a_browser_gets_the_language_that_it_asks_for(address, open_page):
    page = open_page(address, locale="de-DE")
    page.get_by_role("button", name="Belagerung ansehen").wait_for()
    assert page.evaluate("document.documentElement.lang") == "de"


def test_a_term_is_explained_on_hover_on_focus_and_by_a_tap_and_can_be_put_away(replayed):
    page = replayed("en", has_touch=True)
    tip = page.locator("#siege-meaning")
    term = page.locator("figure .siege-term", has_text="Condemnation")
    term.hover()
    tip.get_by_text("Pressure of world opinion on the besieger").wait_for()
    tip.hover()  # whoever reads it may point at it
    page.wait_for_timeout(400)
    assert tip.is_visible()
    page.keyboard.press("Escape")
    assert tip.is_hidden()
    page.mouse.move(5, 5)
    term.focus()
    assert tip.is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    assert tip.is_visible()
    page.locator(".siege .summary").click()
    assert tip.is_hidden()
    term.tap()
    assert tip.is_visible()
