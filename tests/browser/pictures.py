"""Makes the pictures of the dashboard for the documentation: ``python -m tests.browser.pictures docs/images``."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.browser.conftest import CHROMIUM, COARSE, served
from tests.browser.test_dashboard import branch_at, play_to


def main(folder: Path) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        with served("aleppo_2016", "--set", COARSE) as address:
            alone(opened(browser, address), folder)
        with served("aleppo_2016", "--set", COARSE, "--class", "--idle-minutes", "1") as address:
            in_class(opened(browser, address), folder)
        browser.close()


def opened(browser, address: str):
    page = browser.new_page(viewport={"width": 1600, "height": 1150})
    page.goto(address)
    page.wait_for_selector("canvas.map", timeout=60_000)
    return page


def alone(page, folder: Path) -> None:
    """Take pictures of one run and of a branch."""
    play_to(page, 66)
    page.locator("canvas.map").hover(position={"x": 330, "y": 150})
    page.screenshot(path=folder / "dashboard.png")
    branch_at(page, 40, "10")
    page.evaluate("siegeStage.goTo(66)")
    page.get_by_role("button", name="From day 67", exact=True).wait_for()
    page.screenshot(path=folder / "branch.png")


def in_class(page, folder: Path) -> None:
    """Take a picture of a siege that was put away."""
    play_to(page, 40)
    page.get_by_role("button", name="Go on").wait_for(timeout=120_000)
    page.screenshot(path=folder / "class.png", clip={"x": 0, "y": 0, "width": 1600, "height": 620})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
