"""`mediaworks storage copy`"""

from __future__ import annotations

from mediaworks.cli.options import Commands
from mediaworks.cli.storage.copy import copy

storage = Commands(help="Where the files are kept.")


@storage.callback()
def group() -> None:
    """Where the files are kept."""


storage.command()(copy)
