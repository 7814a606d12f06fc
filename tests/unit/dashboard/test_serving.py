"""Who may ask the server of the dashboard for something."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from siege_sim.dashboard.serving import DashboardError, SameOrigin, public_address


def passed_on(behind, path="/", own_names_only=True, **headers):
    """Return the path that reaches the app; nothing when the request is refused."""
    reached = []

    async def app(scope, receive, send):
        reached.append(scope["path"])

    async def send(message):
        pass

    guard = SameOrigin(app, own_names_only, public_address(behind))
    named = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "path": path, "headers": named}
    with ThreadPoolExecutor(1) as aside:  # where a browser is driven, this thread has a loop of its own
        aside.submit(lambda: asyncio.run(guard(scope, None, send))).result()
    return reached[0] if reached else None


BEHIND = "https://Example.org/siege"


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"host": "example.org"}, True),
        ({"host": "EXAMPLE.org", "origin": "https://example.org"}, True),
        ({"host": "127.0.0.1:8765", "origin": "https://example.org"}, True),
        ({"host": "127.0.0.1:8765", "origin": "http://127.0.0.1:8765"}, True),
        ({"host": "127.0.0.1:8765", "origin": "http://example.org"}, False),
        ({"host": "example.org", "origin": "https://elsewhere.org"}, False),
        ({"host": "elsewhere.org"}, False),
        ({"host": "example.org:81"}, False),
        ({"host": "example.org", "origin": "null"}, False),
        ({}, False),
    ],
)
def test_the_public_name_is_answered_to_and_no_other(headers, allowed):
    assert (passed_on(BEHIND, **headers) is not None) == allowed


def test_without_a_proxy_only_own_names_are():
    assert passed_on("", host="localhost:1", origin="http://localhost:1")
    assert passed_on("", host="example.org") is None


@pytest.mark.parametrize(
    ("path", "reached"), [("/siege/", "/"), ("/siege", "/"), ("/siege/a/b", "/a/b"), ("/", "/"), ("/sieges", "/sieges")]
)
def test_the_path_of_the_public_address_is_taken_off_once(path, reached):
    assert passed_on(BEHIND, path, host="example.org") == reached


@pytest.mark.parametrize(
    "wrong", ["example.org", "ftp://example.org/", "https://", "https://a:b@c/", "https://x/?q", "https://x:port/", "/"]
)
def test_an_address_that_is_none_is_refused_with_an_example(wrong):
    with pytest.raises(DashboardError, match=r"such as https://example\.org/siege/"):
        public_address(wrong)
