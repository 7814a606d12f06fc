"""Claims: those of the program hold and stand on their pages; ``siege-sim check`` through the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from siege_sim.cli import main as cli
from siege_sim.runner import finished_runs
from siege_sim.runner.audit import AUDIT
from siege_sim.runner.check_claims import check_claims, claims_request
from siege_sim.runner.check_sweep_claims import SweepClaimsRequest, check_sweep_claims
from siege_sim.runner.claims_file import load_claims, shipped_claims
from siege_sim.runner.finished_runs import FinishedRuns

ROOT = Path(__file__).parents[2]
CLAIMS = """
name: mine
title: Mine
baseline: toy_town
settings: [population.persons_per_household=50]
runs: 3
days: 12
scenarios:
  no_flights: {settings: [processes.sorties.per_day=0]}
  other: {scenario: other.yaml}
claims:
  held: {says: It holds out for twelve days., check: every(ending == holding)}
  flights_kill: {says: Aircraft kill., scenario: no_flights, check: mean(killed_by_air) == 0}
  fewer: {says: Fewer live there., scenario: other, check: median(civilians_in_pocket@0) < baseline}
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "towns").mkdir()
    (tmp_path / "towns" / "other.yaml").write_text("extends: toy_town\nname: other\npopulation: {besieged: 3000}\n")
    (tmp_path / "towns" / "claims.yaml").write_text(CLAIMS)
    return tmp_path


def check(*arguments: str) -> int:
    return cli.main(["check", "towns/claims.yaml", *arguments])


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> FinishedRuns:
    return FinishedRuns(tmp_path_factory.mktemp("runs"))


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped_claims())
def test_what_the_pages_say_of_the_model_holds(name, kept, tmp_path):
    request = claims_request(name)
    if isinstance(request, SweepClaimsRequest):
        findings = check_sweep_claims(claims_request(name, runs=1), 2, tmp_path / "sweep")
    else:
        findings = check_claims(request, finished=kept)
    failing = {claim.name: claim.statistics for claim in findings.failing}
    assert not failing, "say it otherwise on the page, and in the claim"


def plain(text: str) -> str:
    """Return a page's text without links, emphasis and line breaks."""
    return " ".join(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", " ".join(text.split())).replace("*", "").split())


@pytest.mark.parametrize("name", shipped_claims())
def test_a_claim_of_a_page_stands_on_it(name):
    for claim in load_claims(name, shipped_claims())[0].claims.values():
        assert claim.page, claim.says
        assert plain(claim.says) in plain((ROOT / claim.page).read_text("utf-8")), claim.page


def test_claims_that_hold_and_the_runs_that_are_kept(here, capsys):
    assert check("--quiet") == cli.EXIT_OK
    assert capsys.readouterr().out == ""
    assert list(here.glob("results/*")) == []
    assert check("--keep", "runs") == cli.EXIT_OK
    told = capsys.readouterr()
    assert "All 3 claims hold." in told.out
    assert len(list(here.glob("runs/*.npz"))) == 9
    before = {file: file.stat().st_mtime_ns for file in here.glob("runs/*.npz")}
    (here / "towns" / "claims.yaml").write_text(CLAIMS.replace("air) == 0", "air) < 5"))
    assert check("--keep", "runs", "--claim", "flights_kill", "--json") == cli.EXIT_OK
    found = json.loads(capsys.readouterr().out)
    assert [claim["name"] for claim in found["claims"]] == ["flights_kill"]
    assert {file: file.stat().st_mtime_ns for file in here.glob("runs/*.npz")} == before


def test_a_claim_that_fails_ends_with_1_and_is_named(here, capsys):
    (here / "towns" / "claims.yaml").write_text(CLAIMS.replace("air) == 0", "air) > 1"))
    assert check("--quiet") == 1
    told = capsys.readouterr().out
    assert "FAILS   flights_kill: Aircraft kill." in told
    assert told.rstrip().endswith("1 of 3 claims fails: flights_kill.")
    assert check("--quiet", "--claim", "held") == cli.EXIT_OK


def test_an_audit_finds_what_holds_with_some_seeds_only(here, capsys):
    text = CLAIMS.replace("runs: 3", "runs: 1").replace("days: 12", "days: 4")
    (here / "towns" / "claims.yaml").write_text(text)
    assert check_claims(claims_request("towns/claims.yaml", ["held"])).claims[0].ways == {}
    (here / "towns" / "claims.yaml").write_text(
        text.replace("every(ending == holding)", "median(food_stock_kcal) == " + stock_of_seed_1())
    )
    assert check("--quiet", "--claim", "held") == cli.EXIT_OK
    assert check("--quiet", "--claim", "held", "--audit") == 1
    told = capsys.readouterr().out
    assert "other seeds: FAILS" in told
    for way in AUDIT:
        assert f"{way.name}: " in told


def stock_of_seed_1() -> str:
    from siege_sim import load_scenario, run

    scenario = load_scenario("toy_town", ["population.persons_per_household=50"])
    return repr(run(scenario, seed=1, days=4).summary["food_stock_kcal"])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("check: every(ending == holding)", "check: every(ending = holding)", "claims.yaml:12: claims.held.check: "),
        ("every(ending == holding)", "every(kiled == 0)", "claims.yaml:12: 'every(kiled == 0)': there is no outcome"),
        ("every(ending == holding)", "every(nowhere.end_day > 3)", "there is no scenario 'nowhere' in this file"),
        ("every(ending == holding)", "mean(end_day) > baseline", "'baseline' is compared with itself"),
        ("every(ending == holding)", "mean(died_of_hunger@13) > 2", "the runs go from day 0 (2020-09-01) to day 12"),
        ("scenario: no_flights", "scenario: no_flight", "did you mean 'no_flights'?"),
        ("scenario: other.yaml", "scenario: othr.yaml", "there is no such file"),
        ("baseline: toy_town", "baseline: toy_twn", "claims.yaml:4: no scenario is called 'toy_twn'; did you mean"),
        ("sorties.per_day=0", "sorties.per_dy=0", "unknown key 'per_dy'; did you mean 'per_day'?"),
        ("runs: 3", "runs: 0", "0 is out of range; it must be at least 1"),
        ("says: Aircraft kill., ", "", "claims.flights_kill.says: this key is missing"),
        ("no_flights: {settings", "baseline: {settings", "'baseline' cannot be the name of a scenario here"),
    ],
)  # fmt: skip
def test_mistakes_are_found_before_anything_is_played(here, capsys, old, new, message):
    assert old in CLAIMS
    (here / "towns" / "claims.yaml").write_text(CLAIMS.replace(old, new))
    assert check("--quiet") == cli.KNOWN_ERROR
    told = capsys.readouterr()
    assert message in told.err
    assert told.out == ""
    assert cli.main(["validate", "towns/claims.yaml"]) == cli.KNOWN_ERROR
    assert message in capsys.readouterr().err


def test_a_misspelt_claim_or_file_is_found(here, capsys):
    assert check("--claim", "hled") == cli.KNOWN_ERROR
    assert "there is no claim 'hled'; did you mean 'held'?" in capsys.readouterr().err
    assert cli.main(["check", "readmee"]) == cli.KNOWN_ERROR
    assert "did you mean 'readme'?" in capsys.readouterr().err
    assert cli.main(["validate", "towns/claims.yaml", "readme", "lessons"]) == cli.EXIT_OK
    assert capsys.readouterr().out.count("ok (claims)") == 3
    assert cli.main(["list", "claims"]) == cli.EXIT_OK
    assert "convoys prevent more than half" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("arguments", [(), ("--keep", "runs")])
def test_a_check_that_is_stopped_keeps_its_runs_and_goes_on(here, capsys, monkeypatch, arguments):
    calls = []

    def stop_at_the_third(job):
        calls.append(job.seed)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return pack(job)

    pack = finished_runs._packed_run
    monkeypatch.setattr(finished_runs, "_packed_run", stop_at_the_third)
    assert check("--quiet", "--workers", "1", *arguments) == cli.INTERRUPTED
    where = "runs" if arguments else "results/mine-check.unfinished"
    assert f"stopped; 2 runs are kept in {where}, and the same command continues" in capsys.readouterr().err
    assert check("--quiet", "--workers", "1", *arguments) == cli.EXIT_OK
    assert len(calls) == 3 + 7, "nine runs, of which two had been made"


def test_runs_that_cannot_be_kept_are_said(here, capsys):
    (here / "file").touch()
    assert check("--quiet", "--workers", "1", "--keep", "file") == cli.KNOWN_ERROR
    assert "error: file" in capsys.readouterr().err
