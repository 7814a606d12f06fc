"""The command about lessons: in writing, and on paper. Parse, call, print, as in ``main``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer


def lesson_command(
    lesson: Annotated[str, typer.Argument(metavar="LESSON", help="A name from `list lessons`, or a YAML file.")],
    worksheet: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the students' worksheet, a page to print.")
    ] = None,
    key: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the teacher's key, a page to print.")] = None,
    language: Annotated[
        str, typer.Option(help="The language of worksheet and key: en, de; of the lesson where it is translated.")
    ] = "en",
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
) -> None:
    """Print a lesson; or write its worksheet, or its key.

    Without a file the whole lesson is printed as Markdown, with what each card shows and the ways on the command line.
    """
    from siege_sim.dashboard.lessons.check_lesson import checked_lesson
    from siege_sim.dashboard.lessons.handouts import key_html, worksheet_html, write_handout
    from siege_sim.dashboard.lessons.lesson_file import find_lesson
    from siege_sim.dashboard.lessons.translation import lesson_in
    from siege_sim.dashboard.lessons.written import written_lesson
    from siege_sim.languages.catalogue import known_language

    file = find_lesson(lesson)
    found = checked_lesson(file)
    told = lesson_in(known_language(language), file)
    sheets = ((worksheet_html, worksheet), (key_html, key))
    pages = [(made(told, file, language), target) for made, target in sheets if target]
    for html, target in pages:
        write_handout(html, target, force)
        print(f"{target}: written")
    if not pages:
        print(written_lesson(found, file), end="")


LESSON_COMMANDS: dict[str, Callable[..., None]] = {"lesson": lesson_command}
