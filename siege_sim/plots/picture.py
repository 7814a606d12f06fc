"""A figure as it leaves this room: a PNG file and the words that go with it."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from siege_sim.plots.fonts import fonts_with, missing_letters
from siege_sim.plots.style import DPI, settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Picture:
    """A figure as a PNG file, with its words.

    Attributes:
        name: of its file, without the ending.
        title: over it.
        caption: how it is made and read.
        sentence: what it shows, in words, for those who cannot see it.
        png: the file.
        missing: letters in it for which no font was found, which are drawn as boxes.
    """

    name: str
    title: str
    caption: str
    sentence: str
    png: bytes
    missing: str = ""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, as the file's header says."""
        width, height = struct.unpack(">II", self.png[16:24])
        return width, height

    def write(self, folder: Path) -> None:
        """Write it as ``<name>.png`` into an existing folder."""
        (folder / f"{self.name}.png").write_bytes(self.png)


@dataclass(frozen=True)
class Sketch:
    """A figure that is still to be drawn: its words, and how it is drawn.

    Attributes:
        name: of its file, without the ending.
        title: over it.
        caption: how it is made and read.
        sentence: what it shows, in words.
        draw: draws it, under the settings of `style.settings`.
        subject: of what it is; the file's own title names it too.
    """

    name: str
    title: str
    caption: str
    sentence: str
    draw: Callable[[], Figure]
    subject: str = ""

    def picture(self) -> Picture:
        """Draw it, again with further fonts where the usual one lacks letters; the same figure gives the same bytes."""
        png, missing = self._png(())
        fonts = fonts_with(missing)
        if fonts:
            png, missing = self._png(fonts)
        return Picture(self.name, self.title, self.caption, self.sentence, png, "".join(sorted(missing)))

    def _png(self, fonts: tuple[str, ...]) -> tuple[bytes, set[str]]:
        """Return the figure as a PNG file, and the letters that no font in use has."""
        file, title = io.BytesIO(), f"{self.title}: {self.subject}" if self.subject else self.title
        about = {"Software": None, "Title": title, "Description": self.caption or None}
        with settings(fonts), missing_letters() as missing:
            self.draw().savefig(file, dpi=DPI, metadata=about, pil_kwargs={"compress_level": 4})
        return file.getvalue(), missing
