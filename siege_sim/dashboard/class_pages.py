"""The teacher's own page of a class: ``/class``, for whoever has its link. Plain pages, beside those of Solara."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import jinja2

from siege_sim.dashboard.limits import SessionError
from siege_sim.dashboard.sessions import server_sessions
from siege_sim.dashboard.state_link import read_link
from siege_sim.errors import SiegeError
from siege_sim.languages.catalogue import ENGLISH, catalogue, languages
from siege_sim.viewer.replay import language_script, page_part

if TYPE_CHECKING:
    from siege_sim.dashboard.classroom import Classroom

CLASS_PATH = "/class"
CLASS_ORDERS = f"{CLASS_PATH}/do"
"""Where the page posts what the teacher wants."""

MOST_REQUEST_BYTES = 20_000
"""The longest request that is read."""

WRONG_SECRET = "this page needs the link that was printed when the class was started\n"

HEADERS = (
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy",
     b"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; "
     b"frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
)  # fmt: skip
"""The address holds a secret: it is not kept, and not told to other sites."""

PageAnswer = tuple[int, str, str]
"""Status, kind and text."""


class ClassPages:
    """Answers what is asked under ``/class``, and passes the rest on.

    Args:
        app: what answers the rest.
        room: the class.
    """

    def __init__(self, app: Callable[..., Awaitable[None]], room: Classroom) -> None:
        self._app = app
        self._room = room

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Answer a request, or pass it on."""
        path = str(scope.get("path", ""))
        if scope["type"] != "http" or not f"{path}/".startswith(f"{CLASS_PATH}/"):
            await self._app(scope, receive, send)
            return
        if not self._room.is_teacher(_value_in(scope.get("query_string", b""), "key")):
            await _send(send, (403, "text/plain", WRONG_SECRET))
            return
        body = await _body(receive) if scope["method"] == "POST" else b""
        wished = _value_in(scope.get("query_string", b""), "language")
        answer = self._answer(scope["method"], path.removeprefix(CLASS_PATH), body, wished)
        await _send(send, answer)

    def _answer(self, method: str, path: str, body: bytes | None, language: str) -> PageAnswer:
        match method, path:
            case "GET", "":
                return 200, "text/html", class_page(language or server_sessions().settings.language)
            case "GET", "/state":
                return 200, "application/json", json.dumps(self._room.data())
            case "GET", "/class.csv":
                return 200, "text/csv", "\ufeff" + self._room.csv()
            case "POST", "/do":
                return self._do(body)
        return 404, "text/plain", "there is no such page\n"

    def _do(self, body: bytes | None) -> PageAnswer:
        try:
            if body is None:
                raise ValueError
            order = json.loads(body)
            what, words = str(order["do"]), {key: str(value) for key, value in order.items()}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return 400, "text/plain", "this is no order to a class\n"
        try:
            self._obey(what, words)
        except SiegeError as error:
            return 409, "text/plain", f"{error}\n"
        return 200, "application/json", json.dumps(self._room.data())

    def _obey(self, what: str, words: dict[str, str]) -> None:
        room = self._room
        match what:
            case "freeze" | "open":
                room.freeze(what == "freeze")
            case "push":
                room.push(read_link(words.get("link", "").partition("#")[2], server_sessions().settings))
            case "push_student":
                self._push_page(words.get("student", ""))
            case "ask":
                room.ask(words.get("text", ""), words.get("outcome", ""))
            case "end_question":
                room.end_question()
            case "forget":
                room.forget_all()
            case _:
                raise SessionError(f"'{what[:40]}' is nothing that a class can be told")

    def _push_page(self, number: str) -> None:
        """Show a student's runs to all, on the day that they are at."""
        key = self._room.key_of(int(number)) if number.isascii() and number.isdigit() and len(number) < 10 else None
        state = None if key is None else server_sessions().state_of(key)
        if state is None:
            raise SessionError("this student's runs are not there any more")
        self._room.push(state.shown)


@cache
def _class_template() -> jinja2.Template:
    text = files("siege_sim.dashboard").joinpath("page", "class.html").read_text("utf-8")
    return jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(text)


def class_page(language: str) -> str:
    """Return the teacher's page in a language; in English where there is no such language."""
    own = catalogue(language if language in languages() else ENGLISH)
    return _class_template().render(
        t=own.text,
        language=own.language,
        direction=own.direction,
        languages=[(code, catalogue(code).name) for code in languages()],
        script=f"{page_part('language.js')}\n{language_script(own.language)}",
    )


def _value_in(query: bytes, name: str) -> str:
    """Return a value in the end of an address, such as the secret; empty where there is none."""
    try:
        return parse_qs(query.decode("latin-1"), max_num_fields=10).get(name, [""])[0]
    except ValueError:  # too many fields
        return ""


async def _body(receive: Any) -> bytes | None:
    """Return the body of a request; ``None`` when it is too long."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MOST_REQUEST_BYTES:
            return None
    return body


async def _send(send: Any, answer: PageAnswer) -> None:
    status, kind, text = answer
    body = text.encode()
    headers = [
        (b"content-type", f"{kind}; charset=utf-8".encode()),
        (b"content-length", str(len(body)).encode()),
        *HEADERS,
    ]
    if kind == "text/csv":
        headers.append((b"content-disposition", b'attachment; filename="class.csv"'))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
