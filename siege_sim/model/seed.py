"""The seed of a run: given by one of Mesa's two names for it, or drawn."""

from __future__ import annotations

import inspect
import secrets
from typing import TypedDict

import numpy as np

from siege_sim.errors import SiegeError


class SeedByName(TypedDict, total=False):
    """The name that Mesa before 3.4 gave to the seed.

    It is not a parameter by name, since ``mesa.batch_run`` of Mesa 3.5 would then put None into its place.
    """

    seed: int | None


def seed_of(rng: object = None, seed: object = None) -> int:
    """Return the seed that was given by either name, or one that is drawn when none was.

    Raises:
        SiegeError: the seed is none, or both were given.
    """
    if rng is not None and seed is not None:
        raise SiegeError(f"rng is {rng!r} and seed is {seed!r}, but both name the seed; give one of them")
    given = rng if seed is None else seed
    if given is None:
        _refuse_lost_seeds()
        return secrets.randbits(31)
    if isinstance(given, bool) or not isinstance(given, (int, np.integer)) or given < 0:
        raise SiegeError(f"the seed is {given!r}, but it must be a whole number of at least 0")
    return int(given)


def _refuse_lost_seeds() -> None:
    """Draw no seed for a `mesa.batch_run` that was given some: Mesa 3.5 puts None for 'rng' among its parameters."""
    frame = inspect.currentframe()
    while frame is not None:
        if frame.f_code.co_name == "batch_run" and frame.f_globals.get("__name__") == "mesa.batchrunner":
            if frame.f_locals["parameters"].get("rng") is not None:
                raise SiegeError(
                    "this Mesa replaces 'rng' among the parameters of batch_run by None; call them 'seed' there, or "
                    "give them as batch_run(..., rng=[1, 2])"
                )
            return
        frame = frame.f_back
