"""`mediaworks events tail|ls|sinks`"""

from __future__ import annotations

import typer

from mediaworks.cli.events.ls import ls
from mediaworks.cli.events.sinks import sinks
from mediaworks.cli.events.tail import tail

events = typer.Typer(help="What happens, and who hears of it.", no_args_is_help=True)
for command in (tail, ls, sinks):
    events.command()(command)
