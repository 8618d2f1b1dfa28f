"""`mediaworks jobs ls|show|watch|cancel|retry`"""

from __future__ import annotations

import typer

from mediaworks.cli.jobs.ls import ls
from mediaworks.cli.jobs.show import show
from mediaworks.cli.jobs.steering import cancel, retry
from mediaworks.cli.jobs.watch import watch

jobs = typer.Typer(help="Background work: what runs, how far it is, and how it ended.", no_args_is_help=True)

for command in (ls, show, watch, cancel, retry):
    jobs.command()(command)
