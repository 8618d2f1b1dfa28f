"""`mediaworks group ls`"""

from __future__ import annotations

from mediaworks.cli.client import DataDir, Key, Server, connected
from mediaworks.cli.listing import show
from mediaworks.cli.output import AsJson
from mediaworks.cli.pages import collect

COLUMNS = ("id", "name", "created_at")


def ls(server: Server = None, key: Key = None, data_dir: DataDir = None, json: AsJson = False) -> None:
    """List groups: those you are in, or all of them for administrators and services.

    Example: mediaworks group ls
    """
    with connected(server, key, data_dir) as client:
        found, _ = collect(client, "/api/v1/groups", {}, None)
    show({"items": found}, COLUMNS, json=json)
