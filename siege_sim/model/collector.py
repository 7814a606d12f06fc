"""What Mesa's tools ask a model for: a data collector, here with the outcomes that are recorded anyway."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import mesa

if TYPE_CHECKING:
    from siege_sim.model.conditions import Politics
    from siege_sim.model.outcomes import Recorder

    class Recorded(Protocol):
        """A model whose days are recorded."""

        day: int
        seed: int
        politics: Politics
        recorder: Recorder


class OutcomeCollector(mesa.DataCollector):
    """Mesa's data collector with a row for each day, read from ``model.recorder`` when it is asked.

    Day 0 has no row: `mesa.batch_run` of Mesa 3.3 leaves out the last row of a model that has one for it.
    """

    def __init__(self, model: Recorded) -> None:
        self._model = model
        reporters = {outcome.name: partial(_newest, column) for column, outcome in enumerate(model.recorder.outcomes)}
        super().__init__(model_reporters={"day": _day, "seed": _seed, **reporters, "ending": _ending})

    @property
    def model_vars(self) -> dict[str, list[Any]]:
        """The values of every day by name: day, seed, the outcomes, and how the siege has ended by then."""
        model, days = self._model, self._collection_steps
        columns = model.recorder.values[1 : model.recorder.rows].T.tolist()
        outcomes = {outcome.name: column for outcome, column in zip(model.recorder.outcomes, columns, strict=True)}
        endings = ["holding"] * (len(days) - 1) + [model.politics.ending] * bool(days)
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

    def collect(self, model: Recorded) -> None:
        """Do nothing: every day is recorded anyway."""


def _newest(column: int, model: Recorded) -> float:
    return float(model.recorder.values[model.recorder.rows - 1, column])


def _day(model: Recorded) -> int:
    return model.day


def _seed(model: Recorded) -> int:
    return model.seed


def _ending(model: Recorded) -> str:
    return model.politics.ending
