"""What the documentation says is true: code runs, pages are current, links lead somewhere."""

from __future__ import annotations

import re
import shlex
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest

from siege_sim import load_scenario, run
from siege_sim.cli import reference
from siege_sim.cli.check import FILE_KINDS, check_file, file_kind
from siege_sim.cli.command_pages import program_commands
from siege_sim.cli.file_pages import FILE_PAGES, with_tables
from siege_sim.cli.mechanisms import MECHANISMS_PAGE, mechanisms_page
from siege_sim.cli.odd_page import ODD_PAGE, with_schedule
from siege_sim.loading.scenario import build_scenario, load_document
from siege_sim.model import catalogue
from siege_sim.model.city.map import CityMap, GroundKind
from siege_sim.model.city.synthetic import SyntheticTown
from siege_sim.model.setting import Setting
from siege_sim.runner.check_claims import check_claims, claims_request
from siege_sim.schema.sides import Sides
from siege_sim.schema.yaml_file import Document, read_yaml
from tests.blocks import blocks_within

ROOT = Path(__file__).parents[2]
SECTORS = {"garrison": "centre", "besieger": "north"}
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/README.md")])


ON_PAGES_OF_THEIR_OWN = (CityMap, SyntheticTown, Sides)
"""Blocks of a scenario that other pages describe."""


def test_the_page_of_parameters_has_every_block_that_a_scenario_can_hold():
    page = (ROOT / "docs" / "parameters.md").read_text("utf-8")
    blocks = set(blocks_within(Setting)).difference({Setting}, blocks_within(*ON_PAGES_OF_THEIR_OWN))
    assert len(blocks) >= 7
    assert [block.__name__ for block in blocks if f"### {block.__name__}\n" not in page] == []


@pytest.mark.parametrize("name", reference.PAGES)
def test_reference_pages_are_written_from_the_code_as_it_is(name):
    assert (ROOT / "docs" / name).read_text("utf-8") == reference.PAGES[name](), "run `make docs`"


def test_the_order_of_a_day_is_written_from_the_code_as_it_is():
    page = (ROOT / "docs" / ODD_PAGE).read_text("utf-8")
    assert page == with_schedule(page), "run `make docs`"
    named = re.findall(r"^\|[^|]*\| `(\w+)` \|", page.partition("<!-- schedule -->")[2], flags=re.MULTILINE)
    own = sorted(catalogue.OWN_PROCESSES, key=lambda cls: cls.phase)
    assert named[: len(own)] == [cls.name() for cls in own]


def test_the_page_on_the_model_names_every_intervention():
    page = (ROOT / "docs" / ODD_PAGE).read_text("utf-8")
    rows = "\n".join(line for line in page.splitlines() if line.startswith("| `"))
    assert [cls.name() for cls in catalogue.OWN_INTERVENTIONS if f"`{cls.name()}`" not in rows] == []


@pytest.mark.parametrize("name", FILE_PAGES)
def test_tables_of_keys_are_written_from_the_code_as_it_is(name):
    page = (ROOT / "docs" / name).read_text("utf-8")
    assert page == with_tables(page), "run `make docs`"
    assert page.count("<!-- keys of ") == page.count("<!-- end -->") == page.count("| key | holds | without it |")


def test_the_page_on_mechanisms_is_written_from_its_table_and_words_as_they_are():
    page = (ROOT / "docs" / MECHANISMS_PAGE).read_text("utf-8")
    assert page == mechanisms_page(ROOT / "docs"), "run `make docs`"
    for name in catalogue.processes():
        assert f"\n### {name}\n" in page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def headings_of(page: Path) -> list[str]:
    """Return a page's headings as links name them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), flags=re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_to_a_heading_lead_to_one(page):
    for target, heading in re.findall(r"\]\(([^)#\s]*)#([^)]+)\)", page.read_text("utf-8")):
        if "://" not in target:
            there = page.parent / target if target else page
            assert heading in headings_of(there), f"{page.name} links to {target}#{heading}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_links_a_term_of_the_glossary_once(page):
    terms = re.findall(r"glossary\.md#([\w-]+)", page.read_text("utf-8"))
    assert sorted(terms) == sorted(set(terms))


def test_the_glossary_is_in_alphabetical_order():
    terms = re.findall(r"^### (.+)$", (ROOT / "docs" / "glossary.md").read_text("utf-8"), flags=re.MULTILINE)
    assert terms == sorted(terms, key=str.lower)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_tables_end_where_they_seem_to(page):
    """A line right below a row would be drawn as one more row, and a row over two lines as two."""
    lines = page.read_text("utf-8").splitlines()
    broken = [below for row, below in pairwise(lines) if row[:1] == "|" and below[:1] not in ("|", "")]
    assert not broken


def code_blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / page).read_text("utf-8"), flags=re.DOTALL)


@pytest.fixture
def examples(tmp_path, monkeypatch) -> list[Path]:
    """Write the examples of files on the pages about them, each under the name in its first line."""
    monkeypatch.chdir(tmp_path)
    files = []
    for text in [text for page in FILE_PAGES for text in code_blocks(f"docs/{page}", "yaml")]:
        file = Path(text.splitlines()[0].removeprefix("# "))
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
        files.append(file)
    return files


def test_examples_of_files_are_valid_and_there_is_one_of_each_kind(examples):
    for file in examples:
        assert check_file(f"./{file}")[0].startswith(f"./{file}: ok"), file
    assert {file_kind(file).name for file in examples} == {kind.name for kind in FILE_KINDS}


def test_the_examples_that_can_be_run_are_run(examples):
    later = load_scenario("a_third_wing_arrives.yaml")
    days = [later.clock.day_of(date(2020, *when)) for when in ((9, 30), (10, 1), (11, 1))]
    per_day = [later.mechanisms_on(day).sorties.per_day for day in days]
    assert per_day == [4, 12, 4]
    base = load_document("toy_town").data
    forces = {side: {"all": {"fighters": 300, "sectors": {sector: 1.0}}} for side, sector in SECTORS.items()}
    people = {"besieged": 900, "besieger_side": 100}
    town = base | {"name": "river_town", "map": read_yaml(Path("maps/river_town.yaml")).data, "forces": forces}
    town |= {"population": people, "sides": {}, "interventions": {}}
    result = run(build_scenario(Document(town)), seed=1, days=3)
    assert set(result.quarters["quarter"]) >= {"Old Town", "South Bank"}
    claims = check_claims(claims_request("claims.yaml"))
    assert not claims.failing
    assert any("in the baseline" in one.text for claim in claims.claims for one in claim.statistics)


def test_the_page_on_maps_names_every_kind_of_ground():
    page = (ROOT / "docs" / "map_files.md").read_text("utf-8")
    assert re.findall(r"^\| `(\w+)` \| .* \| (?:a side|nobody)", page, flags=re.MULTILINE) == list(get_args(GroundKind))


def test_the_readme_s_python_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = code_blocks("README.md", "python")
    assert blocks
    for block in blocks:
        exec(compile(block.replace("aleppo_2016", "toy_town"), "README.md", "exec"), {})


def examples_of_commands() -> list[tuple[str, str]]:
    """Return every command line on every page, with the page; lines that go on after a backslash are one."""
    found = []
    for page in PAGES:
        name = page.relative_to(ROOT).as_posix()
        text = "\n".join(code_blocks(name, "console")).replace("\\\n", " ")
        found += [(name, line) for line in text.splitlines() if line.startswith("siege-sim ")]
    return found


def test_every_command_on_every_page_is_one_that_the_program_takes():
    """Names of commands, options and how many things they take; what they name is not looked at."""
    known = program_commands()
    lines = examples_of_commands()
    assert {"README.md", "docs/exports.md", "docs/cluster.md"} <= {page for page, _ in lines}
    for page, line in lines:
        _, name, *words = shlex.split(line, comments=True)
        assert name in known, f"{page}: {line}"
        context = known[name].make_context(name, [word for word in words if word != "&"])
        assert context.args == [], f"{page}: {line}"


def test_every_scenario_opens_with_a_paragraph_and_can_be_described():
    for file in sorted((ROOT / "scenarios").glob("*.yaml")):
        assert file.read_text("utf-8").startswith("# "), f"{file.name} opens without a word"
        assert load_scenario(file).summary
