"""The tables of a single run, as its figures and its report read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

NEED_KCAL = 2100.0
"""The planning figure of humanitarian agencies for a person and day."""

PER_PERSON = ("food_days_left", "kcal_eaten_per_person", "mean_body_mass_loss", "ipc_phase")
"""Outcomes that say something only while there are people in the pocket."""


def while_inhabited(series: pd.DataFrame) -> pd.DataFrame:
    """Return the numbers of a series, without those per person for days on which nobody was in the pocket."""
    table = series.drop(columns="date")
    table.loc[table["civilians_in_pocket"] <= 0, list(PER_PERSON)] = np.nan
    return table


def besieged_in_order(quarters: pd.DataFrame) -> pd.DataFrame:
    """Return the quarters besieged on day 0 by day of capture, then of first loss; those still held last."""
    table = quarters[quarters["rebel_cells_on_day_0"] > 0].copy()
    table["captured"] = table["day_captured"].to_numpy(dtype=float, na_value=np.nan)
    table["first"] = table["day_first_loss"].to_numpy(dtype=float, na_value=np.nan)
    return table.sort_values(["captured", "first", "quarter"], na_position="last", kind="stable").reset_index(drop=True)
