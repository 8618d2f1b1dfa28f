"""`mediaworks key create|ls|revoke`"""

from __future__ import annotations

import typer

from mediaworks.cli.key.create import create
from mediaworks.cli.key.ls import ls
from mediaworks.cli.key.revoke import revoke

keys = typer.Typer(help="API keys.", no_args_is_help=True)
for command in (create, ls, revoke):
    keys.command()(command)
