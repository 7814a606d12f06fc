"""How long a page takes to draw a day: ``python -m tests.benchmarks --frames``.

The dashboard is served as to a class and played in headless Chromium, on 24 x 24 cells with 193 units, in a siege that
lasts: from requesting a day until it is on the screen, and drawing alone, early and late. Headless Chromium draws
without a graphics processor. And how much processor time a day takes in the server and in the session's process.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

SCENARIO = ("group_leaves", "--set", "population.persons_per_household=50")
HEAD = ("", "draw ms", "90 % ms", "with pixels ms", "request, run, send, draw ms", "90 % ms")

DRAW = """async ([from, until]) => {
  const drawn = [], seen = [], frame = () => new Promise((done) => requestAnimationFrame(done));
  for (let round = 0; round < 5; round++) for (let day = from; day <= until; day++) {
    await frame();
    const began = performance.now();
    siegeViewer.goTo(day);
    drawn.push(performance.now() - began);
    for (const canvas of document.querySelectorAll('.siege canvas')) canvas.getContext('2d').getImageData(0, 0, 1, 1);
    seen.push(performance.now() - began);
  }
  return [drawn, seen];
}"""

WATCH = """() => {
  window.asked = {}; window.came = {};
  const viewer = siegeViewer, request = viewer.live.requestDay, redraw = viewer.redraw.bind(viewer);
  viewer.live.requestDay = (day) => { window.asked[day] = performance.now(); request(day); };
  viewer.redraw = () => { redraw(); if (!(viewer.day in window.came)) window.came[viewer.day] = performance.now(); };
}"""

WAITS = """([from, until]) => Array.from({ length: until - from + 1 }, (_, i) => from + i)
  .map((day) => window.came[day] - window.asked[day]).filter((wait) => wait > 0)"""

LAST = 122

PARTS = (("days 1 to 5", (1, 5)), ("days 116 to 120", (116, 120)))


def rows(*arguments: str) -> list[Sequence[str]]:
    """Measure, and return the lines of a table.

    Args:
        arguments: for the command, beside the scenario.
    """
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import CHROMIUM, READY, serving, sessions_of

    with serving(*SCENARIO, *(arguments or ("--class",))) as (address, server), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1500, "height": 1100})
        page.goto(address)
        page.wait_for_function("window.siegeViewer && siegeViewer.runs.length === 1", timeout=READY)
        page.evaluate(WATCH)
        processes = {"server": server.pid, "session": sessions_of(server)[0]}
        before = {name: processor_ms(process) for name, process in processes.items()}
        page.get_by_label("Speed").select_option("60")
        page.get_by_role("button", name="▶ Play").click()
        page.wait_for_function(f"siegeViewer.end() >= {LAST}", timeout=10 * READY)
        took = {name: processor_ms(process) - before[name] for name, process in processes.items()}
        page.get_by_role("button", name="Pause").click()
        found = [_line(page, label, part) for label, part in PARTS]
        browser.close()
    filler = [""] * (len(HEAD) - 2)
    return [HEAD, *found, *((f"processor ms a day: {name}", f"{ms / LAST:.1f}", *filler) for name, ms in took.items())]


def processor_ms(process: int) -> float:
    """Return how long a process has had a processor (Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return 1000.0 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _line(page: Any, label: str, part: tuple[int, int]) -> Sequence[str]:
    import numpy as np

    drawn, seen = page.evaluate(DRAW, part)
    waits = page.evaluate(WAITS, part)
    numbers = (
        np.median(drawn), np.percentile(drawn, 90), np.median(seen), np.median(waits), np.percentile(waits, 90)
    )  # fmt: skip
    return (label, *(f"{number:.0f}" for number in numbers))
