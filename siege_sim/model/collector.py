"""What Mesa's tools ask a model for: a data collector, here with the outcomes that are recorded anyway."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import mesa

from siege_sim.model.outcomes import DAILY

if TYPE_CHECKING:
    from siege_sim.model.model import SiegeModel


class OutcomeCollector(mesa.DataCollector):
    """Mesa's data collector with a row for each day that was played, read from ``model.recorder`` when it is asked.

    Day 0 has no row: `mesa.batch_run` of Mesa 3.3 leaves out the last row of a model that has one for it.
    """

    def __init__(self, model: SiegeModel) -> None:
        self._model = model
        reporters = {outcome.name: partial(_newest, column) for column, outcome in enumerate(DAILY)}
        super().__init__(model_reporters={"day": _day, "seed": _seed, **reporters, "ending": _ending})

    @property
    def model_vars(self) -> dict[str, list[Any]]:
        """The values of every day by name: day, seed, the outcomes, and how the siege has ended by then."""
        model, days = self._model, self._collection_steps
        columns = model.recorder.values[1 : model.recorder.rows].T.tolist()
        outcomes = {outcome.name: column for outcome, column in zip(DAILY, columns, strict=True)}
        endings = ["holding"] * (len(days) - 1) + [model.politics.outcome] * bool(days)
        return {"day": days, "seed": [model.seed] * len(days), **outcomes, "ending": endings}

    @model_vars.setter
    def model_vars(self, value: object) -> None:
        """Ignore the empty lists that Mesa begins with."""

    @property
    def _collection_steps(self) -> list[int]:
        return list(range(1, self._model.recorder.rows))

    @_collection_steps.setter
    def _collection_steps(self, value: object) -> None:
        """Ignore the empty list that Mesa 3.5 begins with."""

    def _new_model_reporter(self, name: str, reporter: object) -> None:
        self.model_reporters[name] = reporter

    def collect(self, model: SiegeModel) -> None:
        """Do nothing: every day is recorded as it is played."""


def _newest(column: int, model: SiegeModel) -> float:
    return float(model.recorder.values[model.recorder.rows - 1, column])


def _day(model: SiegeModel) -> int:
    return model.day


def _seed(model: SiegeModel) -> int:
    return model.seed


def _ending(model: SiegeModel) -> str:
    return model.politics.outcome
