"""`mediaworks audit ls|verify`"""

from __future__ import annotations

from mediaworks.cli.audit.ls import ls
from mediaworks.cli.audit.verify import verify
from mediaworks.cli.options import Commands

audit = Commands(help="Who did what, when, and how it ended.")
for command in (ls, verify):
    audit.command()(command)
