"""`mediaworks group create|ls|show|limit|rm|add|remove`"""

from __future__ import annotations

import typer

from mediaworks.cli.group.create import create
from mediaworks.cli.group.limit import limit
from mediaworks.cli.group.ls import ls
from mediaworks.cli.group.members import add, remove
from mediaworks.cli.group.rm import rm
from mediaworks.cli.group.show import show

groups = typer.Typer(help="Groups of users.", no_args_is_help=True)
for command in (create, ls, show, limit, rm, add, remove):
    groups.command()(command)
