"""The README as package indexes show it, where a link within the project leads nowhere.

Hatchling calls this when a wheel or a source archive is built. Where ``[project.urls]`` names the ``Source``, links to
files of the project become absolute, to the tag of the version. Where it does not, they become plain words, since an
address that is not known is not made up, and a last line says where the files are.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)")
WHERE = "Pages and pictures that this text speaks of are in the source archive of this version (`.tar.gz`)."
"""What ends the text where no address is known."""


class ReadmeHook(MetadataHookInterface):
    """Gives the distribution its long description."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set ``readme``, which is declared as dynamic."""
        root = Path(self.root)
        version = re.search(r'__version__ = "([^"]+)"', (root / "siege_sim" / "_version.py").read_text("utf-8"))
        source = metadata.get("urls", {}).get("Source", "").rstrip("/")
        text = (root / "README.md").read_text("utf-8")
        text = (
            with_addresses(text, f"{source}/blob/v{version[1]}", f"{source}/raw/v{version[1]}")
            if source and version
            else without_addresses(text)
        )
        metadata["readme"] = {"content-type": "text/markdown", "text": text}


def with_addresses(text: str, pages: str, files: str) -> str:
    """Return a page whose links to files of the project are absolute.

    Args:
        text: Markdown.
        pages: where files of the project are shown.
        files: where they are given out as they are, for pictures.
    """
    text = _PICTURE.sub(lambda found: f"![{found[1]}]({_absolute(found[2], files)})", text)
    return _LINK.sub(lambda found: f"[{found[1]}]({_absolute(found[2], pages)})", text)


def _absolute(target: str, base: str) -> str:
    return target if _leads_elsewhere(target) else f"{base}/{target}"


def _leads_elsewhere(target: str) -> bool:
    return "://" in target or target.startswith("#")


def without_addresses(text: str) -> str:
    """Return a page without links to files of the project, and without its pictures, of which their words stay."""
    text = _PICTURE.sub(lambda found: found[0] if _leads_elsewhere(found[2]) else f"*[Picture: {found[1]}]*", text)
    text = _LINK.sub(lambda found: found[0] if _leads_elsewhere(found[2]) else found[1].replace("\n", " "), text)
    return f"{text.rstrip()}\n\n{WHERE}\n"
