"""Imported by the process of which copies are made, and by nothing else: runs a few days, so that all is loaded.

What is there by then is not looked at by the garbage collector any more: looking would write to it, and each copy
would have to have its own.
"""

from __future__ import annotations

import gc

from siege_sim.dashboard.session import Session

Session("toy_town").advance_to(5)
gc.collect()
gc.freeze()
