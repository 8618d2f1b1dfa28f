"""`mediaworks uploads …`"""

from __future__ import annotations

import typer

from mediaworks.cli.uploads import abort, ls

uploads = typer.Typer(help="Uploads under way, whatever way they come in.", no_args_is_help=True)

for command in (ls.ls, abort.abort):
    uploads.command()(command)
