"""Write a map with its picture, and if wanted a scenario on it: all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from siege_sim.errors import SiegeError
from siege_sim.loading.starter import inside_folder_of, name_of, people_by_holder, starter_on_map
from siege_sim.mapping.map_file import map_yaml
from siege_sim.mapping.picture import map_picture
from siege_sim.mapping.town import DrawnTown
from siege_sim.mapping.writing import check_files, write_together


@dataclass(frozen=True)
class MapFiles:
    """Where a map goes.

    Attributes:
        out: the map's file.
        skeleton: the file of a scenario on it, if one is wanted.
        force: replace files that are there.
    """

    out: Path
    skeleton: Path | None = None
    force: bool = False

    @property
    def picture(self) -> Path:
        """The picture, beside the map."""
        return self.out.with_suffix(".png")

    @property
    def all(self) -> list[Path]:
        """All files that are written."""
        return [self.out, self.picture, *([self.skeleton] if self.skeleton else [])]


def make_map(files: MapFiles, draw: Callable[[], DrawnTown], sources: Sequence[str]) -> DrawnTown:
    """Make a map and write its files.

    Args:
        files: where it goes.
        draw: makes the map.
        sources: what it is made from, a line each.

    Raises:
        SiegeError: when it cannot be made or written; then no file was.
    """
    if files.out.suffix not in (".yaml", ".yml"):
        raise SiegeError(f"{files.out}: a map's file ends with .yaml; call it {files.out.stem or 'map'}.yaml")
    check_files(files.all, files.force)
    relative = inside_folder_of(files.skeleton, files.out) if files.skeleton else ""
    town = draw()
    remarks = [
        f"{town.city_map.name}. Made by `siege-sim map`; edit it as you like.",
        "",
        "Sources",
        *_indented(sources),
    ]
    if town.notes:
        remarks += ["", "How it was made", *_indented(town.notes)]
    texts: dict[Path, str | bytes] = {
        files.out: map_yaml(town.city_map, remarks, town.assumed),
        files.picture: map_picture(town, "A map for a model; not for use on the ground."),
    }
    if files.skeleton is not None:
        people = people_by_holder(town.city_map, town.people) if town.people else None
        texts[files.skeleton] = starter_on_map(name_of(files.skeleton), relative, town.city_map, people, town.labels)
    write_together(texts, files.force)
    return town


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"  {line}" for line in lines]
