"""Print the lowest versions that `pyproject.toml` declares, as requirements, for `make lowest`.

With arguments, those of these extras too.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)(?:\[(?P<extras>[\w,]+)\])?(?:>=(?P<floor>[\w.]+))?")


def lowest(requirements: list[str], extras: dict[str, list[str]]) -> Iterator[str]:
    """Yield each requirement at its floor; an extra of the project itself gives what it holds."""
    for requirement in requirements:
        found = REQUIREMENT.match(requirement)
        assert found is not None, requirement
        if found["name"] == "siege_sim":
            yield from (one for extra in found["extras"].split(",") for one in lowest(extras[extra], extras))
        elif found["floor"] is not None:
            inner = f"[{found['extras']}]" if found["extras"] else ""
            yield f"{found['name']}{inner}=={found['floor']}"


def lowest_declared(wanted: list[str]) -> list[str]:
    """Return the lowest versions of what the project needs, and of some extras."""
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    return sorted({*lowest([*project["dependencies"], *(f"siege_sim[{name}]" for name in wanted)], extras)})


if __name__ == "__main__":
    print("\n".join(lowest_declared(sys.argv[1:])))  # noqa: T201
