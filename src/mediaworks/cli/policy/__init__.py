"""`mediaworks policy ls|set`"""

from __future__ import annotations

import typer

from mediaworks.cli.policy.ls import ls
from mediaworks.cli.policy.set import set_

policies = typer.Typer(help="What the users of a role may do.", no_args_is_help=True)
policies.command()(ls)
policies.command("set")(set_)
