"""`mediaworks jobs ls|show|watch|cancel|retry`"""

from __future__ import annotations

from mediaworks.cli.jobs.ls import ls
from mediaworks.cli.jobs.show import show
from mediaworks.cli.jobs.steering import cancel, retry
from mediaworks.cli.jobs.watch import watch
from mediaworks.cli.options import Commands

jobs = Commands(help="Background work: what runs, how far it is, and how it ended.")

for command in (ls, show, watch, cancel, retry):
    jobs.command()(command)
