"""The tests mirror the package: what tests one room stands in the folder of that room."""

from __future__ import annotations

from pathlib import Path

import siege_sim

PACKAGE = Path(siege_sim.__file__).parent
UNIT = Path(__file__).parents[1] / "unit"


def test_every_folder_of_unit_tests_is_named_after_a_folder_of_the_package():
    folders = {path.parent.relative_to(UNIT) for path in UNIT.rglob("test_*.py")}
    assert folders
    assert [folder.as_posix() for folder in folders if not (PACKAGE / folder).is_dir()] == []


def test_no_test_of_one_room_stands_outside_its_folder():
    """Tests of the whole house stand in tests/house, those of the whole program in tests/integration."""
    assert [path.name for path in UNIT.glob("test_*.py")] == []
