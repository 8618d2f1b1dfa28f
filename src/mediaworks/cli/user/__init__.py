"""`mediaworks user create|ls|show|set|limit|export|erase`"""

from __future__ import annotations

from mediaworks.cli.options import Commands
from mediaworks.cli.user.create import create
from mediaworks.cli.user.erase import erase
from mediaworks.cli.user.export import export
from mediaworks.cli.user.limit import limit
from mediaworks.cli.user.ls import ls
from mediaworks.cli.user.set import set_
from mediaworks.cli.user.show import show

users = Commands(help="Users.")
for command in (create, ls, show, limit, export, erase):
    users.command()(command)
users.command("set")(set_)
