"""A dashboard that is served, and a browser to use it with; without one, these tests say so and are left out."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
STATE = Path(tempfile.gettempdir()) / "siege_sim_tests"
"""Where servers of tests keep their sessions."""

COARSE = "population.persons_per_household=50"
READY = 60_000
"""Milliseconds after which a page that is not there is broken, however busy the machine."""


def why_not() -> str:
    """Return why there can be no browser tests here, or nothing."""
    missing = [name for name in ("solara", "solara_assets", "playwright") if importlib.util.find_spec(name) is None]
    if missing:
        return f"no browser tests: {', '.join(missing)} not installed; pip install 'siege_sim[browser]'"
    return "" if CHROMIUM else "no browser tests: there is no chromium on this machine"


@pytest.fixture(autouse=True, scope="session")
def _can_be_tested():
    if reason := why_not():
        pytest.skip(reason, allow_module_level=True)


@contextmanager
def served(*arguments: str):
    with serving(*arguments) as (address, _):
        yield address


@contextmanager
def serving(*arguments: str, port: int = 0, kept_in: str = ""):
    """Serve a dashboard; give its address and the server's process."""
    command = [sys.executable, "-m", "siege_sim.cli", "dashboard", *arguments, "--port", str(port)]
    environment = os.environ | {"XDG_STATE_HOME": kept_in or str(STATE)}
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        assert server.stderr is not None
        server.said = []
        while not server.said or "The dashboard is at" not in server.said[-1]:
            server.said.append(server.stderr.readline())
            assert server.said[-1], "the server has ended"
        line = server.said[-1]
        yield re.search(r"http://\S+", line).group(), server
    finally:
        server.terminate()
        server.communicate(timeout=30)


def teachers_link(server: subprocess.Popen[str]) -> str:
    """Return the link to the class's page that a server has printed for the teacher."""
    return next(re.search(r"http\S+", line).group() for line in server.said if "For the teacher alone" in line)


def sessions_of(server: subprocess.Popen[str]) -> list[int]:
    """Return the processes that play for the readers of a class: the children of what the server has started."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has just ended
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    return [child for child, parent in parents.items() if parents.get(parent) == server.pid]


@pytest.fixture(scope="session")
def address(_can_be_tested):
    with served("toy_town", "--set", COARSE, "--sessions", "50") as address:
        yield address


@pytest.fixture(scope="session")
def chromium(_can_be_tested):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium):
    """Open pages that must ask no other machine for anything, and report no error."""
    contexts, complaints = [], []

    def open_one(address: str, within: str = "", **options):
        context = chromium.new_context(**{"viewport": {"width": 1500, "height": 1100}, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(READY)
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: complaints.append(asked.url) if leaves(asked.url, address) else None)
        page.goto(address)
        (page.frame_locator(within) if within else page).locator(".siege canvas.map").first.wait_for()
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not complaints


def leaves(url: str, address: str) -> bool:
    """Return whether a request goes to another machine."""
    own = address.split("#")[0]
    return not url.startswith((own, "data:", "blob:", "file:", own.replace("http://", "ws://")))


@pytest.fixture
def picture(request, tmp_path):
    """Take a picture of a page, into the folder ``SIEGE_SIM_SCREENSHOTS``."""
    folder = Path(os.environ.get("SIEGE_SIM_SCREENSHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return lambda page, name, **options: page.screenshot(path=folder / f"{name}.png", animations="disabled", **options)
