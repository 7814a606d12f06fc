"""The teacher's own page: for whoever has its link, and for nobody else."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from siege_sim.dashboard.class_pages import MOST_REQUEST_BYTES, ClassPages
from siege_sim.dashboard.classroom import Classroom
from siege_sim.dashboard.serving import guarded


@pytest.fixture
def room():
    return Classroom("s3cret")


def asked(room, path, method="GET", key="s3cret", body=b"", pages=ClassPages, origin=b"http://127.0.0.1:8765"):
    """Return status, headers and text of an answer; the status is 0 when the request is passed on."""
    sent, parts = [], [body[:100], body[100:]]

    async def app(scope, receive, send):
        sent.append({"status": 0, "headers": []})
        sent.append({"body": b""})

    async def receive():
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "path": path, "method": method, "query_string": f"key={key}".encode(),
             "headers": [(b"host", b"127.0.0.1:8765"), (b"origin", origin)]}  # fmt: skip
    with ThreadPoolExecutor(1) as aside:  # where a browser is driven, this thread has a loop of its own
        aside.submit(lambda: asyncio.run(pages(app, room)(scope, receive, send))).result()
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"].decode()


def as_served(app, room):
    return guarded(app, "127.0.0.1", None, room)


def test_as_it_is_served_it_takes_what_its_own_page_posts_and_says_what_a_browser_may_do_with_it(room):
    status, headers, _ = asked(room, "/class/do", "POST", body=b'{"do": "freeze"}', pages=as_served)
    assert (status, room.news.frozen) == (200, True)
    assert headers[b"content-security-policy"].startswith(b"default-src 'none'")
    assert headers[b"referrer-policy"] == b"no-referrer"
    assert headers[b"x-frame-options"] == b"DENY"
    for refused in ({"key": "wrong"}, {"origin": b"http://evil.example"}):
        assert asked(room, "/class/do", "POST", body=b'{"do": "open"}', pages=as_served, **refused)[0] == 403
    assert asked(room, "/class/state", "POST", body=b"{}", pages=as_served)[0] == 405
    assert room.news.frozen
    assert asked(room, "/", pages=as_served)[0] == 0


def told(room, **order):
    return asked(room, "/class/do", "POST", body=json.dumps(order).encode())


@pytest.mark.parametrize("path", ["/class", "/class/state", "/class/class.csv", "/class/do", "/class/anything"])
@pytest.mark.parametrize("key", ["", "wrong", "s3cret%00", "%F0%9F", "a" + "&b=1" * 20])
def test_a_wrong_secret_gets_nothing_but_a_plain_refusal(room, path, key):
    room.enter("a")
    room.join("a", "Ann")
    for method in ("GET", "POST"):
        status, headers, text = asked(room, path, method, key, b'{"do": "freeze"}')
        assert status == 403
        assert headers[b"content-type"].startswith(b"text/plain")
        assert "Ann" not in text
    assert not room.news.frozen


@pytest.mark.parametrize("path", ["/", "/classes", "/static/class", "/jupyter/api"])
def test_what_is_not_the_class_is_passed_on(room, path):
    assert asked(room, path, key="")[0] == 0


def test_the_page_tells_no_other_site_its_address(room):
    status, headers, text = asked(room, "/class")
    assert status == 200
    assert headers[b"referrer-policy"] == b"no-referrer"
    assert headers[b"cache-control"] == b"no-store"
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


def test_the_class_can_be_read_and_downloaded(room):
    room.enter("a")
    room.join("a", "Zoë")
    assert json.loads(asked(room, "/class/state")[2])["students"][0]["name"] == "Zoë"
    status, headers, text = asked(room, "/class/class.csv")
    assert status == 200
    assert b"attachment" in headers[b"content-disposition"]
    assert "Zoë" in text


def test_it_is_paused_and_goes_on(room):
    assert json.loads(told(room, do="freeze")[2])["frozen"]
    assert room.news.frozen
    assert not json.loads(told(room, do="open")[2])["frozen"]


def test_a_link_is_pushed_to_all(room):
    link = "http://127.0.0.1:8765/#scenario=toy_town&seed=4&day=9&changes=3:processes.sorties.per_day=20"
    assert told(room, do="push", link=link)[0] == 200
    assert room.news.push_serial == 1
    assert [run.seed for run in room.news.pushed.runs] == [4, 4]
    assert room.news.pushed.day == 9


WRONG_ORDERS = {
    "link": ({"do": "push", "link": "#scenario=nowhere"}, 409, "there is no scenario"),
    "no link": ({"do": "push"}, 409, "it must name one scenario"),
    "student": ({"do": "push_student", "student": "99"}, 409, "not there any more"),
    "number": ({"do": "push_student", "student": "²"}, 409, "not there any more"),
    "long number": ({"do": "push_student", "student": "9" * 5000}, 409, "not there any more"),
    "question": ({"do": "ask", "text": ""}, 409, "write the question"),
    "order": ({"do": "dance"}, 409, "nothing that a class can be told"),
    "nothing": ({}, 400, "no order"),
    "list": ([1], 400, "no order"),
    "long": ({"do": "x" * MOST_REQUEST_BYTES}, 400, "no order"),
}


@pytest.mark.parametrize(("order", "status", "text"), WRONG_ORDERS.values(), ids=WRONG_ORDERS)
def test_a_wrong_order_gives_a_sentence_and_changes_nothing(room, order, status, text):
    before = room.news
    found = asked(room, "/class/do", "POST", body=json.dumps(order).encode())
    assert found[0] == status
    assert text in found[2]
    assert room.news == before


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 5000])
def test_what_is_no_order_is_refused(room, body):
    assert asked(room, "/class/do", "POST", body=body)[0] == 400


@pytest.mark.parametrize(
    ("wish", "language", "button"), [("", "en", "Freeze"), ("de", "de", "Anhalten"), ("xx", "en", "Freeze")]
)
def test_the_page_is_in_the_language_that_its_address_asks_for_or_in_english(room, wish, language, button):
    status, _, text = asked(room, "/class", key=f"s3cret&language={wish}")
    assert status == 200
    assert f'<html lang="{language}" dir="ltr">' in text
    assert f">{button}</button>" in text
    assert "{{" not in text
