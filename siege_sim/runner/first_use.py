"""Whether a run will wait for machine code to be made, as the first one on a computer does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

SHARE_KEPT = 0.25
"""With less of the functions kept than this, most of what a run needs has still to be made."""


def compiles_first(functions: Sequence[Any] | None = None) -> bool:
    """Return whether hardly any machine code is kept yet, so that whoever runs something waits for it.

    To load a scenario makes a little of it already.

    Args:
        functions: what is looked for; by default all functions that have been made for this.
    """
    from siege_sim.kernels.compiled import COMPILED

    looked_for = [loop.machine_code for loop in COMPILED] if functions is None else functions
    made = [one for one in looked_for if hasattr(one, "stats")]
    return sum(map(_is_kept, made)) < len(made) * SHARE_KEPT


def _is_kept(function: Any) -> bool:
    folder = function.stats.cache_path
    return folder is not None and any(Path(folder).glob(f"*.{function.__name__}-*.nbi"))
