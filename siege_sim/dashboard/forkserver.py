"""A fork server: starts processes as copies of one which has everything imported and compiled.

A process that imports the model by itself takes seconds to start and some 150 MB; a copy takes a tenth of a second and
shares what it does not change. Copies are made of a process that has no other threads; the server itself is never
copied. Where the system cannot copy processes (Windows), each is a fresh one.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from siege_sim.runner.pool import ctrl_c_deferred

PRELOAD_MODULE = "siege_sim.dashboard.preload"
"""The module that the process imports of which copies are made."""


@dataclass(frozen=True)
class ChildProcess:
    """A process and the pipe to it, which is nobody else's.

    Attributes:
        connection: this end of the pipe; it ends when the process does.
        process: the process.
    """

    connection: Connection[Any, Any]
    process: BaseProcess

    def kill(self) -> None:
        """End it at once, whatever it is doing; whoever waits for its response sees the pipe end."""
        self.process.kill()


class ForkServer:
    """Starts processes: copies where the system can copy, fresh ones elsewhere."""

    def __init__(self) -> None:
        self._copies = "forkserver" in multiprocessing.get_all_start_methods()
        self._context: Any = multiprocessing.get_context("forkserver" if self._copies else "spawn")
        if self._copies:
            self._context.set_forkserver_preload([PRELOAD_MODULE])
        self._lock = threading.Lock()

    def preload(self) -> None:
        """Make the first process ready, so that no reader waits for it; best before there are other threads."""
        if not self._copies:
            return
        with ctrl_c_deferred(), _single_threaded_algebra():
            first = self._context.Process(target=os.getpid)
            first.start()
            first.join()

    def start(self, target: Callable[..., None], *arguments: Any) -> ChildProcess:
        """Start a process that calls ``target(connection, *arguments)``."""
        with self._lock, contextlib.nullcontext() if self._copies else _single_threaded_algebra():
            ours, theirs = self._context.Pipe()
            process: BaseProcess = self._context.Process(target=target, args=(theirs, *arguments), daemon=True)
            process.start()
            theirs.close()  # so that its death ends the pipe
            return ChildProcess(ours, process)


@contextlib.contextmanager
def _single_threaded_algebra() -> Iterator[None]:
    """Let NumPy's libraries start no threads in processes that begin meanwhile: there is one for each reader."""
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
