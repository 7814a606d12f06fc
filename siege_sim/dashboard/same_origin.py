"""Who may ask the server for what: its own page under its own names, and nothing that the page does not need."""

from __future__ import annotations

import ipaddress
import re
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable
    from urllib.parse import SplitResult

OWN_NAMES = ("127.0.0.1", "localhost", "::1")
"""What this machine is called by a page of its own."""

DEFAULT_PORTS = {"http": 80, "https": 443}

SECURITY_HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
        b"img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; object-src 'none'; "
        b"base-uri 'self'; form-action 'self'; frame-ancestors 'none'",
    ),
    (b"x-frame-options", b"DENY"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
"""Of every answer that says no more itself: nothing from another server, in no other page's frame, nothing taken for
what it is not. Solara's page has scripts in it and compiles templates, so these two must be allowed."""

CLOSED_PATHS = ("/resourcez",)
"""What Solara tells of the machine to whoever asks."""

PAGE_CLOSED = re.compile(r"/_solara/api/close/[\w-]{1,100}")
FRAMES = re.compile(r"/jupyter/api/kernels/[\w-]{1,100}/channels")
"""The one thing that a page posts, and the one WebSocket that it opens."""

LONGEST_POST = 10_000

Address = tuple[str, str, int]
"""Scheme, name and port."""


class SameOrigin:
    """Refuses requests that come from a page of another site: a stranger's page must not use this server.

    Args:
        app: what answers the others.
        host: the address that the server listens on. On this machine's own only its own names are answered to: a
            stranger's page can give its own name this machine's address, and would then seem to be of the same origin.
            On others, what this machine is called in the network is answered to as well, and addresses in numbers.
        public: the address under which a reverse proxy shows the dashboard, if one does: its name is answered to as
            well, and its path, which a proxy may pass on or not, is taken off.
        own_posts: paths of other pages to which they post, and where the application itself checks what comes.
    """

    def __init__(
        self,
        app: Callable[..., Awaitable[None]],
        host: str = "127.0.0.1",
        public: SplitResult | None = None,
        own_posts: Collection[str] = (),
    ) -> None:
        self._app = app
        self._own_posts = own_posts
        self._in_network = not is_loopback(host)
        self._names = {*OWN_NAMES, *(_names_in_network(host) if self._in_network else ())}
        self._public = None if public is None else _address(public.geturl().removesuffix(public.path))
        self._prefix = "" if public is None else public.path.rstrip("/")

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Pass a request on when it comes from this server's own page and asks for something that there is."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        scope = self._without_prefix(scope)
        refusal = self._refusal(scope)
        answer = self._guarded(send) if scope["type"] == "http" else send
        if refusal is not None:
            await _refuse(scope["type"], answer, *refusal)
            return
        await self._app(scope, receive, answer)

    def _without_prefix(self, scope: dict[str, Any]) -> dict[str, Any]:
        path = str(scope.get("path", ""))
        if not self._prefix or not f"{path}/".startswith(f"{self._prefix}/"):
            return scope
        shorter = path.removeprefix(self._prefix) or "/"
        return {**scope, "path": shorter, "raw_path": shorter.encode()}

    def _refusal(self, scope: dict[str, Any]) -> tuple[int, str] | None:
        """Return why a request is refused, as status and text; None when it is not."""
        headers = list(scope["headers"])
        if not self._from_own_page(_all(headers, b"host"), _all(headers, b"origin")) or _from_elsewhere(headers):
            return 403, NOT_OF_THIS_SERVER
        path, query = str(scope.get("path", "/")), parse_qs(scope.get("query_string", b"").decode("latin-1"))
        if scope["type"] == "websocket":
            return None if FRAMES.fullmatch(path) and query.get("session_id") else (403, "there is nothing here")
        if path.rstrip("/") in CLOSED_PATHS:
            return 404, "there is nothing here"
        method = scope.get("method", "GET")
        if method in ("GET", "HEAD") or (method == "POST" and path in self._own_posts):
            return None
        if method != "POST" or not PAGE_CLOSED.fullmatch(path):
            return 405, "this server takes nothing by this method"
        if not query.get("session_id") or _length(headers) > LONGEST_POST:
            return 400, "this request is not one of the page's own"
        return None

    def _from_own_page(self, hosts: list[bytes], origins: list[bytes]) -> bool:
        if len(hosts) != 1 or len(origins) > 1:
            return False
        host = _address(f"{self._public[0] if self._public else 'http'}://{_text(hosts[0])}")
        plain = _address(f"http://{_text(hosts[0])}")
        if host is None or plain is None:
            return False
        by_public_name = host == self._public
        if not by_public_name and not self._is_own(plain[1]):
            return False
        origin = _address(_text(origins[0])) if origins else plain
        return origin is not None and origin in (plain, self._public)

    def _is_own(self, name: str) -> bool:
        return name in self._names or (self._in_network and _is_number(name))

    def _guarded(self, send: Any) -> Any:
        """Return what sends an answer with the headers that every answer has, and cookies that stay here."""
        secure = self._public is not None and self._public[0] == "https"

        async def send_guarded(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers = [
                    (n, _own_cookie(v, secure) if n.lower() == b"set-cookie" else v)
                    for n, v in message.get("headers", ())
                ]
                said = {name.lower() for name, _ in headers}  # a page that allows less than the others says so itself
                usual = [(name, value) for name, value in SECURITY_HEADERS if name not in said]
                message = {**message, "headers": [*headers, *usual]}
            await send(message)

        return send_guarded


NOT_OF_THIS_SERVER = (
    "this page does not belong to this server; behind a proxy, start it with --behind and its public address"
)


def is_loopback(host: str) -> bool:
    """Return whether an address is this machine's own, so that nobody else can reach it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _names_in_network(host: str) -> Iterable[str]:
    """Return what this machine may be called by others, and the name that it was told to listen on."""
    name = socket.gethostname().lower()
    return host.lower(), name, f"{name}.local", socket.getfqdn().lower()


def _is_number(name: str) -> bool:
    """Return whether a name is an address in numbers: whom it leads to, no stranger can decide."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _all(headers: list[tuple[bytes, bytes]], wanted: bytes) -> list[bytes]:
    return [value for name, value in headers if name.lower() == wanted]


def _text(value: bytes) -> str:
    return value.decode("latin-1").lower()


def _address(text: str) -> Address | None:
    """Return scheme, name and port of an address that has nothing else; None when it is none or has more."""
    if not text.isascii() or not text.isprintable() or " " in text:
        return None
    try:
        parts = urlsplit(text)
        port = parts.port or DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None
    more = parts.path or parts.query or parts.fragment or "@" in parts.netloc or text.endswith(("?", "#"))
    if more or not parts.hostname or port is None:
        return None
    return parts.scheme, parts.hostname, port


def _from_elsewhere(headers: list[tuple[bytes, bytes]]) -> bool:
    """Return whether a browser says that another site's page asks for this, other than by a link to it."""
    sites, modes = _all(headers, b"sec-fetch-site"), _all(headers, b"sec-fetch-mode")
    return any(site in (b"cross-site", b"same-site") for site in sites) and modes != [b"navigate"]


def _length(headers: list[tuple[bytes, bytes]]) -> int:
    """Return how long a request's body is; endless when it does not say."""
    (length, *_) = [*_all(headers, b"content-length"), b""]
    if length.isdigit():
        return int(length[:20])
    return LONGEST_POST + 1 if _all(headers, b"transfer-encoding") else 0


def _own_cookie(value: bytes, secure: bool) -> bytes:
    """Return a cookie that scripts do not see, that no other site's page sends, and that ends with the browser."""
    name_and_value, *attributes = value.split(b";")
    kept = [one for one in attributes if one.strip().lower().startswith(b"path=")]
    return b";".join([name_and_value, *kept, b" HttpOnly", b" SameSite=Strict", *([b" Secure"] if secure else [])])


async def _refuse(kind: str, send: Any, status: int, text: str) -> None:
    if kind == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    body = text.encode()
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
