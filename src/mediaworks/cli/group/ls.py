"""`mediaworks group ls`"""

from __future__ import annotations

from mediaworks.cli.listing import list_all
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson

COLUMNS = ("id", "name", "created_at")


def ls(*, service: ServiceOptions, json: AsJson = False) -> None:
    """List groups: those you are in, or all of them for administrators and services.

    Example: mediaworks group ls
    """
    list_all(service, "/api/v1/groups", COLUMNS, json=json)
