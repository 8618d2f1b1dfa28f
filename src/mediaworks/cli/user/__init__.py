"""`mediaworks user create|ls`"""

from __future__ import annotations

import typer

from mediaworks.cli.user.create import create
from mediaworks.cli.user.ls import ls

users = typer.Typer(help="Users.", no_args_is_help=True)
for command in (create, ls):
    users.command()(command)
