"""The commands about maps and inputs made from other files. Parse, call, print, as in ``cli``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated

import typer


def map_command(
    out: Annotated[Path, typer.Argument(metavar="OUT.yaml", help="The map's file; its picture is written beside it.")],
    boundaries: Annotated[
        str | None, typer.Option(metavar="FILE", help="Quarters as polygons; FILE::LAYER where it has several layers.")
    ] = None,
    name_field: Annotated[str | None, typer.Option(metavar="FIELD", help="The field with the quarters' names.")] = None,
    letters: Annotated[
        str | None, typer.Option(metavar="FILE.txt", help="A town drawn as letters, instead of --boundaries.")
    ] = None,
    cell: Annotated[float | None, typer.Option(metavar="M", help="The side of a cell in metres. [400]")] = None,
    name: Annotated[str | None, typer.Option(help="The city's name; by default that of the file.")] = None,
    holders: Annotated[
        str | None, typer.Option(metavar="CSV|FIELD", help="Who holds what: a table (name, holder), or a field.")
    ] = None,
    side: Annotated[
        list[str] | None, typer.Option(metavar="WORD=SIDE", help="Which side a word of --holders means; repeatable.")
    ] = None,
    others: Annotated[str | None, typer.Option(metavar="SIDE", help="Who holds quarters without a holder.")] = None,
    surroundings: Annotated[
        str | None,
        typer.Option(metavar="SIDE", help="Who holds open ground around the quarters; else nobody can pass."),
    ] = None,
    margin: Annotated[
        int | None, typer.Option(min=0, max=50, help="Cells around the quarters. [2 with --surroundings]")
    ] = None,
    population: Annotated[str | None, typer.Option(metavar="RASTER|FIELD", help="Where people live.")] = None,
    population_unit: Annotated[
        str | None,
        typer.Option(metavar="count|density", help="People a raster cell or quarter, or a square kilometre."),
    ] = None,
    built_up: Annotated[
        str | None, typer.Option(metavar="RASTER|LAYER|FIELD", help="Built ground: a raster, buildings, or a field.")
    ] = None,
    built_up_unit: Annotated[
        str | None, typer.Option(metavar="share|percent", help="What the values of --built-up are.")
    ] = None,
    damage: Annotated[str | None, typer.Option(metavar="POINTS", help="Structures damaged before day 0.")] = None,
    facilities: Annotated[str | None, typer.Option(metavar="POINTS", help="Hospitals, bakeries, bridges, ...")] = None,
    kind_field: Annotated[str | None, typer.Option(metavar="FIELD", help="The field with their kind.")] = None,
    water: Annotated[str | None, typer.Option(metavar="POLYGONS", help="Rivers and lakes.")] = None,
    water_share: Annotated[
        float, typer.Option(min=0.05, max=1.0, help="The share of a cell from which it is water.")
    ] = 0.5,
    sector_field: Annotated[
        str | None, typer.Option(metavar="FIELD", help="The sector of each quarter; by default by the compass.")
    ] = None,
    extent: Annotated[str | None, typer.Option(metavar="W,S,E,N", help="Only this box, in degrees.")] = None,
    crs: Annotated[
        str | None, typer.Option(metavar="EPSG:N", help="The reference system of files that do not say theirs.")
    ] = None,
    skeleton: Annotated[
        Path | None, typer.Option(metavar="SCENARIO.yaml", help="Write a commented scenario on the map, too.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Make a map from geodata or from a drawing."""
    from siege_sim.mapping.make_map import MapFiles, make_map
    from siege_sim.mapping.summary import town_lines

    if (letters is None) == (boundaries is None):
        raise typer.BadParameter("give either --boundaries (geodata) or --letters (a drawing)")
    files = MapFiles(out, skeleton, force)
    if letters is not None:
        from siege_sim.mapping.letters import town_from_letters

        drawing = letters
        town = make_map(files, lambda: town_from_letters(drawing, cell, name), [f"letters: {Path(drawing).name}"])
    else:
        from siege_sim.mapping.geodata import town_from_geodata
        from siege_sim.mapping.sources import GeoSources

        if name_field is None:
            raise typer.BadParameter("--boundaries needs --name-field: the field with the quarters' names")
        metres = 400.0 if cell is None else cell
        sources = GeoSources(
            str(boundaries), name_field, metres, name, holders, side or (), others, surroundings, margin, population,
            population_unit, built_up, built_up_unit, damage, facilities, kind_field, water, water_share, sector_field,
            extent, crs,
        )  # fmt: skip
        town = make_map(files, lambda: town_from_geodata(sources), sources.lines())
    if not quiet:
        print("\n".join([*town_lines(town), "", *(f"{file}: written" for file in files.all)]))


def events_command(
    file: Annotated[
        str, typer.Argument(metavar="FILE.csv", help="Dated events; ACLED's and UCDP GED's columns are known.")
    ],
    purpose: Annotated[
        str, typer.Option("--as", metavar="strikes|record", help="A calendar of fire, or patterns of a record.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="The file to write; by default strikes.csv or record.yaml beside the table.")
    ] = None,
    map_file: Annotated[
        Path | None,
        typer.Option("--map", metavar="MAP.yaml", help="Only events on this map; strikes on besieged ground."),
    ] = None,
    start: Annotated[
        str | None, typer.Option(metavar="DATE", help="Day 0 of a record; by default the day before the first event.")
    ] = None,
    every: Annotated[int, typer.Option(min=1, max=3650, help="Days that one pattern of a record covers.")] = 30,
    spread: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Ranges of a record reach so far from the count, as a share.")
    ] = 0.5,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Make a calendar of fire or a record from dated events."""
    from siege_sim.mapping.events import EventOptions, write_record, write_strikes

    writers = {"strikes": (write_strikes, "strikes.csv"), "record": (write_record, "record.yaml")}
    if purpose not in writers:
        raise typer.BadParameter("write --as strikes, or --as record")
    write, usual = writers[purpose]
    target = out or Path(file).with_name(usual)
    notes = write(file, target, EventOptions(map_file, _day(start), every, spread), force)
    if not quiet:
        print("\n".join([*(f"- {note}" for note in notes), f"{target}: written"]))


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"--start {text}: write a date such as 2016-09-22") from None


MAPPING_COMMANDS: dict[str, Callable[..., None]] = {"map": map_command, "events": events_command}
