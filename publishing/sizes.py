"""How large an installation is, by extra, measured in the environment that runs this.

``python -m publishing.sizes docs`` writes the table on the page about installing. It counts the files that each package
has installed, compiled Python files included, of all packages that an extra brings besides those of the program itself.
"""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

PROGRAM = "siege_sim"
INSTALL_PAGE = "install.md"
FOR_DEVELOPERS = ("browser", "docs", "lint", "publish", "test")

_TABLE = re.compile(r"(<!-- sizes -->\n).*?(<!-- end -->)", re.DOTALL)


def sizes_table() -> str:
    """Return a table of the program and its extras: packages and size on disk."""
    base = closure(PROGRAM, "")
    lines = ["| extra | packages | MB on disk | largest |", "| --- | ---: | ---: | --- |", _row("(none)", base)]
    for extra in sorted(distribution(PROGRAM).metadata.get_all("Provides-Extra") or ()):
        if extra not in FOR_DEVELOPERS:
            lines.append(_row(f"`{extra}`", closure(PROGRAM, extra) - base, "+"))
    system = f"{platform.system()}, Python {platform.python_version()}"
    return "\n".join([*lines, "", f"Measured on {system}; what an extra shares with another counts for both."])


def _row(name: str, packages: set[str], sign: str = "") -> str:
    sizes = sorted(((size_mb(package), package) for package in packages), reverse=True)
    largest = ", ".join(f"{package} {size:.0f}" for size, package in sizes[:4] if size >= 1)
    return f"| {name} | {sign}{len(packages)} | {sign}{sum(size for size, _ in sizes):.0f} | {largest} |"


def closure(name: str, extra: str) -> set[str]:
    """Return the names of all packages that one needs, with an extra or without, down to the last."""
    found: set[str] = set()
    waiting = [(name, extra)]
    seen = set(waiting)
    while waiting:
        package, wanted = waiting.pop()
        for needed in requirements(package, wanted):
            found.add(_plain(needed.name))
            for further in {(_plain(needed.name), part) for part in ("", *needed.extras)} - seen:
                seen.add(further)
                waiting.append(further)
    return found - {_plain(name)}


def requirements(name: str, extra: str) -> Iterator[Requirement]:
    """Yield what an installed package needs here, with an extra or without.

    Raises:
        SystemExit: the package is not installed, so that nothing can be measured.
    """
    try:
        texts = distribution(name).requires or []
    except PackageNotFoundError:
        sys.exit(f"{name} is not installed here: pip install -e '.[test,dashboard]'")
    for requirement in map(Requirement, texts):
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield requirement


def size_mb(name: str) -> float:
    """Return the size of the files that a package has installed, in MB of a million bytes."""
    return sum(_bytes(distribution(name))) / 1e6


def _bytes(package: Distribution) -> Iterator[int]:
    for file in package.files or ():
        path = Path(str(package.locate_file(file)))
        if path.is_file():
            yield path.stat().st_size


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    file = Path(sys.argv[1]) / INSTALL_PAGE
    page = file.read_text("utf-8")
    file.write_text(_TABLE.sub(lambda found: f"{found[1]}\n{sizes_table()}\n\n{found[2]}", page), "utf-8")
