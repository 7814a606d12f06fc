"""Starting the server of the dashboard: Solara under uvicorn, with nothing from another machine and for nobody else."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import secrets
import signal
import socket
import sys
import threading
import time
import warnings
import webbrowser
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from siege_sim.dashboard.class_pages import CLASS_ORDERS, CLASS_PATH, ClassPages
from siege_sim.dashboard.classroom import server_classroom
from siege_sim.dashboard.same_origin import SameOrigin, is_loopback
from siege_sim.dashboard.saved_session import sessions_folder
from siege_sim.errors import SiegeError
from siege_sim.loading.scenario import load_scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

    import uvicorn

    from siege_sim.dashboard.classroom import Classroom
    from siege_sim.dashboard.server_settings import ServerSettings
    from siege_sim.dashboard.sessions import Sessions

REQUIRED_PACKAGES = ("solara", "ipyvuetify", "solara_assets")
"""What the extra `dashboard` brings."""

UNREACHABLE = "http://127.0.0.1:9/"
"""Where Solara looks for what is not among its assets: it must ask no other machine."""


class DashboardError(SiegeError):
    """The dashboard cannot be started."""


def serve(settings: ServerSettings, host: str, port: int, open_browser: bool, behind: str = "") -> None:
    """Serve the dashboard until it is stopped with Ctrl-C.

    Args:
        settings: what is shown, to how many.
        host: the address to listen on.
        port: the port; 0 for any that is free.
        open_browser: whether to open a browser window.
        behind: the address under which a reverse proxy shows the dashboard; empty for none.

    Raises:
        SiegeError: a scenario that is wrong, an extra that is not installed, or a port that is taken.
    """
    check_installed()
    public = public_address(behind)
    settings.limits.check(load_scenario(settings.scenario, settings.scenario_settings))
    with _listen(host, port) as listening, _signals_handled():
        port = listening.getsockname()[1]
        replace(settings, folder=str(sessions_folder() or "")).to_environment()
        _configure_solara(host, port, public)
        if not is_loopback(host):
            print(_WARNING.format(host=host), file=sys.stderr)
        sessions = _preloaded_sessions()
        address = f"http://{_in_address(host)}:{port}"
        server = _server(host, public, settings.process_per_session)
        if settings.process_per_session:
            print(_class_notice(settings), file=sys.stderr)
            base = address if public is None else public.geturl().rstrip("/")
            print(f"For the teacher alone: {base}{CLASS_PATH}?key={server_classroom().secret}", file=sys.stderr)
        if (reached := _reached_at(host)) is not None:
            print(f"From other machines: http://{reached}:{port}", file=sys.stderr)
        if public is not None:
            print(f"Through the proxy: {public.geturl()}", file=sys.stderr)
        print(f"The dashboard is at {address} (stop it with Ctrl-C)", file=sys.stderr, flush=True)
        if open_browser:
            threading.Thread(target=_open_when_ready, args=(server, address), daemon=True).start()
        try:
            server.run(sockets=[listening])
        finally:
            sessions.close()
    print("the dashboard has stopped", file=sys.stderr)


@contextlib.contextmanager
def _signals_handled() -> Iterator[None]:
    """Outlive readers who go away in the middle of an answer, and end quietly with Ctrl-C."""
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    warnings.filterwarnings("ignore", "Cookies with samesite=none", UserWarning)
    with contextlib.suppress(KeyboardInterrupt):
        yield


_WARNING = (
    "warning: {host} can be reached from other machines. Whoever reaches it can use this one; there is no "
    "password and no encryption. Use it in a network that you trust, or omit --host."
)


def _preloaded_sessions() -> Sessions:
    """Return the server's sessions, made before the first readers ask for them, all at once."""
    from siege_sim.dashboard.sessions import server_sessions

    sessions = server_sessions()
    sessions.preload()
    return sessions


def _class_notice(settings: ServerSettings) -> str:
    """Return what a teacher should know of the caps."""
    most_mb, has_mb = settings.max_sessions * settings.memory_mb, _memory_mb()
    lines = [
        f"A class of up to {settings.max_sessions}: {settings.memory_mb} MB and runs of {settings.limits.days} days "
        f"for each; what nobody uses for {settings.idle_minutes:g} minutes is suspended."
    ]
    if has_mb and most_mb > has_mb:
        lines.append(
            f"warning: together they may ask for {most_mb:,} MB, and this machine has {has_mb:,}; lower --sessions or "
            "--memory-mb"
        )
    return "\n".join(lines)


def _memory_mb() -> int:
    """Return how much memory this machine has; 0 where it does not say."""
    if not hasattr(os, "sysconf"):
        return 0
    return int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e6)


def check_installed() -> None:
    """Refuse to start without the extra.

    Raises:
        DashboardError: explains how to install it.
    """
    missing = [name for name in REQUIRED_PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        raise DashboardError(
            f"the dashboard needs {', '.join(missing)}; install it with: pip install 'siege_sim[dashboard]', "
            "or in a clone of the project: make dashboard"
        )


def _in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else {"0.0.0.0": "127.0.0.1"}.get(host, host)


def _reached_at(host: str) -> str | None:
    """Return the address that other machines reach this one at, if it listens on all of its addresses and has one."""
    if host != "0.0.0.0":
        return None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address for examples; this chooses a way there and sends nothing
        except OSError:
            return None
        address: str = probe.getsockname()[0]
    return None if is_loopback(address) else address


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        if os.name == "posix":  # elsewhere this would let two servers have one port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise DashboardError(f"{host}:{port} cannot be listened on: {error.strerror}; choose another --port") from None
    return listening


def public_address(behind: str) -> SplitResult | None:
    """Return the parts of the address under which a reverse proxy shows the dashboard, with a slash at its end.

    Raises:
        DashboardError: it is no such address.
    """
    if not behind:
        return None
    try:
        parts = urlsplit(behind)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment or parts.username:
        raise DashboardError(f"--behind {behind}: write the whole address, such as https://example.org/siege/")
    return parts._replace(netloc=parts.netloc.lower(), path=f"{parts.path.rstrip('/')}/")


def _configure_solara(host: str, port: int, public: SplitResult | None) -> None:
    """Set Solara up before it is imported: production, no telemetry, own assets, a secret of this start alone."""
    os.environ.update(
        SOLARA_APP="siege_sim.dashboard.app:Page",
        SOLARA_MODE="production",
        SOLARA_TELEMETRY_MIXPANEL_ENABLE="false",
        SOLARA_ASSETS_PROXY="true",
        SOLARA_ASSETS_CDN=UNREACHABLE,
        SOLARA_THEME_SHOW_BANNER="false",
        SOLARA_THEME_TITLE="siege_sim",
        SOLARA_THEME_FORCE_REFRESH="true",
        SOLARA_SESSION_SECRET_KEY=secrets.token_urlsafe(32),
        SOLARA_SESSION_HTTP_ONLY="true",
        SOLARA_SESSION_HTTPS_ONLY=str(public is not None and public.scheme == "https").lower(),
        SOLARA_SESSION_SAME_SITE="strict",
        SOLARA_KERNEL_CULL_TIMEOUT="10m",
        SERVER_NAME=host,
        SERVER_PORT=str(port),
    )
    if public is not None:
        os.environ.update(SOLARA_ROOT_PATH=public.path.rstrip("/"), SOLARA_BASE_URL=public.geturl())


MOST_BYTES_AT_ONCE = 4_000_000
"""Bytes of what a page sends at once: a kept session, at the most."""


def guarded(app: Any, host: str, public: SplitResult | None, room: Classroom | None) -> SameOrigin:
    """Return the application as it is served: with the pages of a class, if there is one, for its own pages alone."""
    if room is None:
        return SameOrigin(app, host, public)
    return SameOrigin(ClassPages(app, room), host, public, own_posts=(CLASS_ORDERS,))


def _server(host: str, public: SplitResult | None, for_a_class: bool) -> uvicorn.Server:
    import uvicorn
    from solara.server.starlette import app

    return uvicorn.Server(
        uvicorn.Config(
            guarded(app, host, public, server_classroom() if for_a_class else None),
            log_level="warning",
            access_log=False,
            lifespan="on",
            timeout_graceful_shutdown=1,
            ws_max_size=MOST_BYTES_AT_ONCE,
            server_header=False,
        )
    )


def _open_when_ready(server: uvicorn.Server, address: str) -> None:
    while not server.started:
        time.sleep(0.05)
    webbrowser.open(address)
