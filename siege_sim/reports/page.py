"""The one frame of all pages: a template with the style sheet, the pictures inside, and numbers by the one rule."""

from __future__ import annotations

import base64
import contextlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import jinja2

from siege_sim.errors import ResultError
from siege_sim.results.numbers import number, percent, unit_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from siege_sim.plots.picture import Picture


@dataclass(frozen=True)
class WrittenReport:
    """A report that was written.

    Attributes:
        file: the page.
        note: what the reader of its figures should know; empty for nothing.
        indices: the table of sensitivity indices beside it, if there is one.
    """

    file: Path
    note: str = ""
    indices: Path | None = None


def page(template: str, **values: Any) -> str:
    """Return a page as HTML.

    Args:
        template: a file of the folder ``templates``. Those of reports build on ``frame.html``.
        values: what it is filled with; all text is escaped.
    """
    return _environment().get_template(template).render(values)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: files(__package__).joinpath("templates", name).read_text("utf-8")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": number, "percent": percent, "unit": unit_text, "data_uri": data_uri}
    return environment


def data_uri(png: bytes) -> str:
    """Return a PNG file as an address that holds all of it."""
    return f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}"


def write_page(html: str, file: Path) -> None:
    """Write a page; the same page gives the same bytes on every system."""
    file.write_text(html, "utf-8", newline="\n")


def write_pictures(pictures: Sequence[Picture], folder: Path | None) -> None:
    """Write pictures as PNG files into a folder, which is made if it is not there; None writes none."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        for picture in pictures:
            picture.write(folder)


@contextlib.contextmanager
def written_or_refused(file: Path) -> Iterator[None]:
    """Say in a sentence that a report or what lies beside it cannot be written.

    Raises:
        ResultError: names the file and the reason.
    """
    try:
        yield
    except OSError as error:
        raise ResultError(f"{error.filename or file}: {error.strerror}; the report was not written") from None
