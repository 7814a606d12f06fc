"""Checking the files that users write, of whatever kind: scenarios, maps, records, experiments and more.

The kind of a file follows from its keys, so that files of all kinds can be named together, whatever their folders.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from siege_sim.dashboard.lessons import check_lesson, lesson_file
from siege_sim.errors import ScenarioError, did_you_mean
from siege_sim.experiments import experiment
from siege_sim.experiments.buildable import points_to_build
from siege_sim.experiments.plan import load_plan
from siege_sim.loading import scenario
from siege_sim.loading.file_schemas import scenario_schema
from siege_sim.loading.json_schema import Schema, block_schema, versioned
from siege_sim.model.agents.household import left_to
from siege_sim.model.outcomes import known_outcomes
from siege_sim.model.scenario import DrawnMap, Scenario
from siege_sim.runner import calibrate, calibration_file, check_claims, claims_file
from siege_sim.schema.block import Block
from siege_sim.schema.messages import read_block
from siege_sim.schema.shipped import find_file, is_path
from siege_sim.schema.yaml_file import read_yaml
from siege_sim.validation import record


@dataclass(frozen=True)
class FileKind:
    """A kind of file.

    Attributes:
        name: what it is called.
        block: what its keys make up.
        check: looks at a file as hard as can be done without a run; returns what it could not look at, if anything.
        shipped: returns the files of this kind that can be given by name.
        further_keys: keys that are read before the block is made.
        schema_of_files: makes the schema, where files may hold more than the block.
    """

    name: str
    block: type[Block]
    check: Callable[[Path], str | None]
    shipped: Callable[[], dict[str, Path]] = dict
    further_keys: tuple[str, ...] = ()
    schema_of_files: Callable[[], Schema] | None = None

    def schema(self) -> Schema:
        """Return the schema of such files, for editors."""
        return self.schema_of_files() if self.schema_of_files else versioned(block_schema(self.block), self.name)

    def shared_keys(self, keys: set[str]) -> int:
        """Return how many of some keys are known to files of this kind."""
        fields = self.block.model_fields.items()
        return len(keys & {*self.further_keys, *(field.alias or name for name, field in fields)})


def check_file(name_or_path: str) -> list[str]:
    """Check a file, or all shipped files of a name, and return a line about each.

    Raises:
        ScenarioError: names file, line, value and way out for everything that is wrong.
    """
    return [f"{name_or_path}: ok ({_checked(kind, file)})" for kind, file in _found(name_or_path)]


def _checked(kind: FileKind, file: Path) -> str:
    unseen = kind.check(file)
    return f"{kind.name}; {unseen}" if unseen else kind.name


def _found(name_or_path: str) -> Iterator[tuple[FileKind, Path]]:
    """Yield every file that a name or path stands for, with its kind."""
    if is_path(name_or_path):
        file = find_file(name_or_path, {})
        yield file_kind(file), file
        return
    known = [(kind, kind.shipped()) for kind in FILE_KINDS]
    found = [(kind, files[name_or_path]) for kind, files in known if name_or_path in files]
    if not found and Path(name_or_path).is_dir():
        raise ScenarioError([f"{name_or_path}: is a folder; name files, for example {name_or_path}/*.yaml"])
    if not found:
        names = {name for _, files in known for name in files}
        raise ScenarioError([f"nothing is called '{name_or_path}'{did_you_mean(name_or_path, names)}"])
    yield from found


def file_kind(file: Path) -> FileKind:
    """Return the kind that knows most of a file's keys; a scenario in case of doubt."""
    data = read_yaml(file).data
    keys = set(data) if isinstance(data, dict) else set()
    return max(FILE_KINDS, key=lambda kind: kind.shared_keys(keys))


def _check_scenario(file: Path) -> None:
    scenario.load_scenario(file)


def _check_map(file: Path) -> None:
    read_block(DrawnMap, file, "a map")


def _check_experiment(file: Path) -> str | None:
    """Check an experiment, and make scenarios of its points; of a large design, of some of them."""
    table = load_plan(file).points.table
    built = len(points_to_build(table))
    return None if built == len(table) else f"{built:,} of its {len(table):,} points were made into scenarios"


def _check_record(file: Path) -> str | None:
    """Check a record with the outcomes and quarters of the scenario of its name, when there is one."""
    name = record.load_record(file).name
    try:
        scenario_file = scenario.find(name, beside=file.resolve().parent.parent)
    except ScenarioError:
        names = [outcome.name for outcome in known_outcomes()]
        record.load_record(file, outcomes=[*names, *_to_third_parties(file)])
        return f"no scenario is called '{name}', so its quarters cannot be checked"
    siege = scenario.load_scenario(scenario_file)
    quarters = siege.city_map.quarter_names
    record.load_record(file, [outcome.name for outcome in siege.outcomes], quarters)
    return None


def _to_third_parties(file: Path) -> list[str]:
    """Return the outcomes of a record that count people who left to somebody: nobody knows yet who is there."""
    measures = [entry.measure for entry in record.load_record(file).patterns.values() if entry.measure is not None]
    return [name for measure in measures for name in measure.outcomes_used if name.startswith(left_to(""))]


def _check_calibration(file: Path) -> None:
    with calibration_file.lines_named(file, {}) as spec:
        calibrate.subject_of(spec)


def _check_claims(file: Path) -> None:
    check_claims.claims_request(file)


def _check_lesson(file: Path) -> None:
    check_lesson.checked_lesson(file)


FILE_KINDS = (
    FileKind("scenario", Scenario, _check_scenario, scenario.shipped_scenarios, ("extends",), scenario_schema),
    FileKind("experiment", experiment.Experiment, _check_experiment, experiment.shipped_experiments),
    FileKind("record", record.Record, _check_record, record.shipped_records),
    FileKind(
        "calibration", calibration_file.CalibrationSpec, _check_calibration, calibration_file.shipped_calibrations
    ),
    FileKind("claims", claims_file.ClaimsFile, _check_claims, claims_file.shipped_claims),
    FileKind("lesson", lesson_file.Lesson, _check_lesson, lesson_file.shipped_lesson_files),
    FileKind("map", DrawnMap, _check_map),
)
"""All kinds; the first of those that fit a file equally well is taken."""
