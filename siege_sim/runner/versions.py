"""Which versions of Python and of the libraries make a run's numbers, beside the model's own."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

PACKAGES = ("mesa", "numpy", "numba", "pandas", "pyarrow", "pydantic", "scipy")


def package_versions() -> dict[str, str | None]:
    """Return the versions of Python and of the libraries that runs and results rest on."""
    return {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}}


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
