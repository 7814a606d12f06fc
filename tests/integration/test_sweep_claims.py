"""Claims about the runs of an experiment, through the command line: played once, read from the sweep's own folder."""

from __future__ import annotations

import json
import re
import shutil

import pytest

from siege_sim.cli import main as cli
from siege_sim.runner import sweep
from siege_sim.runner.audit import AUDIT

EXPERIMENT = """
name: flights_and_cold
title: Flights and cold
base: toy_town
days: 5
settings: [population.persons_per_household=50]
levers:
  flights: {key: processes.sorties.per_day, values: [0, 8]}
  processes.sorties.dispersion: {values: [0.2, 0.6]}
  policy: {policies: {mild: {}, cold: {interventions.cold: {kind: harsh_winter, from_day: 2}}}}
design: {kind: grid}
replications: 2
outcomes: [civilians_killed, killed_by_air, days_to_half]
series: {every_days: 2, outcomes: [garrison_area_share]}
"""
CLAIMS = """
name: of_flights
title: What we say of flights
experiment: flights.yaml
points:
  baseline: {flights: 0}
  flown: {flights: 8}
  flown_in_the_cold: {flights: 8, policy: cold}
claims:
  on_the_ground_nobody: {says: Without flights none kills., check: mean(killed_by_air where flights == 0) == 0}
  in_pairs: {says: Flights never save., scenario: flown, check: every(killed_by_air >= baseline.killed_by_air)}
  cold: {says: "Cold or not, half is held.", check: share(days_to_half > 5 where policy == cold) == 100 %}
  ground: {says: The ground is held., check: "min(garrison_area_share@4) > 0.5 and max(killed_by_air) < 1000"}
"""
KEY = "processes.sorties.dispersion"


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """Give a folder with a sweep of which one replication has been played."""
    folder = tmp_path_factory.mktemp("sweep")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        (folder / "flights.yaml").write_text(EXPERIMENT)
        assert cli.main(["sweep", "flights.yaml", "--limit", "8", "--workers", "1", "--quiet"]) == cli.EXIT_OK
    return folder


@pytest.fixture
def here(played, tmp_path, monkeypatch):
    folder = tmp_path / "here"
    shutil.copytree(played, folder)
    monkeypatch.chdir(folder)
    (folder / "claims.yaml").write_text(CLAIMS)
    return folder


@pytest.fixture
def counted(monkeypatch):
    """Count the runs that are played."""
    counts = []
    whole = sweep.run_batch

    def run_batch(batch):
        counts.append(len(batch.runs))
        return whole(batch)

    monkeypatch.setattr(sweep, "run_batch", run_batch)
    return counts


def check(*arguments: str) -> int:
    return cli.main(["check", "claims.yaml", "--workers", "1", *arguments])


def test_runs_that_the_sweep_has_are_not_played_again(here, capsys, counted):
    assert check("--runs", "1", "--json") == cli.EXIT_OK
    assert counted == []
    found = json.loads(capsys.readouterr().out)
    assert (found["points"], found["runs"], found["all_hold"]) == (8, 1, True)
    assert all(claim["resampled"] is None for claim in found["claims"]), "one seed says nothing of others"
    assert check() == cli.EXIT_OK
    assert sum(counted) == 8
    told = capsys.readouterr().out
    assert "What we say of flights (2 runs of each of the 8 points of flights_and_cold; seeds 1 to 2)" in told
    assert told.rstrip().endswith("All 4 claims hold.")
    assert [entry.name for entry in (here / "results").iterdir()] == ["flights_and_cold-sweep"]


def test_a_claim_that_fails_names_point_and_seed(here, capsys):
    (here / "claims.yaml").write_text(CLAIMS.replace("every(killed_by_air >=", "every(flights + killed_by_air <"))
    assert check("--runs", "1", "--quiet", "--claim", "in_pairs") == 1
    told = capsys.readouterr().out
    found = re.search(r"killed_by_air\): no \(not in 4 of 4 runs: (.*)\)", told)
    assert found, told
    assert re.fullmatch(r"(point \d with seed 1(, )?){4}", found[1])


@pytest.mark.slow
def test_an_audit_plays_the_sweep_in_other_ways_beside_it(here, capsys):
    arguments = ["--runs", "1", "--audit", "--claim", "on_the_ground_nobody", "--keep", "kept"]
    assert check(*arguments, "--quiet", "--set", "days=2") == cli.KNOWN_ERROR, "the experiment has more days"
    (here / "flights.yaml").write_text(EXPERIMENT.replace("days: 5", "days: 4").replace("[0.2, 0.6]", "[0.2]"))
    capsys.readouterr()
    assert check(*arguments) == cli.EXIT_OK
    told = capsys.readouterr().out
    assert [f"{way.name}: holds" in told for way in AUDIT] == [True] * len(AUDIT)
    assert len(list(here.glob("kept*"))) == 1 + len(AUDIT)


def test_an_experiment_that_varies_the_rows_is_not_audited_with_other_rows(here):
    from siege_sim.errors import ScenarioError
    from siege_sim.runner.check_claims import claims_request
    from siege_sim.runner.check_sweep_claims import plan_in

    varied = "population.persons_per_household: {low: 20}"
    (here / "flights.yaml").write_text(EXPERIMENT.replace("processes.sorties.dispersion: {values: [0.2, 0.6]}", varied))
    request = claims_request("claims.yaml", audit=True)
    with pytest.raises(ScenarioError, match="the experiment itself varies"):
        plan_in(request, AUDIT[1])
    assert plan_in(request, AUDIT[0]).experiment.first_seed == 1 + 2


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("experiment: flights.yaml", "experiment: fligts.yaml", "claims.yaml:4: "),
        ("experiment: flights.yaml", "baseline: toy_town", "claims.yaml:6: points: points are those of an experiment"),
        ("experiment: flights.yaml", "experiment: flights.yaml\ndays: 3", "days: the experiment says what is run"),
        ("{flights: 0}", "{flihgts: 0}", "claims.yaml:6: the experiment has no factor 'flihgts'; did you mean"),
        ("{flights: 0}", "{flights: 3}", "no point of the experiment has flights: 3; it is one of 0, 8"),
        ("baseline: {", "all: {", "points cannot be called 'all' here"),
        ("policy == cold", "policy == clod", "policy is never 'clod'; did you mean 'cold'?"),
        ("where flights == 0", "where flights == 1", "no point of the sweep is so: flights == 1"),
        ("killed_by_air) < 1000", "killed_by_aire) < 1000", "there is no outcome 'killed_by_aire'"),
        ("killed_by_air) < 1000", "died_of_hunger) < 1000", "the experiment does not keep 'died_of_hunger'"),
        ("killed_by_air) < 1000", "killed_by_air@2) < 1000", "keeps no days of 'killed_by_air'"),
        ("garrison_area_share@4", "garrison_area_share@3", "only one day in 2 is kept"),
        ("scenario: flown,", "scenario: flwn,", "there are no points 'flwn' in this file; did you mean 'flown'?"),
        ("baseline.killed", "basline.killed", "there are no points 'basline' in this file; did you mean 'baseline'?"),
        ("baseline.killed", "flown_in_the_cold.killed", "do not come in pairs"),
    ],
)  # fmt: skip
def test_mistakes_are_found_before_anything_is_played(here, capsys, counted, old, new, message):
    assert old in CLAIMS
    (here / "claims.yaml").write_text(CLAIMS.replace(old, new))
    assert check("--quiet") == cli.KNOWN_ERROR
    told = capsys.readouterr()
    assert message in told.err
    assert (told.out, counted) == ("", [])


def test_a_check_knows_factors_that_are_called_like_their_keys(here, capsys):
    (here / "claims.yaml").write_text(CLAIMS.replace("mean(killed_by_air where flights == 0) == 0",
                                                     f"mean({KEY} where {KEY} > 0.3) == 0.6"))  # fmt: skip
    assert check("--runs", "1", "--claim", "on_the_ground_nobody") == cli.EXIT_OK
    assert f"mean({KEY} where {KEY} > 0.3): 0.6" in capsys.readouterr().out
