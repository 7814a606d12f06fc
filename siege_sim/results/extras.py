"""Libraries that not everybody has: asked for where they are used, and refused in a sentence where they are missing."""

from __future__ import annotations

from importlib.util import find_spec

from siege_sim.errors import ResultError


def need_extra(library: str, purpose: str, extra: str = "geo") -> None:
    """Refuse what needs a library that is not installed.

    Args:
        library: the module to import.
        purpose: what it is needed for, as the beginning of a sentence.
        extra: the extra of this program that brings it.

    Raises:
        ResultError: names what to install.
    """
    if find_spec(library) is None:
        raise ResultError(f'{purpose} needs the library {library}: pip install "siege_sim[{extra}]"')
