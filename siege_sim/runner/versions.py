"""Which versions of Python and of the libraries make a run's numbers, beside the model's own."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

PACKAGES = ("mesa", "numpy", "numba", "pandas", "pyarrow", "pydantic", "scipy")


def package_versions() -> dict[str, str | None]:
    """Return the versions of Python and of the libraries that runs and results rest on."""
    return {"python": platform.python_version(), **{name: installed_version(name) for name in PACKAGES}}


def installed_version(package: str) -> str | None:
    """Return the version of an installed package, None when it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None
