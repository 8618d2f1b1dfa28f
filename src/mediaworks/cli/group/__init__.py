"""`mediaworks group create|ls|show|limit|rm|add|remove`"""

from __future__ import annotations

from mediaworks.cli.group.create import create
from mediaworks.cli.group.limit import limit
from mediaworks.cli.group.ls import ls
from mediaworks.cli.group.members import add, remove
from mediaworks.cli.group.rm import rm
from mediaworks.cli.group.show import show
from mediaworks.cli.options import Commands

groups = Commands(help="Groups of users.")
for command in (create, ls, show, limit, rm, add, remove):
    groups.command()(command)
