"""`mediaworks uploads …`"""

from __future__ import annotations

from mediaworks.cli.options import Commands
from mediaworks.cli.uploads import abort, ls

uploads = Commands(help="Uploads under way, whatever way they come in.")

for command in (ls.ls, abort.abort):
    uploads.command()(command)
