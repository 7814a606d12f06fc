"""How places become Mesa agents: when the state of a siege is imported, which is when one can be played.

Maps, and lists of what there is, ask only what kinds of places there are; Mesa takes a second and more to import.
"""

from __future__ import annotations

from mesa.discrete_space import FixedAgent

from siege_sim.model.agents.base import SiegeAgent
from siege_sim.model.agents.facility import Facility


def make_places_agents() -> None:
    """Let all kinds of places, also those of plug-ins, be Mesa agents fixed to a cell."""
    if not issubclass(Facility, FixedAgent):
        Facility.__bases__ = (*Facility.__bases__, SiegeAgent, FixedAgent)
        for kind in _with_those_below(Facility):
            super(SiegeAgent, kind).__init_subclass__()  # what Mesa does for each class as it is made


def _with_those_below(kind: type[Facility]) -> list[type[Facility]]:
    """Return a kind of place and all that are made from it so far."""
    return [kind, *(one for below in kind.__subclasses__() for one in _with_those_below(below))]
