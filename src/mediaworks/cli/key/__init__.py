"""`mediaworks key create|ls|change|revoke`"""

from __future__ import annotations

from mediaworks.cli.key.change import change
from mediaworks.cli.key.create import create
from mediaworks.cli.key.ls import ls
from mediaworks.cli.key.revoke import revoke
from mediaworks.cli.options import Commands

keys = Commands(help="API keys.")
for command in (create, ls, change, revoke):
    keys.command()(command)
