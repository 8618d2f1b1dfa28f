"""`mediaworks policy ls|set`"""

from __future__ import annotations

from mediaworks.cli.options import Commands
from mediaworks.cli.policy.ls import ls
from mediaworks.cli.policy.set import set_

policies = Commands(help="What the users of a role may do.")
policies.command()(ls)
policies.command("set")(set_)
