"""What commands print: for people on a terminal, JSON for programs."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mediaworks.errors import MediaworksError

if TYPE_CHECKING:
    from rich.console import Console

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON. The default when the output is no terminal.")]


@cache
def console() -> Console:
    from rich.console import Console

    return Console(highlight=False)


@cache
def errors() -> Console:
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def wants_json(asked: bool) -> bool:
    return asked or not sys.stdout.isatty()


def print_json(value: Any) -> None:
    """One line of UTF-8, whatever the locale."""
    import msgspec

    sys.stdout.flush()
    sys.stdout.buffer.write(msgspec.json.encode(value) + b"\n")
    sys.stdout.buffer.flush()


def print_outcome(value: Any, line: str, *, json: bool) -> None:
    """What a command has done: `value` for programs, for people a line, whose foreign text is `plain` already."""
    if wants_json(json):
        print_json(value)
    else:
        console().print(line, soft_wrap=True)


def print_table(columns: Iterable[str], rows: Iterable[Iterable[str]], *, whole: Iterable[str] = ()) -> None:
    """Cells are plain text, not markup; the columns in `whole` are never broken over lines."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold")
    for column in columns:
        table.add_column(column, no_wrap=column in whole, overflow="fold")
    for row in rows:
        table.add_row(*(Text(readable(cell)) for cell in row))
    console().print(table)


def print_error(error: MediaworksError) -> None:
    """One line on standard error: what was wrong, and the code that names it."""
    errors().print(f"[bold red]error[/] {plain(error.detail)} [dim]({plain(error.code)})[/]", soft_wrap=True)


def plain(text: object) -> str:
    """Foreign text for a line of our own: nothing in it is markup or steers the terminal."""
    from rich.markup import escape

    return escape(readable(text))


def readable(text: object) -> str:
    """Foreign text without control characters and without bytes that are no text."""
    return "".join("\N{REPLACEMENT CHARACTER}" if _is_unreadable(letter) else letter for letter in str(text))


def _is_unreadable(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cc", "Cs"}
