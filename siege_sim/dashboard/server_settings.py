"""Programmes: what a server shows, to how many readers, and how much of the machine each of them may have."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace

from siege_sim.dashboard.limits import Limits
from siege_sim.errors import SiegeError
from siege_sim.loading.scenario import parent_of

ENVIRONMENT = "SIEGE_SIM_DASHBOARD"
"""Where the command leaves its settings for the server's own process."""


@dataclass(frozen=True)
class Programme:
    """What a server shows, and how much of it at once.

    Attributes:
        scenario: with what a new session opens: the name of a shipped scenario, or a file that the command line named.
        seed: of new sessions.
        settings: as the command line's ``--set``, for new sessions.
        sessions: how many sessions there may be.
        idle_minutes: after which a session that nobody has touched may be dropped; in a class it is put away.
        workers: processes for ensembles.
        limits: of each session.
        apart: whether each session is played in a process of its own.
        memory_mb: how much memory such a process may take, beyond what all share.
    """

    scenario: str = "toy_town"
    seed: int = 1
    settings: tuple[str, ...] = ()
    sessions: int = 8
    idle_minutes: float = 120.0
    workers: int = 2
    limits: Limits = field(default_factory=Limits)
    apart: bool = False
    memory_mb: int = 200

    def to_environment(self) -> None:
        """Leave it where the server's process finds it."""
        os.environ[ENVIRONMENT] = json.dumps(asdict(self))

    def settings_for(self, scenario: str) -> tuple[str, ...]:
        """Return the settings for a shipped scenario: those given, if it is the given scenario or builds on it.

        So runs side by side have people and mechanisms alike, and a class stays as coarse as its teacher has set it.
        """
        name: str | None = scenario
        while name is not None and name != self.scenario:
            name = parent_of(name)
        return () if name is None else self.settings

    @classmethod
    def from_environment(cls) -> Programme:
        """Read what the command has left; the usual programme without."""
        data = json.loads(os.environ.get(ENVIRONMENT, "{}"))
        limits = Limits(**data.pop("limits", {}))
        return cls(**{**data, "settings": tuple(data.get("settings", ())), "limits": limits})


FOR_A_CLASS = Programme(
    sessions=30,
    idle_minutes=20.0,
    limits=Limits(days=400, households=60_000, units=5_000, cells=10_000, ensemble_runs=30),
    apart=True,
)
"""Caps of a class; every shipped scenario fits."""


def programme_of(
    scenario: str,
    seed: int,
    settings: Sequence[str],
    *,
    for_a_class: bool,
    sessions: int | None = None,
    idle_minutes: float | None = None,
    most_days: int | None = None,
    memory_mb: int | None = None,
) -> Programme:
    """Return what a server shows, with the usual caps for what is not given.

    Raises:
        SiegeError: memory is to be capped where all sessions share one process.
    """
    usual = FOR_A_CLASS if for_a_class else Programme()
    if memory_mb is not None and not for_a_class:
        raise SiegeError("--memory-mb caps the process of each session, and only --class gives each its own; add it")
    return replace(
        usual,
        scenario=scenario,
        seed=seed,
        settings=tuple(settings),
        sessions=sessions or usual.sessions,
        idle_minutes=idle_minutes or usual.idle_minutes,
        limits=replace(usual.limits, days=most_days or usual.limits.days),
        memory_mb=memory_mb or usual.memory_mb,
    )
