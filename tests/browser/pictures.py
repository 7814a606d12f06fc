"""Makes the pictures of the dashboard for the documentation: ``python -m tests.browser.pictures docs/images``."""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image

from siege_sim import load_scenario, run
from siege_sim.viewer.replay import write_replay
from tests.browser.conftest import CHROMIUM, COARSE, READY, served, serving, teachers_link
from tests.browser.test_changes import BRANCH
from tests.browser.test_dashboard import RESTS, branch_at, play_to

SEED = 1
"""Of twenty seeds the nearest to the middle."""

ALEPPO = ("aleppo_2016", "--seed", str(SEED), "--set", COARSE)
WIDE, UPRIGHT = {"width": 1600, "height": 1150}, {"width": 834, "height": 1112}
BROKEN = "siegeViewer.runs[0].value(siegeViewer.day, ['garrison_area_share']) < 0.75 || siegeViewer.over()"
"""A day on which there is something to see: a quarter of the ground is lost."""


def main(folder: Path) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        with served(*ALEPPO) as address:
            alone(opened(browser, address), folder)
            lesson(opened(browser, address), folder)
            tablet(opened(browser, address, UPRIGHT), folder)
        with served(*ALEPPO, "--language", "de") as address:
            german(opened(browser, address), folder)
        with served(*ALEPPO, "--class", "--idle-minutes", "1") as address:
            in_class(opened(browser, address), folder)
        with serving("toy_town", "--set", COARSE, "--class") as (address, server):
            what_changed(opened(browser, address + BRANCH), folder)
            teacher(browser, address, teachers_link(server), folder)
        with tempfile.TemporaryDirectory() as place:
            handed_out(opened(browser, page_of_two_runs(Path(place))), folder)
        browser.close()


def opened(browser, address: str, viewport=WIDE):
    page = browser.new_page(viewport=viewport)
    page.set_default_timeout(2 * READY)
    page.goto(address)
    page.wait_for_selector("canvas.map")
    return page


def take(page, file: Path, **options) -> None:
    """Take a picture; it is written smaller than the browser does."""
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled", **options)))
    picture.convert("RGB").save(file, optimize=True)


def alone(page, folder: Path) -> None:
    """One run, its spread, a branch, where the two differ, and the same for a projector."""
    page.get_by_label("Speed").select_option("60")
    page.get_by_role("button", name="▶ Play").click()
    page.wait_for_function(BROKEN)
    page.get_by_role("button", name="Pause").click()
    page.wait_for_function(RESTS)
    day = page.evaluate("siegeViewer.day")
    page.locator("canvas.map").hover(position={"x": 330, "y": 150})
    take(page, folder / "dashboard.png")

    page.get_by_role("button", name="Run them").click()
    page.wait_for_function("siegeViewer.fans && siegeViewer.fans.runs === 20", timeout=10 * READY)
    page.get_by_role("button", name="Run them").wait_for()
    take(page, folder / "ensemble.png")

    branch_at(page, 40, "10")
    page.evaluate(f"siegeViewer.goTo({day})")
    page.get_by_role("button", name=f"From day {day + 1}", exact=True).wait_for()
    page.mouse.move(5, 5)
    take(page, folder / "branch.png")
    page.get_by_role("button", name="Difference").click()
    take(page, folder / "difference.png")

    page.get_by_role("button", name="Keep A alone").click()
    page.wait_for_function("siegeViewer.runs.length === 1")
    page.get_by_label("Layer of the map").select_option("civilians")
    page.get_by_role("button", name="Large").click()
    page.get_by_role("button", name="Dark").click()
    page.locator(".v-app-bar button").first.click()
    page.wait_for_timeout(1000)
    take(page, folder / "projector.png")
    page.close()


def lesson(page, folder: Path) -> None:
    """The second card of the first lesson: a guess that is locked and drawn, and what came of it."""
    page.get_by_role("button", name="1. What a siege is").click()
    card = page.get_by_role("region", name="Lesson")
    card.get_by_role("button", name="Next card").click()
    card.get_by_role("textbox").fill("40")
    card.get_by_role("button", name="Lock my guess").click()
    card.get_by_role("button", name="Do it").click()
    card.get_by_role("heading", name="What it shows").wait_for()
    take(page, folder / "lesson.png")
    page.close()


def tablet(page, folder: Path) -> None:
    """One run on a tablet."""
    play_to(page, 40)
    take(page, folder / "tablet.png")
    page.close()


def german(page, folder: Path) -> None:
    """One run in German, with a term explained."""
    play = page.locator(".bar button.main")
    page.locator(".bar select").first.select_option("60")
    play.click()
    page.wait_for_function(BROKEN)
    play.click()
    page.wait_for_function(RESTS)
    page.locator("figure .siege-term").first.hover()
    take(page, folder / "german.png")
    page.close()


def in_class(page, folder: Path) -> None:
    """A session that was suspended."""
    play_to(page, 40)
    page.get_by_role("button", name="Continue").wait_for()
    take(page, folder / "class.png", clip={"x": 0, "y": 0, "width": 1600, "height": 620})
    page.close()


def what_changed(page, folder: Path) -> None:
    """The card of two runs, after twenty pairs of them."""
    page.get_by_role("button", name="20 pairs").click()
    page.get_by_role("button", name="20 pairs again").wait_for(timeout=10 * READY)
    card = page.get_by_role("region", name="What changed?")
    card.scroll_into_view_if_needed()
    picture = Image.open(io.BytesIO(card.screenshot(animations="disabled")))
    picture.convert("RGB").save(folder / "what_changed.png", optimize=True)
    page.close()


GUESSES = {"Ada": 60, "Bo": 250, "Chen": 90, "Dana": 1_000, "Eli": 40, "Farid": 120}
"""Students of a class and what they guess."""


def teacher(browser, address: str, link: str, folder: Path) -> None:
    """The teacher's page while a class plays."""
    page = browser.new_page(viewport={"width": 1366, "height": 900})
    page.goto(link)
    page.get_by_label("Ask all").fill("How many civilians will have been killed in the end?")
    page.get_by_role("button", name="Ask", exact=True).click()
    for seed, (name, guess) in enumerate(GUESSES.items(), start=1):
        student = browser.new_context(viewport=WIDE).new_page()
        student.goto(f"{address}/#scenario=toy_town&seed={seed}&day={60 if seed % 2 else 15 * seed}")
        student.get_by_label("Your name in this class").fill(name)
        student.get_by_role("button", name="Join").click()
        student.get_by_label("How many civilians").fill(str(guess))
        student.get_by_role("button", name="Lock my guess").click()
        student.get_by_text("(locked)").wait_for()
    page.get_by_text(f"{len(GUESSES)} results").first.wait_for()
    take(page, folder / "class_page.png")
    page.close()


def page_of_two_runs(place: Path) -> str:
    """Return the address of a page that is handed out."""
    folders = []
    for name in ("aleppo_2016", "protected_hospitals"):
        folders.append(place / name)
        folders[-1].mkdir()
        run(load_scenario(name, [COARSE]), seed=SEED).write(folders[-1])
    write_replay(folders, place / "compare.html")
    return f"file://{place / 'compare.html'}#day=60&layer=danger"


def handed_out(page, folder: Path) -> None:
    """The page that is handed out."""
    page.locator(".when", has_text="day 60").wait_for()
    take(page, folder / "replay.png")
    page.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
