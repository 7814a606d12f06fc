"""Pages that need nothing else: HTML templates with one style sheet, filled with values that are always escaped."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import jinja2


def page(template: str, **values: Any) -> str:
    """Return a page as HTML.

    Args:
        template: a file of this folder.
        values: what it is filled with; all text is escaped.
    """
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: files(__name__).joinpath(name).read_text("utf-8")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(values)
