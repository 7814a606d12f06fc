"""Works on which several parameters rest."""

from __future__ import annotations

WOUNDED_IN_WAR = "at least 2, up to 13 wounded for each killed in war (Coupland and Meddings 1999)"
