"""All sessions of a server, each with a key of its own, under caps.

In a class each session has a process of its own, and one that is not used is suspended: its process ends, and what it
takes to continue is kept.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from siege_sim.dashboard.forkserver import ForkServer
from siege_sim.dashboard.limits import SessionError, SessionSuspendedError
from siege_sim.dashboard.remote_session import RemoteSession
from siege_sim.dashboard.saved_session import SavedSessions, SessionWriter, first_readable
from siege_sim.dashboard.server_settings import ServerSettings
from siege_sim.dashboard.session import Session
from siege_sim.errors import SiegeError

if TYPE_CHECKING:
    from siege_sim.dashboard.runs import SessionState

AnySession = Session | RemoteSession


@dataclass
class SessionEntry:
    """A session, how many pages show it, when it was last used, and the lesson that is read beside it."""

    session: AnySession
    pages: int = 0
    last_used: float = 0.0
    lesson: str = ""
    writer: SessionWriter = field(default_factory=SessionWriter)

    @property
    def active(self) -> bool:
        """Whether it counts against the cap."""
        return not isinstance(self.session, RemoteSession) or self.session.active


@dataclass(frozen=True)
class Remembered:
    """What a page remembers of a session that the server may not know any more.

    Attributes:
        last: the key of the tab that was used before this one in the same browser.
        text: the session, as `SessionWriter` wrote it.
        day: the day that the page showed.
    """

    last: str = ""
    text: str = ""
    day: int = 0


class Sessions:
    """Sessions by key, under a cap. What no page shows any more makes room for new ones, the longest unused first.

    Attributes:
        settings: of the server.
        ensemble_lock: held by the one ensemble that is running.
    """

    def __init__(self, settings: ServerSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self.settings = settings
        self.ensemble_lock = threading.Lock()
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: dict[str, SessionEntry] = {}
        self._saved = SavedSessions(Path(settings.folder) if settings.folder else None)
        self._fork_server = ForkServer() if settings.process_per_session else None

    def __len__(self) -> int:
        return sum(entry.active for entry in self._entries.values())

    def preload(self) -> None:
        """Make ready what readers would have to wait for; best before there are other threads."""
        self._saved.clean()
        if self._fork_server is not None:
            self._fork_server.preload()
            threading.Thread(target=self._suspend_idle_forever, daemon=True).start()

    def attach(self, key: str, remembered: Remembered | None = None) -> AnySession:
        """Return the session that a page shows, by its key.

        When the key is not known, it is the session of the tab before, if no page shows that any more; otherwise one
        that continues where that, what was kept on disk, or what the page remembers was left; otherwise a new one.

        Raises:
            SessionError: when there are as many sessions as there may be, and all are in use.
        """
        with self._lock:
            if key not in self._entries:
                self._entries[key] = self._entry_for(key, remembered or Remembered())
            entry = self._entries[key]
            self._resume(entry)
            entry.pages += 1
        if isinstance(entry.session, RemoteSession):
            self._wait_until_ready(key, entry.session)
            entry.lesson = entry.lesson or entry.session.take_lesson()
        return entry.session

    def _entry_for(self, key: str, remembered: Remembered) -> SessionEntry:
        before = self._entries.get(remembered.last)
        if before is not None and before.pages <= 0:
            return self._entries.pop(remembered.last)
        texts = [self._saved.load(key)]
        if before is not None:
            texts.append(before.writer.text(before.session.state, before.lesson))
        texts += [self._saved.load(remembered.last), remembered.text]
        self._make_room()
        return self._new_entry(tuple(filter(None, texts)), remembered.day)

    def _new_entry(self, texts: tuple[str, ...], day: int) -> SessionEntry:
        """Return a session that continues with the first of some texts that can be read, or a new one.

        In a class they are read by the session's own process: reading too is under its caps.
        """
        server = self.settings
        first = server.scenario, server.seed, server.scenario_settings
        if self._fork_server is not None:
            return SessionEntry(RemoteSession(self._fork_server, server.limits, server.memory_mb, first, texts, day))
        found = first_readable(texts, day, server.limits)
        if found is not None:
            return SessionEntry(Session.restored(found[0], server.limits), lesson=found[1])
        return SessionEntry(Session(first[0], first[1], server.limits, first[2]))

    def state_of(self, key: str) -> SessionState | None:
        """Return what a session shows, by its key; ``None`` where there is none."""
        entry = self._entries.get(key)
        try:
            return None if entry is None else entry.session.state
        except SessionError:
            return None  # it has not begun yet

    def save(self, key: str) -> str:
        """Keep a session on disk, and return it as text for the page to remember."""
        entry = self._entries.get(key)
        if entry is None:
            return ""
        try:
            text = entry.writer.text(entry.session.state, entry.lesson)
        except SessionError:
            return ""  # it has not begun yet
        self._saved.save(key, text)
        return text

    def resume(self, key: str) -> bool:
        """Let a session continue if it was suspended; return whether it was.

        Raises:
            SessionError: as for `attach`.
        """
        with self._lock:
            return self._resume(self._entries[key])

    def _resume(self, entry: SessionEntry) -> bool:
        entry.last_used = self._clock()
        if not isinstance(entry.session, RemoteSession) or entry.active:
            return False
        self._make_room()
        entry.session.resume()
        return True

    def detach(self, key: str) -> None:
        """Note that a page is closed; its session waits for the reader to come back until room is needed."""
        if key in self._entries:
            self._entries[key].pages -= 1
            self.save(key)

    def touch(self, key: str) -> None:
        """Note that a session is in use."""
        if key in self._entries:
            self._entries[key].last_used = self._clock()

    def lesson_of(self, key: str) -> str:
        """Return the name of the lesson that is read beside a session; empty for none."""
        return self._entries[key].lesson if key in self._entries else ""

    def set_lesson(self, key: str, lesson: str) -> None:
        """Note which lesson is read beside a session, for a page that is loaded again."""
        if key in self._entries:
            self._entries[key].lesson = lesson

    def suspend_idle(self) -> None:
        """Suspend the sessions of a class that nobody uses, and those whose process has died."""
        idle = self.settings.idle_minutes
        reason = f"this session was not used for {idle:g} minute{'s' * (idle != 1)}, so it was suspended"
        with self._lock:
            for entry in self._entries.values():
                if isinstance(entry.session, RemoteSession):
                    entry.session.check_process()
                    if entry.last_used < self._clock() - 60.0 * idle:
                        entry.session.suspend(reason)
            self._forget_oldest()

    def close(self) -> None:
        """Keep all sessions on disk and end all processes."""
        with self._lock:
            for key, entry in self._entries.items():
                self.save(key)
                if isinstance(entry.session, RemoteSession):
                    entry.session.suspend("the server has stopped")

    def _wait_until_ready(self, key: str, session: RemoteSession) -> None:
        """Wait until a session can be shown; others can attach meanwhile. One that cannot begin makes room."""
        try:
            session.wait_until_ready()
        except SessionSuspendedError:
            if session.runs:
                return  # the reader sees why, and can begin with something else
            self._drop(key, session)
            raise
        except SiegeError:
            self._drop(key, session)
            raise

    def _drop(self, key: str, session: RemoteSession) -> None:
        session.suspend("it could not begin")
        with self._lock:
            if key in self._entries and self._entries[key].session is session:
                del self._entries[key]

    def _make_room(self) -> None:
        most, idle = self.settings.max_sessions, self.settings.idle_minutes
        if len(self) < most:
            return
        oldest = self._clock() - 60.0 * idle
        unused = [
            key
            for key, entry in self._entries.items()
            if entry.active and (entry.pages <= 0 or entry.last_used < oldest)
        ]
        if not unused:
            raise SessionError(
                f"all {most} sessions are in use; close a page that is not used, or try again later: a page that "
                f"nobody has used for {idle:g} minutes makes room"
            )
        key = min(unused, key=lambda key: self._entries[key].last_used)
        session = self._entries[key].session
        if isinstance(session, RemoteSession):
            session.suspend("this session was not used and others needed room, so it was suspended")
        else:
            del self._entries[key]

    def _forget_oldest(self) -> None:
        """Forget the sessions that were suspended longest ago, once there are many."""
        suspended = sorted((entry.last_used, key) for key, entry in self._entries.items() if not entry.active)
        kept = SUSPENDED_PER_ACTIVE * self.settings.max_sessions
        for _, key in suspended[: max(0, len(suspended) - kept)]:
            if self._entries[key].pages <= 0:
                del self._entries[key]

    def _suspend_idle_forever(self) -> None:
        while True:
            time.sleep(1.0)
            self.suspend_idle()


SUSPENDED_PER_ACTIVE = 4
"""How many suspended sessions are kept for each that may be active."""


@cache
def server_sessions() -> Sessions:
    """Return this server's sessions."""
    return Sessions(ServerSettings.from_environment())
