"""What is handed out: the source archive is whole, indexes show a README whose links are right."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

import pytest
import yaml

from siege_sim import __version__

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
README = (ROOT / "README.md").read_text("utf-8")
RELATIVE = r"\]\((?!https?://|#)([^)\s]+)\)"


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    """The source archive, built by the backend that this environment has."""
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(folder)]
    subprocess.run(build, check=True, capture_output=True, cwd=ROOT)
    return next(folder.glob("siege_sim-*.tar.gz"))


@pytest.fixture(scope="module")
def files(archive) -> set[str]:
    with tarfile.open(archive) as tar:
        return {name.partition("/")[2] for name in tar.getnames()}


def test_the_source_archive_has_all_that_its_pages_name(files):
    for page in sorted(name for name in files if name.endswith(".md")):
        for target in re.findall(RELATIVE, (ROOT / page).read_text("utf-8")):
            there = (ROOT / page).parent.joinpath(target.partition("#")[0]).resolve().relative_to(ROOT).as_posix()
            assert there in files or any(name.startswith(f"{there}/") for name in files), f"{page}: {target}"


def test_the_source_archive_can_be_tested_and_built_as_a_clone_can(files):
    commands = re.findall(r"make (\w+)", README)
    assert {"demo", "test"} <= set(commands)
    wanted = {
        "Makefile",
        ".ci/run",
        ".pre-commit-config.yaml",
        "Dockerfile",
        "tests/conftest.py",
        "publishing/readme.py",
    }
    assert wanted <= files
    kept = subprocess.run(["git", "ls-files"], capture_output=True, text=True, cwd=ROOT, check=False)
    if kept.returncode == 0:
        assert set(kept.stdout.splitlines()) - files == set(), "kept in the repository, not in the archive"


@pytest.mark.slow
def test_indexes_take_the_archive_and_its_description(archive):
    pytest.importorskip("twine")
    check = [sys.executable, "-m", "twine", "check", "--strict", str(archive)]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_indexes_show_a_readme_without_a_link_into_the_project(archive):
    with tarfile.open(archive) as tar:
        info = next(name for name in tar.getnames() if name.endswith("/PKG-INFO"))
        text = tar.extractfile(info).read().decode()  # type: ignore[union-attr]
    assert "# siege_sim" in text
    assert re.findall(RELATIVE, text) == []
    if not PROJECT.get("urls"):
        from publishing.readme import WHERE

        assert WHERE in text


def test_with_an_address_the_links_of_the_readme_are_absolute():
    readme = pytest.importorskip("publishing.readme")
    text = readme.with_addresses(README, "https://example.org/blob/v1", "https://example.org/raw/v1")
    assert re.findall(RELATIVE, text) == []
    assert "![" in text
    assert re.search(r"!\[[^\]]*\]\(https://example\.org/raw/v1/docs/images/map\.png\)", text)
    assert "(https://example.org/blob/v1/docs/glossary.md#agent)" in text


def test_without_an_address_words_and_outside_links_stay():
    readme = pytest.importorskip("publishing.readme")
    text = readme.without_addresses(
        "See [the\npage](docs/a.md#b), [out](https://example.org).\n\n![A map](docs/m.png)\n"
    )
    assert text.startswith("See the page, [out](https://example.org).\n\n*[Picture: A map]*\n")


def test_the_package_says_that_it_is_typed_and_for_which_pythons():
    assert (ROOT / "siege_sim" / "py.typed").is_file()
    classifiers = PROJECT["classifiers"]
    assert "Typing :: Typed" in classifiers
    pythons = [one.rpartition(" ")[2] for one in classifiers if re.search(r"Python :: 3\.\d+$", one)]
    assert PROJECT["requires-python"] == f">={pythons[0]}"
    metadata = json.loads((ROOT / "codemeta.json").read_text("utf-8"))
    assert metadata["runtimePlatform"] == f"Python {', '.join(pythons)}"


def test_what_is_cited_agrees_with_the_package():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    metadata = json.loads((ROOT / "codemeta.json").read_text("utf-8"))
    assert metadata["version"] == citation["version"] == __version__
    assert metadata["description"] == PROJECT["description"]
    assert metadata["dateModified"] == str(citation["date-released"])
    assert metadata["license"].endswith(f"/{citation['license']}")
    assert citation["license"] == PROJECT["license"]
    assert all(one["title"] and (one["authors"][0]) for one in citation["references"])


@pytest.mark.parametrize("file", sorted((ROOT / "tested").glob("*.txt")), ids=lambda file: file.name)
def test_lists_of_tested_versions_have_names_and_numbers_only(file):
    opening, *lines = file.read_text("utf-8").splitlines()
    assert opening.startswith("# ")
    assert [line for line in lines if not re.fullmatch(r"[a-z0-9-]+==[0-9a-z.+!]+", line)] == []
    listed = {line.partition("==")[0] for line in lines}
    needed = {re.split(r"[<>=!\[;]", text)[0].replace("_", "-").lower() for text in PROJECT["dependencies"]}
    assert needed <= listed


def test_the_container_has_two_stages_and_runs_without_rights():
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    stages = [line for line in lines if line.startswith("FROM ")]
    assert len(stages) == 2
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users
    assert users[-1] not in ("root", "0")
    (listed,) = re.findall(r"-c (\S+)", "\n".join(lines))
    python = stages[0].split()[1].partition(":")[2].removesuffix("-slim")
    assert listed == f"tested/python{python}.txt"
    assert (ROOT / listed).is_file()


def test_figures_in_the_paper_are_those_of_the_validation():
    paper, validation, parameters = (
        (ROOT / name).read_text("utf-8") for name in ("paper/paper.md", "docs/validation.md", "docs/parameters.md")
    )
    counts = re.findall(r"\b\d+ of \d+\b(?! numeric)", paper)
    assert len(counts) >= 6
    assert [count for count in counts if not re.search(rf"(?<!\d){count}(?!\d)", validation)] == []
    assumed, numeric = re.search(r"(\d+) of (\d+) numeric parameters\s+are assumed", paper).groups()  # type: ignore[union-attr]
    assert f"Of {numeric} numeric parameters" in parameters
    assert f"and {assumed} are assumed" in parameters


def test_the_paper_cites_what_is_in_its_list_and_lists_what_it_cites():
    paper = (ROOT / "paper" / "paper.md").read_text("utf-8")
    listed = re.findall(r"^@\w+\{(\w+),", (ROOT / "paper" / "paper.bib").read_text("utf-8"), flags=re.MULTILINE)
    assert sorted(set(re.findall(r"@([a-z]+\d{4})", paper))) == sorted(listed)
