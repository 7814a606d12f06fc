"""The documentation as a site: ``python -m publishing.site [FOLDER] [--figures-as-they-are]``.

Its pages open from a disk or from any web server, and ask no other machine for anything. Pages of the project link to
each other by their places in it, so that they can be read there too. Here they are copied together with those that lie
outside ``docs`` or are made of code, notebooks and runs; their links are turned to where each page is on the site; then
Sphinx builds it, and a warning is an error.
"""

from __future__ import annotations

import argparse
import json
import posixpath
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sphinx.cmd.build import build_main

import siege_sim
from publishing.contents import FILES, FOLDERS, OUTSIDE, PARTS
from publishing.figures import draw_figures

ROOT = Path(__file__).parents[1]
CONFIGURATION = ROOT / "publishing" / "sphinx"
NOT_COPIED = ("*.ipynb", "effects.csv", "words.yaml", "__pycache__")

_PYTHON = """# Python

What `siege_sim` exports, from the documentation in the code. What may be relied on, and for how long: see [the
public interface](interface.md)."""

_LINK = re.compile(r"(\]\()([^)#\s]+)((?:#[^)\s]*)?\))")


def build_site(out: Path, figures: bool = True) -> int:
    """Build the site into a folder; return 0, or what Sphinx returns when it warns.

    Args:
        out: the folder, which is made anew.
        figures: draw the tutorial's figures anew, which takes a run.
    """
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        write_source(source)
        if figures:
            draw_figures(source)
        shutil.rmtree(out, ignore_errors=True)
        return built(source, out)


def built(source: Path, out: Path) -> int:
    """Build pages as Sphinx reads them into a site; return 0, or another number when there is a warning."""
    with tempfile.TemporaryDirectory() as doctrees:
        return build_main(["-q", "-W", "-j", "auto", "-c", str(CONFIGURATION), "-d", doctrees, str(source), str(out)])


def write_source(source: Path) -> None:
    """Write all pages as Sphinx reads them into a new folder."""
    shutil.copytree(ROOT / "docs", source, ignore=shutil.ignore_patterns(*NOT_COPIED))
    for page in sorted(source.rglob("*.md")):
        uri = page.relative_to(source).as_posix()
        page.write_text(with_links(page.read_text("utf-8"), f"docs/{uri}", uri), "utf-8")
    for name, uri in OUTSIDE.items():
        (source / uri).write_text(with_links((ROOT / name).read_text("utf-8"), name, uri), "utf-8")
    for name in FILES:
        shutil.copy(ROOT / name, source)
    for uri, text in [*notebook_pages(), ("python.md", python_page())]:
        (source / uri).parent.mkdir(exist_ok=True)
        (source / uri).write_text(text, "utf-8")
    _add(source / "index.md", "\n".join(map(contents_of, PARTS)))
    for folder in ("lessons", "decisions"):
        pages = [page.stem for page in sorted((source / folder).glob("*.md")) if page.stem != "README"]
        order = (source / folder / "README.md").read_text("utf-8").index
        _add(source / folder / "README.md", toctree(sorted(pages, key=lambda stem: order(f"{stem}.md"))))


def _add(page: Path, text: str) -> None:
    page.write_text(f"{page.read_text('utf-8')}\n{text}", "utf-8")


def contents_of(part: str) -> str:
    """Return the list of a part's pages for the side of every page."""
    return toctree(PARTS[part], part)


def toctree(pages: Any, caption: str = "") -> str:
    """Return a list of pages as Sphinx takes it."""
    return "\n".join(
        ["```{toctree}", ":hidden:", *([f":caption: {caption}"] if caption else []), "", *pages, "```", ""]
    )


def notebook_pages() -> Iterator[tuple[str, str]]:
    """Yield a page for each notebook: its words and its code."""
    for file in sorted((ROOT / "docs" / "notebooks").glob("*.ipynb")):
        cells = [_cell(cell) for cell in json.loads(file.read_text("utf-8"))["cells"]]
        note = f"*The words and the code of `docs/notebooks/{file.name}`; run it there to see its results.*"
        uri = f"notebooks/{file.stem}.md"
        yield uri, with_links("\n\n".join([cells[0], note, *cells[1:]]) + "\n", f"docs/{uri}", uri)


def _cell(cell: dict[str, Any]) -> str:
    text = "".join(cell["source"]).rstrip()
    return text if cell["cell_type"] == "markdown" else f"```python\n{text}\n```"


def python_page() -> str:
    """Return the page of the public names, which Sphinx writes out from their documentation."""
    names = [name for name in sorted(siege_sim.__all__, key=str.lower) if name != "__version__"]
    return "\n\n".join([_PYTHON, *(f"## {name}\n\n```{{eval-rst}}\n{_directive(name)}\n```" for name in names)]) + "\n"


def _directive(name: str) -> str:
    if isinstance(getattr(siege_sim, name), type):
        return f".. autoclass:: siege_sim.{name}\n   :members:"
    return f".. autofunction:: siege_sim.{name}"


def with_links(text: str, source: str, uri: str) -> str:
    """Return a page with links as they have to be on the site.

    Args:
        text: Markdown.
        source: where the page lies in the project.
        uri: where it is on the site.
    """
    return _LINK.sub(lambda found: f"{found[1]}{_on_site(found[2], source, uri)}{found[3]}", text)


def _on_site(target: str, source: str, uri: str) -> str:
    if "://" in target or target.startswith("mailto:"):
        return target
    there = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
    there = OUTSIDE.get(there) or FOLDERS.get(there) or there.removeprefix("docs/")
    if there.endswith(".ipynb"):
        there = f"{there.removesuffix('.ipynb')}.md"
    return posixpath.relpath(there, posixpath.dirname(uri) or ".")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Build the documentation site.")
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "build" / "site")
    parser.add_argument("--figures-as-they-are", action="store_true", help="Draw none anew.")
    arguments = parser.parse_args()
    sys.exit(build_site(arguments.folder, not arguments.figures_as_they_are))
