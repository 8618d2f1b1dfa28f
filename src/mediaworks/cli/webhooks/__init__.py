"""`mediaworks webhooks add|ls|show|test|replay|rotate|deliveries|rm`"""

from __future__ import annotations

from mediaworks.cli.options import Commands
from mediaworks.cli.webhooks.add import add
from mediaworks.cli.webhooks.deliveries import deliveries
from mediaworks.cli.webhooks.ls import ls
from mediaworks.cli.webhooks.ping import ping
from mediaworks.cli.webhooks.replay import replay
from mediaworks.cli.webhooks.rm import rm
from mediaworks.cli.webhooks.rotate import rotate
from mediaworks.cli.webhooks.show import show

webhooks = Commands(help="Addresses that hear of events.")
for command in (add, ls, show, replay, rotate, deliveries, rm):
    webhooks.command()(command)
webhooks.command("test")(ping)
