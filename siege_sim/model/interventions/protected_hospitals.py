"""Hospitals that are not struck."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from siege_sim.model.processes.base import Intervention
from siege_sim.schema.block import share

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class ProtectedHospitals(Intervention):
    """Strikes on hospitals are not made: their places are known to the parties, and respected.

    These strikes do not hit other targets instead.
    """

    kind: Literal["protected_hospitals"] = "protected_hospitals"
    about: ClassVar[tuple[str, ...]] = ("hospitals_working", "died_of_wounds")
    neutral: ClassVar[Mapping[str, Any]] = {"spared": 0.0}

    spared: float = share(1.0, plausible=(0.0, 1.0))
    """Share of the strikes on hospitals that are not made."""

    def act(self, model: SiegeState, rng: Generator) -> None:
        """Spare them."""
        model.conditions.hospitals_spared = max(model.conditions.hospitals_spared, self.spared)
