"""Who may ask the server of the dashboard for something."""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from siege_sim.dashboard.same_origin import SECURITY_HEADERS, SameOrigin
from siege_sim.dashboard.serving import DashboardError, public_address

A_COOKIE = b"solara-session-id=abc; expires=Fri, 01 Jan 2038 00:00:00 GMT; Path=/; SameSite=none; Secure"


def answered(headers, *, path="/", kind="http", host="127.0.0.1", behind="", method="GET", query=b""):
    """Return the path that reaches the app, and what is sent back: the app sends a cookie."""
    reached, sent = [], []

    async def app(scope, receive, send):
        reached.append(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": [(b"set-cookie", A_COOKIE)]})

    async def send(message):
        sent.append(message)

    guard = SameOrigin(app, host, public_address(behind))
    scope = {"type": kind, "path": path, "headers": headers, "method": method, "query_string": query}
    with ThreadPoolExecutor(1) as aside:  # where a browser is driven, this thread has a loop of its own
        aside.submit(lambda: asyncio.run(guard(scope, None, send))).result()
    return (reached[0] if reached else None), sent


def passed_on(behind, path="/", **headers):
    """Return the path that reaches the app; nothing when the request is refused."""
    named = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    return answered(named, path=path, behind=behind)[0]


def status(*headers, **asked):
    """Return the status of what is asked for by the server's own page."""
    return answered([(b"host", b"127.0.0.1:8765"), *headers], **asked)[1][0].get("status")


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


@pytest.mark.parametrize(
    "origin",
    [
        "http://127.0.0.1:8765@evil.example", "http://evil.example/://127.0.0.1:8765", "evil://127.0.0.1:8765",
        "http://127.0.0.1:8765/", "http://127.0.0.1:8765#", "http://127.0.0.1", "https://127.0.0.1:8765",
        "http://127.0.0.1:8765.evil.example", "http://[::1]:8765", "127.0.0.1:8765", "http://", "", "null",
        "http://127.0.0.1:87650", "http://127.0.0.1:port", "http://127.0.0.1:8765 http://evil.example", "http://[",
        "http://127.0.0.1\t:8765", "http://127.0.0.1:8765\xff",
    ],
)  # fmt: skip
def test_an_origin_is_taken_apart_and_not_searched(origin):
    assert passed_on("", host="127.0.0.1:8765", origin=origin) is None
    assert passed_on("", host="127.0.0.1:8765", origin="http://127.0.0.1:8765")


def test_two_hosts_or_two_origins_are_none():
    own = (b"host", b"127.0.0.1:8765")
    assert answered([own])[0]
    assert answered([own, (b"Host", b"evil.example")])[0] is None
    assert answered([own, (b"origin", b"http://127.0.0.1:8765"), (b"origin", b"http://evil.example")])[0] is None


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("192.168.1.7:8765", True), ("[fe80::1]:8765", True), ("localhost:8765", True),
        (f"{socket.gethostname()}:8765", True), (f"{socket.gethostname()}.local:8765", True),
        ("evil.example:8765", False), ("192.168.1.7.evil.example", False), ("192.168.1.7@evil.example", False),
        ("", False), (":8765", False),
    ],
)  # fmt: skip
def test_where_others_reach_it_only_this_machine_s_names_and_numbers_are_answered_to(host, allowed):
    found, _ = answered([(b"host", host.encode())], host="0.0.0.0")
    assert (found is not None) == allowed
    assert answered([(b"host", b"class.example:8765")], host="class.example")[0]


def test_what_another_site_s_page_loads_is_refused_and_its_links_are_followed():
    for site in ("cross-site", "same-site"):
        assert passed_on("", host="localhost:1", sec_fetch_site=site, sec_fetch_mode="no-cors") is None
        assert passed_on("", host="localhost:1", sec_fetch_site=site, sec_fetch_mode="navigate")
    assert passed_on("", host="localhost:1", sec_fetch_site="same-origin", sec_fetch_mode="no-cors")


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ({"path": "/resourcez"}, 404),
        ({"path": "/resourcez/"}, 404),
        ({"path": "/", "method": "POST"}, 405),
        ({"path": "/", "method": "PUT"}, 405),
        ({"path": "/anything", "method": "DELETE"}, 405),
        ({"path": "/", "method": "OPTIONS"}, 405),
        ({"path": "/_solara/api/close/1", "method": "POST"}, 400),
        ({"path": "/_solara/api/close/1", "method": "POST", "query": b"session_id="}, 400),
        ({"path": "/_solara/api/evict/1", "method": "POST", "query": b"session_id=2"}, 405),
        ({"path": "/_solara/api/close/1", "method": "POST", "query": b"session_id=2"}, 200),
        ({"path": "/"}, 200),
        ({"path": "/", "method": "HEAD"}, 200),
    ],
)
def test_only_what_the_page_needs_is_answered_and_odd_requests_are_answered_too(asked, wanted):
    assert status(**asked) == wanted


@pytest.mark.parametrize("header", [(b"content-length", b"9" * 30), (b"transfer-encoding", b"chunked")])
def test_long_posts_are_refused_before_they_are_read(header):
    assert status(header, path="/_solara/api/close/1", method="POST", query=b"session_id=2") == 400


@pytest.mark.parametrize(
    ("path", "query", "passes"),
    [
        ("/jupyter/api/kernels/1a-b/channels", b"session_id=2", True),
        ("/jupyter/api/kernels/1a-b/channels", b"", False),
        ("/jupyter/api/kernels/1a-b/other", b"session_id=2", False),
        ("/elsewhere", b"session_id=2", False),
    ],
)
def test_there_is_one_websocket(path, query, passes):
    reached, sent = answered([(b"host", b"localhost:1")], kind="websocket", path=path, query=query)
    assert (reached == path) == passes
    assert passes or sent == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "evil.example"])
def test_every_answer_says_what_a_browser_may_do_with_it(host):
    _, sent = answered([(b"host", host.encode())])
    assert set(SECURITY_HEADERS) <= set(sent[0]["headers"])
    policy = dict(SECURITY_HEADERS)[b"content-security-policy"]
    assert b"frame-ancestors 'none'" in policy
    assert b"default-src 'self'" in policy
    assert b"http" not in policy, "no other server is named"


@pytest.mark.parametrize(("behind", "secure"), [("", False), (BEHIND, True), ("http://example.org/", False)])
def test_cookies_are_hidden_from_scripts_stay_on_this_site_and_end_with_the_browser(behind, secure):
    _, sent = answered([(b"host", b"127.0.0.1:8765")], behind=behind)
    cookie = dict(sent[0]["headers"])[b"set-cookie"]
    assert cookie == b"solara-session-id=abc; Path=/; HttpOnly; SameSite=Strict" + b"; Secure" * secure
