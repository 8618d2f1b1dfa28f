"""`mediaworks events sinks`"""

from __future__ import annotations

from mediaworks.cli.client import DataDir, Key, Server, answer_of, connected
from mediaworks.cli.listing import show
from mediaworks.cli.output import AsJson

COLUMNS = ("name", "sequence", "behind", "delivering", "failing_since", "error")


def sinks(server: Server = None, key: Key = None, data_dir: DataDir = None, json: AsJson = False) -> None:
    """Show where events go, how far each place is behind, and what is wrong there. For administrators.

    Example: mediaworks events sinks
    """
    with connected(server, key, data_dir) as client:
        found = answer_of(client.get("/api/v1/events/sinks"))
    show(found, COLUMNS, json=json)
