"""siege_sim: an agent-based simulator of urban sieges.

>>> from siege_sim import load_scenario, run
>>> result = run(load_scenario("toy_town"), seed=1)
>>> result.summary["ending"] in {"holding", "pocket_taken", "evacuated", "siege_broken"}
True

What this module exports is the public interface: see ``docs/interface.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from siege_sim._version import __version__ as __version__

if TYPE_CHECKING:
    from siege_sim.loading.scenario import load_scenario as load_scenario
    from siege_sim.model.agents.columns import Column as Column
    from siege_sim.model.agents.facility import Facility as Facility
    from siege_sim.model.city.layers import LayerSpec as LayerSpec
    from siege_sim.model.ledger import Flow as Flow
    from siege_sim.model.model import SiegeModel as SiegeModel
    from siege_sim.model.outcome import Outcome as Outcome
    from siege_sim.model.processes.base import Intervention as Intervention
    from siege_sim.model.processes.base import Phase as Phase
    from siege_sim.model.processes.base import Process as Process
    from siege_sim.model.scenario import Scenario as Scenario
    from siege_sim.model.state import SiegeState as SiegeState
    from siege_sim.plots import Drawing as Drawing
    from siege_sim.plots.style import sheet as sheet
    from siege_sim.results.run import RunResult as RunResult
    from siege_sim.results.run import read_run as read_run
    from siege_sim.results.store import read_sweep as read_sweep
    from siege_sim.runner.interface import compare as compare
    from siege_sim.runner.interface import run_ensemble as run_ensemble
    from siege_sim.runner.interface import score as score
    from siege_sim.runner.interface import sweep as sweep
    from siege_sim.runner.run import run as run
    from siege_sim.schema.block import param as param

_HOMES = {
    "Column": "siege_sim.model.agents.columns",
    "Drawing": "siege_sim.plots",
    "Facility": "siege_sim.model.agents.facility",
    "Flow": "siege_sim.model.ledger",
    "Intervention": "siege_sim.model.processes.base",
    "LayerSpec": "siege_sim.model.city.layers",
    "Outcome": "siege_sim.model.outcome",
    "Phase": "siege_sim.model.processes.base",
    "Process": "siege_sim.model.processes.base",
    "RunResult": "siege_sim.results.run",
    "Scenario": "siege_sim.model.scenario",
    "SiegeModel": "siege_sim.model.model",
    "SiegeState": "siege_sim.model.state",
    "compare": "siege_sim.runner.interface",
    "load_scenario": "siege_sim.loading.scenario",
    "param": "siege_sim.schema.block",
    "read_run": "siege_sim.results.run",
    "read_sweep": "siege_sim.results.store",
    "run": "siege_sim.runner.run",
    "run_ensemble": "siege_sim.runner.interface",
    "score": "siege_sim.runner.interface",
    "sheet": "siege_sim.plots.style",
    "sweep": "siege_sim.runner.interface",
}
"""Where each public name is defined."""

__all__ = ["__version__", *_HOMES]  # pyright: ignore[reportUnsupportedDunderAll]


if not TYPE_CHECKING:  # a checker of types that saw it would take every misspelt name for a public one

    def __getattr__(name: str) -> Any:
        """Import a public name when it is first used: Mesa and pandas take a second and more to load."""
        if name not in _HOMES:
            raise AttributeError(f"module 'siege_sim' has no attribute '{name}'")
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Name what can be imported."""
    return sorted(__all__)
