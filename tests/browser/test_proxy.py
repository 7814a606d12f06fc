"""Behind a reverse proxy: the page comes under another name and path, and plays."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from contextlib import contextmanager
from http.client import HTTPConnection

import pytest

from tests.browser.conftest import COARSE, serving, teachers_link
from tests.browser.test_dashboard import DAY, play_to

pytestmark = pytest.mark.slow

HEAD_END = b"\r\n\r\n"


def pump(source, target):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for one in (source, target):
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


def rewritten(head, takes_path_off):
    """Return the head of a request as a proxy passes it on: one request a connection, and perhaps a shorter path."""
    if takes_path_off:
        head = re.sub(rb"^(\w+) /siege/?", rb"\1 /", head)
    if b"upgrade: websocket" not in head.lower():
        head = re.sub(rb"(?im)^connection:.*\r\n", b"", head).replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
    return head


@contextmanager
def proxy(takes_path_off):
    """Listen on a port of its own, and pass on to the port that is then set."""
    listening = socket.create_server(("127.0.0.1", 0))
    behind = {}

    def handle(client):
        head = b""
        while HEAD_END not in head:
            data = client.recv(65536)
            if not data:
                client.close()
                return
            head += data
        first, rest = head.split(HEAD_END, 1)
        with client, socket.create_connection(("127.0.0.1", behind["port"])) as upstream:
            upstream.sendall(rewritten(first + b"\r\n", takes_path_off) + b"\r\n" + rest)
            back = threading.Thread(target=pump, args=(client, upstream), daemon=True)
            back.start()
            pump(upstream, client)
            back.join()

    def accept():
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=handle, args=(client,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield listening.getsockname()[1], behind
    listening.close()


def answer(port, path="/", **headers):
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    found = response.status, response.read().decode()
    connection.close()
    return found


@pytest.mark.parametrize("takes_path_off", [True, False], ids=["path taken off", "path passed on"])
def test_behind_a_proxy_the_page_plays_under_its_public_address(chromium, takes_path_off):
    with proxy(takes_path_off) as (port, behind):
        public = f"http://siege.localhost:{port}/siege/"
        with serving("toy_town", "--set", COARSE, "--class", "--behind", public) as (address, server):
            behind["port"] = own = int(re.search(r"\d+$", address).group())
            page = chromium.new_context().new_page()
            page.set_default_timeout(60_000)
            asked = []
            page.on("request", lambda request: asked.append(request.url))
            page.goto(public)
            page.locator("canvas.map").wait_for()
            play_to(page, 3)
            assert page.evaluate(DAY) >= 3
            assert all(url.startswith((public, "data:", "blob:")) for url in asked)
            assert teachers_link(server).startswith(f"{public}class?key=")
            page.goto(teachers_link(server))
            page.get_by_text("All explore for themselves").wait_for()
            page.get_by_role("button", name="Freeze").click()
            page.get_by_text("The class is paused").wait_for()
            assert page.get_by_role("link", name="Open my siege").evaluate("(one) => one.href").startswith(f"{public}#")
            assert answer(own, host=f"siege.localhost:{port}", path="/siege/class?key=wrong")[0] == 403
            assert all(url.startswith((public, "data:", "blob:")) for url in asked)
            page.context.close()
            name = f"siege.localhost:{port}"
            assert answer(own, host=name, origin=public.removesuffix("/siege/"))[0] == 200
            assert answer(own, host=name, origin="http://elsewhere.example")[0] == 403
            assert answer(own, host="elsewhere.example")[0] == 403
            assert answer(own)[0] == 200


def test_who_comes_by_a_public_name_unexpectedly_is_told_what_to_do(address):
    status, text = answer(int(re.search(r"\d+$", address).group()), host="siege.example")
    assert status == 403
    assert "--behind" in text
