"""The reference page of every command, from the same declarations that ``--help`` shows."""

from __future__ import annotations

import re
from typing import Any

import typer.main

_OPENING = """# Commands

Generated from the code by `make docs`; `siege-sim COMMAND --help` says the same. A command ends with 0 when it has done
what it was asked, with 1 after an error that its message explains (or when a check has failed), with 2 when the
command line is wrong, with 3 after a fault of the program, and with 130 when it was interrupted.
"""

_TYPES = {
    r"<(int|float)( range)?>|(INTEGER|FLOAT)( RANGE)?": "NUMBER",
    r"<path>": "PATH",
    r"<(list\[)?str\]?>|TEXT": "",
}
"""How versions of the library name a type, and how it is called here."""


def commands_page() -> str:
    """Return the page of all commands, each with its arguments and options."""
    commands = program_commands()
    index = [
        f"| [`{name}`](#siege-sim-{name}) | {_one_line(command.help).partition('. ')[0].rstrip('.')} |"
        for name, command in commands.items()
    ]
    sections = [command_section(name, command) for name, command in commands.items()]
    return "\n".join([_OPENING, "| command | what it does |", "| --- | --- |", *index, "", *sections]).rstrip() + "\n"


def program_commands() -> dict[str, Any]:
    """Return every command of the program by name, in the order of ``siege-sim --help``."""
    from siege_sim.cli.main import app

    group: Any = typer.main.get_command(app)
    return dict(group.commands)


def command_section(name: str, command: Any) -> str:
    """Return what a command does and a table of what it takes."""
    context = command.make_context(name, [], resilient_parsing=True)
    taken = [part.get_help_record(context) for part in command.params if part.name != "help"]
    rows = [f"| `{_taken(words)}` | {_cell(meaning)} |" for words, meaning in filter(None, taken)]
    text = "\n\n".join(" ".join(paragraph.split()) for paragraph in command.help.split("\n\n"))
    table = ["| takes | meaning |", "| --- | --- |", *rows, ""] if rows else []
    return "\n".join([f"## siege-sim {name}", "", text, "", *table])


def _taken(words: str) -> str:
    """Return an argument or option with what it takes: ``--runs NUMBER``."""
    for pattern, name in _TYPES.items():
        words = re.sub(pattern, name, words)
    return _one_line(words).replace("|", "\\|")


def _cell(text: str) -> str:
    return _one_line(text).replace("|", "\\|")


def _one_line(text: str) -> str:
    return " ".join(text.split())
