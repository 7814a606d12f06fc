"""The base of all agents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import mesa


class _CountPerModel:
    """Numbers for ``unique_id`` in Mesa before 3.4.2, kept on the model as later Mesas do.

    Mesa's own dictionary of counts holds every model for ever.
    """

    def __getitem__(self, model: Any) -> Iterator[int]:
        number = vars(model).get("agent_id_counter", 1)
        model.agent_id_counter = number + 1
        return iter((number,))


class SiegeAgent(mesa.Agent):
    """A Mesa agent of this project."""

    _ids = _CountPerModel()
