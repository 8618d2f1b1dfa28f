"""What commands print: for people on a terminal, JSON for programs."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console

from mediaworks.errors import MediaworksError

console = Console()
errors = Console(stderr=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON. The default when the output is no terminal.")]


def wants_json(asked: bool) -> bool:
    return asked or not sys.stdout.isatty()


def print_json(value: Any) -> None:
    print(msgspec.json.encode(value).decode())


def print_error(error: MediaworksError) -> None:
    """One line on standard error: what was wrong, and the code that names it."""
    errors.print(f"[bold red]error[/] {error.detail} [dim]({error.code})[/]", soft_wrap=True, highlight=False)
