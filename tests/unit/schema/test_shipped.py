"""Names and paths of files: what is found, and what could have been meant."""

from __future__ import annotations

import pytest

from siege_sim.errors import ScenarioError
from siege_sim.schema.shipped import find_file, shipped_files, shipped_folder

SHIPPED = shipped_files(shipped_folder())


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Work in a folder with two files of one's own, and a folder in it."""
    monkeypatch.chdir(tmp_path)
    for name in ("convoys_and_hospitals.yaml", "other.yml"):
        (tmp_path / name).write_text("extends: toy_town\n")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "winter_of_hunger.yaml").write_text("extends: toy_town\n")
    return tmp_path


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("convoys_and_hospitals", "'./convoys_and_hospitals.yaml'"),
        ("convoys_and_hospital", "'./convoys_and_hospitals.yaml'"),
        ("othr", "'./other.yml'"),
        ("aid_convoy", "'aid_convoys'"),
        ("convoys_and_hospital.yaml", "'convoys_and_hospitals.yaml'"),
        ("./convoys_and_hospital.yaml", "'convoys_and_hospitals.yaml'"),
        ("inner/winter_of_hungr.yaml", "'inner/winter_of_hunger.yaml'"),
        ("aid_convoys.yaml", "'aid_convoys'"),
    ],
)
def test_a_misspelt_scenario_is_looked_for_here_and_among_those_that_are_shipped(asked, meant, here):
    with pytest.raises(ScenarioError) as refused:
        find_file(asked, SHIPPED)
    assert f"did you mean {meant}?" in str(refused.value)


def test_what_a_file_builds_on_is_looked_for_beside_it(here):
    with pytest.raises(ScenarioError, match="did you mean 'winter_of_hunger'"):
        find_file("winter_of_hungre", SHIPPED, beside=here / "inner")


@pytest.mark.parametrize("asked", ["nowhere/at/all.yaml", "\0.yaml", "zzzzzzzzzz.yaml"])
def test_nothing_is_guessed_where_nothing_is_close(asked, here):
    with pytest.raises((ScenarioError, ValueError)) as refused:
        find_file(asked, SHIPPED)
    assert "did you mean" not in str(refused.value)


@pytest.mark.parametrize("given", [3, None, object(), {"name": "toy_town"}], ids=lambda given: type(given).__name__)
def test_what_is_neither_a_name_nor_a_file_is_refused_in_a_short_sentence(given):
    with pytest.raises(ScenarioError) as told:
        find_file(given, {})
    assert str(told.value) == f"give the scenario by its name or its file here, not as a {type(given).__name__}"
