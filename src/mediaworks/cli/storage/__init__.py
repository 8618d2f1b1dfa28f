"""`mediaworks storage copy`"""

from __future__ import annotations

import typer

from mediaworks.cli.storage.copy import copy

storage = typer.Typer(help="Where the files are kept.", no_args_is_help=True)


@storage.callback()
def group() -> None:
    """Where the files are kept."""


storage.command()(copy)
