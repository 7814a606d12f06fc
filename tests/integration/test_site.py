"""The documentation is built into a site without a warning, and its first tutorial says what the program prints."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from publishing import contents, tutorial

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_first_tutorial_shows_what_its_commands_print():
    page = (ROOT / "docs" / tutorial.TUTORIAL).read_text("utf-8")
    assert page.count("```text\n") == page.count("```console\n") > 3
    assert page == tutorial.with_outputs(page), "run `make docs`"


def test_a_tutorial_whose_command_fails_is_not_written():
    with pytest.raises(RuntimeError, match="no_such_town"):
        tutorial.printed("siege-sim show no_such_town\n")


class References(HTMLParser):
    """Collects what a page refers to, and which of it a browser would load by itself."""

    def __init__(self, page: Path):
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = dict(attrs)
        target = of.get("src") or of.get("href") or ""
        if tag == "a":
            self.links.append(target)
        elif tag in ("img", "script", "link", "iframe") and target:
            self.loaded.append(target)


def python(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run Python where a library's own deprecations are no errors."""
    return subprocess.run([sys.executable, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The site, with the tutorial's figures as they lie in the documentation."""
    for library in ("sphinx", "myst_parser", "furo"):
        pytest.importorskip(library)
    out = tmp_path_factory.mktemp("site") / "site"
    done = python("-m", "publishing.site", out, "--figures-as-they-are")
    assert done.returncode == 0, done.stderr
    return out


@pytest.mark.slow
def test_the_site_has_every_page_and_its_links_lead_somewhere(site):
    pages = sorted(site.rglob("*.html"))
    expected = {path.relative_to(ROOT / "docs").with_suffix(".html") for path in (ROOT / "docs").rglob("*.md")}
    expected |= {Path(uri).with_suffix(".html") for uri in contents.OUTSIDE.values()}
    assert expected <= {page.relative_to(site) for page in pages}
    for page in pages:
        for target in References(page).links:
            file, _, _ = target.partition("#")
            if file and "://" not in file and not file.startswith("mailto:"):
                assert (page.parent / file).exists(), f"{page.name} links to {target}"


@pytest.mark.slow
def test_a_page_of_the_site_asks_no_other_machine_for_anything(site):
    for page in site.rglob("*.html"):
        assert [target for target in References(page).loaded if re.match(r"(https?:)?//", target)] == [], page.name
    for sheet in site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(https?:)?//", sheet.read_text("utf-8")), sheet.name


@pytest.mark.slow
def test_the_site_documents_every_public_name_and_every_command(site):
    import siege_sim
    from siege_sim.cli.command_pages import program_commands

    python, commands = ((site / f"{name}.html").read_text("utf-8") for name in ("python", "commands"))
    for name in set(siege_sim.__all__) - {"__version__"}:
        assert f'id="siege_sim.{name}"' in python
    for name in program_commands():
        assert f'id="siege-sim-{name}"' in commands


@pytest.mark.slow
@pytest.mark.parametrize(
    ("index", "warning"),
    [
        ("[there](two.md#no-such-heading)\n\n```{toctree}\ntwo\n```\n", "no-such-heading"),
        ("[there](three.md)\n\n```{toctree}\ntwo\n```\n", "three.md"),
        ("nothing leads to the other page\n", "toctree"),
        ("[there](two.md#a-part)\n\n```{toctree}\ntwo\n```\n", None),
    ],
)
def test_a_link_that_leads_nowhere_or_a_page_that_stands_nowhere_stops_the_site(tmp_path, index, warning):
    pytest.importorskip("furo")
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "index.md").write_text(f"# One\n\n{index}", "utf-8")
    (tmp_path / "pages" / "two.md").write_text("# Two\n\n## A part\n", "utf-8")
    code = "import pathlib, sys; from publishing.site import built; sys.exit(built(*map(pathlib.Path, sys.argv[1:])))"
    done = python("-c", code, tmp_path / "pages", tmp_path / "site")
    assert (done.returncode == 0) == (warning is None), done.stderr
    assert (warning or "") in done.stderr
