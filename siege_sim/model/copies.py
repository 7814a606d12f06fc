"""Copies of models: what `copy.deepcopy` and `pickle` take of a model, and how it is put into another one.

All that a model holds is data and is copied as Python copies data: people, units, ground, books, the log, and whatever
a user has added. Only what Mesa keeps for its own purposes (sets of agents, the clock with its events, the wrapped
``step``) is made anew by Mesa, and filled again through Mesa's own methods.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import mesa

from siege_sim.errors import SiegeError

if TYPE_CHECKING:
    from mesa.agent import Agent

    from siege_sim.model.state import SiegeState

NUMBERS_OF_MESA = frozenset({"running", "steps", "_time", "agent_id_counter", "rng", "_rng", "random", "_seed"})
"""What of the attributes that Mesa gives to every model is data."""


class Content(NamedTuple):
    """What a model holds.

    Attributes:
        attributes: all its own attributes, and Mesa's numbers.
        agents: the registered agents, in their order, with their ``unique_id``.
    """

    attributes: dict[str, Any]
    agents: list[tuple[Agent, int]]


def content_of(model: SiegeState) -> Content:
    """Return what a model holds.

    Raises:
        SiegeError: a user has added something that a copy could not have.
    """
    for what in _left_behind(model):
        raise SiegeError(f"the model cannot be copied or saved: {what}")
    machinery = vars(mesa.Model(rng=0)).keys() - NUMBERS_OF_MESA
    attributes = {name: value for name, value in vars(model).items() if name not in machinery}
    return Content(attributes, [(agent, agent.unique_id) for agent in model._all_agents])


def _left_behind(model: Any) -> Iterator[str]:
    """Yield what would not be in a copy, or would be in both."""
    for name, stock in model.ledger.stocks.items():
        if getattr(stock.measure, "__closure__", None):
            yield (
                f"the measure of the stock '{name}' only remembers what it reads, so it would read the same in a copy; "
                "open the stock with functools.partial(function, model)"
            )
    if len(getattr(model, "_event_generators", ())) > 1 or len(getattr(model, "_event_list", ())) > 1:
        yield "it has scheduled events of its own; let them pass first, or cancel them"
    if any(getattr(model, "subscribers", {}).values()):
        yield "somebody observes it with Mesa's signals; call model.clear_all_subscriptions first"
    if getattr(getattr(model, "data_registry", None), "datasets", None):
        yield "it has data sets in model.data_registry; use model.recorder or a DataCollector"


def empty(kind: type[SiegeState], seed: int) -> SiegeState:
    """Return a Mesa model of a class with nothing in it, for the content of another to be put into."""
    model = kind.__new__(kind)
    mesa.Model.__init__(model, rng=seed)
    return model


def fill(model: Any, content: Content) -> None:
    """Put the content of another model into an empty one."""
    _set_clock(model, content.attributes.get("_time", float(content.attributes["steps"])))
    vars(model).update(content.attributes)
    model._all_agents.random = content.attributes["random"]
    for agent, unique_id in content.agents:
        agent.unique_id = unique_id
        model.register_agent(agent)
        agent.unique_id = unique_id
    model.agent_id_counter = content.attributes["agent_id_counter"]


def _set_clock(model: Any, time: float) -> None:
    """Let the clock that Mesa 3.5 has, with its list of events to come, go to a time at which nothing is played."""
    if getattr(model, "time", time) < time:
        step, model._user_step = model._user_step, lambda: None
        model.run_until(time)
        model._user_step = step
