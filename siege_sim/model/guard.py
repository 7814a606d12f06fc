"""A Mesa model that does not continue after an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mesa

from siege_sim.errors import SiegeError


class GuardedModel(mesa.Model):
    """Mesa's model, which refuses to continue once a step was not completed.

    Mesa 3.3 would continue from a day half done; Mesa 3.5 would count days and do nothing on them.
    """

    day: int
    _halted = ""
    """Why the model cannot continue; empty while it can."""

    def _wrapped_step(self) -> None:
        self._unless_halted(super()._wrapped_step)

    def _advance_time(self, until: float) -> None:
        self._unless_halted(super()._advance_time, until)

    def _unless_halted(self, go_on: Callable[..., None], *args: Any) -> None:
        if self._halted:
            raise SiegeError(f"{self._halted}, so this model cannot continue; make a new one or load a checkpoint")
        try:
            go_on(*args)
        except BaseException as error:
            what = f"{type(error).__name__}: {error}".removesuffix(": ")
            self._halted = f"day {self.day} was not completed ({what})"
            raise
