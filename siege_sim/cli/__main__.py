"""``python -m siege_sim.cli``: the same as ``siege-sim``."""

from siege_sim.cli.main import entry

entry()
