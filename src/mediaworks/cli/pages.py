"""Lists that come page by page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mediaworks.cli.client import answer_of

if TYPE_CHECKING:
    import httpx

PAGE = 200


def collect(
    client: httpx.Client, path: str, query: Mapping[str, Any], limit: int | None
) -> tuple[list[dict[str, Any]], str | None]:
    """At most `limit` objects, and the cursor of what comes after them."""
    found: list[dict[str, Any]] = []
    while True:
        wanted = PAGE if limit is None else min(PAGE, limit - len(found))
        page = answer_of(client.get(path, params={**query, "limit": wanted}))
        found += page["items"]
        if page["next_cursor"] is None or len(found) == limit:
            return found, page["next_cursor"]
        query = {**query, "cursor": page["next_cursor"]}
