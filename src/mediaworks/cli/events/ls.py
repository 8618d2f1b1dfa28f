"""`mediaworks events ls`"""

from __future__ import annotations

from mediaworks.cli.client import connected
from mediaworks.cli.events.lines import Everybody, Subject, Types, query_of, row
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson
from mediaworks.cli.pages import Cursor, Limit, collect, print_page

COLUMNS = ("at", "type", "subject", "data")


def ls(
    types: Types = None,
    subject: Subject = None,
    everybody: Everybody = False,
    limit: Limit = 50,
    cursor: Cursor = None,
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """List what has happened, the newest first.

    Example: mediaworks events ls --types media.*,upload.failed --limit 20
    """
    query = query_of(types, subject, everybody) | ({"cursor": cursor} if cursor else {})
    with connected(service) as client:
        found, following = collect(client, "/api/v1/events/history", query, limit)
    print_page(found, following, COLUMNS, row, whole=set(COLUMNS) - {"data"}, json=json)
