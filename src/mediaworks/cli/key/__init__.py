"""`mediaworks key create|ls|change|revoke`"""

from __future__ import annotations

import typer

from mediaworks.cli.key.change import change
from mediaworks.cli.key.create import create
from mediaworks.cli.key.ls import ls
from mediaworks.cli.key.revoke import revoke

keys = typer.Typer(help="API keys.", no_args_is_help=True)
for command in (create, ls, change, revoke):
    keys.command()(command)
