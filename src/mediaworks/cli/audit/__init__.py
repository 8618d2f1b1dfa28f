"""`mediaworks audit ls|verify`"""

from __future__ import annotations

import typer

from mediaworks.cli.audit.ls import ls
from mediaworks.cli.audit.verify import verify

audit = typer.Typer(help="Who did what, when, and how it ended.", no_args_is_help=True)
for command in (ls, verify):
    audit.command()(command)
