"""The plain-Mesa twin as ``mesa.batch_run`` wants a model: it reads its start, and collects how many are left."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from mesa import DataCollector

from tests.benchmarks.start import Start, read_start
from tests.benchmarks.twin import TwinTown


class TwinInBatch(TwinTown):
    """The twin with a collector.

    Args:
        start_file: where its start is written.
        number: its seed, under a name that no version of ``batch_run`` replaces.
        rng: what Mesa 3.5 passes of itself.
    """

    def __init__(self, start_file: str, number: int, rng: object = None) -> None:
        super().__init__(_start_in(start_file), seed=number)
        self.datacollector = DataCollector(model_reporters={"people": lambda town: sum(town.civilians)})

    def step(self) -> None:
        """Play one day and note it."""
        super().step()
        self.datacollector.collect(self)


@cache
def _start_in(file: str) -> Start:
    """Return a start, read once a process."""
    return read_start(Path(file))
