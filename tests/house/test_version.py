"""The version stands in one place, and what must repeat it agrees."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml

import siege_sim
from siege_sim._version import __version__

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def test_the_package_is_built_with_the_version_that_it_says():
    assert siege_sim.__version__ == __version__
    assert "version" in PROJECT["project"]["dynamic"]
    assert ROOT / PROJECT["tool"]["hatch"]["version"]["path"] == Path(siege_sim.__file__).with_name("_version.py")


def test_citations_name_the_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert str(citation["version"]) == __version__


def test_the_changelog_opens_with_the_version():
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), flags=re.MULTILINE)
    assert newest
    assert newest[1] == __version__


def test_nothing_else_repeats_it():
    files = [ROOT / "pyproject.toml", *ROOT.glob("siege_sim/**/*.py"), *ROOT.glob("tests/**/*.py")]
    repeats = [path.name for path in files if f'"{__version__}"' in path.read_text("utf-8")]
    assert repeats == ["_version.py"]
