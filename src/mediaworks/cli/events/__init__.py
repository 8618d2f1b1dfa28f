"""`mediaworks events tail|ls|sinks`"""

from __future__ import annotations

from mediaworks.cli.events.ls import ls
from mediaworks.cli.events.sinks import sinks
from mediaworks.cli.events.tail import tail
from mediaworks.cli.options import Commands

events = Commands(help="What happens, and who hears of it.")
for command in (tail, ls, sinks):
    events.command()(command)
