"""The one frame of all pages: a template with the style sheet, the pictures inside, and numbers by the one rule."""

from __future__ import annotations

import base64
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import jinja2

from siege_sim.results.numbers import number, percent, unit_text

if TYPE_CHECKING:
    from pathlib import Path


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
