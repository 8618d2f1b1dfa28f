"""`mediaworks share with|ls|rm|link|links|unlink`"""

from __future__ import annotations

from mediaworks.cli.options import Commands
from mediaworks.cli.share.link import link
from mediaworks.cli.share.links import links
from mediaworks.cli.share.ls import ls
from mediaworks.cli.share.rm import rm
from mediaworks.cli.share.unlink import unlink
from mediaworks.cli.share.with_ import with_

shares = Commands(help="Let others look at media, or change what is written on them.")
shares.command("with")(with_)
for command in (ls, rm, link, links, unlink):
    shares.command()(command)
