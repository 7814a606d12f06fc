"""The same scenario and seed give the same bytes, however they are run."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from siege_sim import RunResult, load_scenario, run
from siege_sim.results.files import json_text

SETTINGS = ("population.persons_per_household=25",)
DAYS = 30


def digest_of_a_run(seed: int = 5) -> str:
    """Return a hash of the series of a month of Aleppo."""
    series = run(load_scenario("aleppo_2016", SETTINGS), seed=seed, days=DAYS).series_csv()
    return hashlib.sha256(series.encode()).hexdigest()


@pytest.fixture(scope="module")
def digest() -> str:
    return digest_of_a_run()


def test_again_in_the_same_process(digest):
    assert digest_of_a_run() == digest


def test_another_seed_is_another_run(digest):
    assert digest_of_a_run(6) != digest


@pytest.mark.parametrize("method", ["spawn", "fork", "forkserver"])
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_in_another_process_however_it_is_started(method, digest):
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this system has no {method}")
    with multiprocessing.get_context(method).Pool(1) as pool:
        assert pool.apply(digest_of_a_run) == digest


CODE = "from tests.integration.test_reproducible import digest_of_a_run; print(digest_of_a_run())"


@pytest.mark.parametrize("hash_seed", ["0", "4242"])
def test_whatever_the_hash_seed(hash_seed, digest):
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    asked = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True, env=environment)
    assert asked.stdout.strip() == digest


def test_on_the_other_supported_python_and_mesa(digest):
    """``make test`` sets SIEGE_SIM_OTHER_PYTHON where it finds a second interpreter."""
    other = os.environ.get("SIEGE_SIM_OTHER_PYTHON")
    if not other:
        pytest.skip("no second interpreter was set up")
    asked = subprocess.run(
        [other, "-c", CODE], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert asked.stdout.strip() == digest


def test_a_short_run_is_the_beginning_of_a_long_one(toy_town):
    short, long = run(toy_town, seed=2, days=8), run(toy_town, seed=2, days=16)
    assert short.series_csv() == "\n".join(long.series_csv().split("\n")[:10]) + "\n"


def test_a_scenario_written_out_and_read_back_runs_the_same(tmp_path, toy_town, toy_result):
    from siege_sim.cli.listings import resolved_yaml

    file = tmp_path / "again.yaml"
    file.write_text(resolved_yaml(toy_town), "utf-8")
    again = load_scenario(file)
    assert again.digest == toy_town.digest
    assert again == toy_town
    assert hash(again) == hash(toy_town)
    assert run(again, seed=1).series_csv() == toy_result.series_csv()


def test_the_manifest_holds_the_whole_scenario(toy_town, toy_result):
    from siege_sim.loading.scenario import scenario_of

    assert scenario_of(json.loads(json_text(toy_result.manifest))["scenario"]) == toy_town


def test_results_cannot_be_changed(toy_result: RunResult):
    mine = toy_result.series
    mine.loc[0, "day"] = 99
    assert toy_result.series.loc[0, "day"] == 0
    with pytest.raises(TypeError):
        toy_result.summary["ending"] = "other"  # type: ignore[index]
    with pytest.raises(AttributeError):
        toy_result.summary = {}  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        toy_result.snapshots["holder"][0, 0, 0] = 9


def test_a_results_folder_holds_the_scenario_that_repeats_it(tmp_path, toy_town, toy_result):
    folder = tmp_path / "run"
    folder.mkdir()
    toy_result.write(folder)
    again = load_scenario(folder / "scenario.yaml")
    assert again == toy_town
    assert run(again, seed=1).series_csv() == (folder / "series.csv").read_text("utf-8-sig")


def test_results_travel_between_processes(toy_result):
    copy = pickle.loads(pickle.dumps(toy_result))
    assert copy.series_csv() == toy_result.series_csv()
    assert json_text(copy.manifest) == json_text(toy_result.manifest)
