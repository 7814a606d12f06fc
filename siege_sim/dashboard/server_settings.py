"""Settings of a server: what it shows, to how many readers, and how much of the machine each of them may have."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from siege_sim.dashboard.limits import Limits
from siege_sim.errors import SiegeError
from siege_sim.languages.catalogue import known_language
from siege_sim.loading.scenario import parent_of

ENVIRONMENT = "SIEGE_SIM_DASHBOARD"
"""Where the command leaves its settings for the server's own process."""


@dataclass(frozen=True)
class ServerSettings:
    """What a server shows, and how much of it at once.

    Attributes:
        scenario: with what a new session opens: the name of a shipped scenario, or a file that the command line named.
        seed: of new sessions.
        scenario_settings: as the command line's ``--set``, for new sessions.
        max_sessions: how many sessions there may be.
        idle_minutes: after which a session that nobody has touched may be dropped; in a class it is suspended.
        ensemble_workers: processes for ensembles.
        limits: of each session.
        process_per_session: whether each session has a process of its own.
        memory_mb: how much memory such a process may take, beyond what all share.
        folder: where sessions are kept, to come back after a restart; empty to keep none.
        lessons: files of lessons that are listed before those that come with the program.
        language: of pages whose reader has chosen no other; empty for what the browser wishes.
    """

    scenario: str = "toy_town"
    seed: int = 1
    scenario_settings: tuple[str, ...] = ()
    max_sessions: int = 8
    idle_minutes: float = 120.0
    ensemble_workers: int = 2
    limits: Limits = field(default_factory=Limits)
    process_per_session: bool = False
    memory_mb: int = 200
    folder: str = ""
    lessons: tuple[str, ...] = ()
    language: str = ""

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
        return () if name is None else self.scenario_settings

    @classmethod
    def from_environment(cls) -> ServerSettings:
        """Read what the command has left; the defaults without."""
        data = json.loads(os.environ.get(ENVIRONMENT, "{}"))
        limits = Limits(**data.pop("limits", {}))
        lists = {name: tuple(data.get(name, ())) for name in ("scenario_settings", "lessons")}
        return cls(**{**data, **lists, "limits": limits})


CLASS_SETTINGS = ServerSettings(
    max_sessions=30,
    idle_minutes=20.0,
    limits=Limits(days=1_250, households=60_000, units=5_000, cells=10_000, ensemble_runs=30),
    process_per_session=True,
)
"""Caps of a class; every shipped scenario fits."""


def server_settings(
    scenario: str,
    seed: int,
    scenario_settings: Sequence[str],
    *,
    for_a_class: bool,
    max_sessions: int | None = None,
    idle_minutes: float | None = None,
    max_days: int | None = None,
    memory_mb: int | None = None,
    lessons: Sequence[Path] = (),
    language: str = "",
) -> ServerSettings:
    """Return the settings of a server, with the default caps for what is not given.

    Raises:
        SiegeError: memory is to be capped where all sessions share one process, a lesson is wrong, or there is no
            catalogue of the language.
    """
    default = CLASS_SETTINGS if for_a_class else ServerSettings()
    if memory_mb is not None and not for_a_class:
        raise SiegeError("--memory-mb caps the process of each session, and only --class gives each its own; add it")
    return replace(
        default,
        scenario=scenario,
        seed=seed,
        scenario_settings=tuple(scenario_settings),
        max_sessions=max_sessions or default.max_sessions,
        idle_minutes=idle_minutes or default.idle_minutes,
        limits=replace(default.limits, days=max_days or default.limits.days),
        memory_mb=memory_mb or default.memory_mb,
        lessons=tuple(_checked_lesson_file(file) for file in lessons),
        language=known_language(language) if language else "",
    )


def _checked_lesson_file(file: Path) -> str:
    """Return the whole path of a lesson, once it is known to be right."""
    from siege_sim.dashboard.lessons.check_lesson import checked_lesson
    from siege_sim.dashboard.lessons.lesson_file import find_lesson
    from siege_sim.dashboard.lessons.translation import lesson_in
    from siege_sim.languages.catalogue import languages

    found = find_lesson(file).resolve()
    checked_lesson(found)
    for language in languages():
        lesson_in(language, found)
    return str(found)
