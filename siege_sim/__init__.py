"""siege_sim: an agent-based simulator of urban sieges.

>>> from siege_sim import load_scenario, run
>>> result = run(load_scenario("toy_town"), seed=1)
>>> result.summary["ending"] in {"holding", "pocket_taken", "evacuated", "siege_broken"}
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["RunResult", "Scenario", "SiegeModel", "__version__", "load_scenario", "run"]

if TYPE_CHECKING:
    from siege_sim.loading.scenario import load_scenario
    from siege_sim.model.model import SiegeModel
    from siege_sim.model.scenario import Scenario
    from siege_sim.results.run import RunResult
    from siege_sim.runner.run import run

_HOMES = {
    "load_scenario": "siege_sim.loading.scenario",
    "Scenario": "siege_sim.model.scenario",
    "SiegeModel": "siege_sim.model.model",
    "RunResult": "siege_sim.results.run",
    "run": "siege_sim.runner.run",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: Mesa and pandas take a second and more to load."""
    if name not in _HOMES:
        raise AttributeError(f"module 'siege_sim' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
