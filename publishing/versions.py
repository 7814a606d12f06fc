"""The versions of all packages of an environment, by name and number only, as a list of constraints for pip.

``python -m publishing.versions`` prints the list of the environment that runs it; `make versions` keeps it in `tested`.
"""

from __future__ import annotations

import platform
import re
from importlib.metadata import distributions

OWN = "siege-sim"
TOOLS = ("pip", "setuptools", "wheel")


def versions() -> dict[str, str]:
    """Return every installed package but the program itself and what installs packages, with its version."""
    found = {re.sub(r"[-_.]+", "-", one.metadata["Name"]).lower(): one.version for one in distributions()}
    return {name: found[name] for name in sorted(found) if name != OWN and name not in TOOLS}


def constraints() -> str:
    """Return the list as a file that ``pip install -c`` takes."""
    opening = f"# What the tests ran with, on {platform.system()} and Python {platform.python_version()}: make versions"
    return "\n".join([opening, *(f"{name}=={version}" for name, version in versions().items())]) + "\n"


if __name__ == "__main__":
    print(constraints(), end="")
