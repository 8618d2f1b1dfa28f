"""`mediaworks duplicates`"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, console, print_json, print_table, wants_json
from mediaworks.cli.similar import dimensions
from mediaworks.kit.quantities import readable_size

if TYPE_CHECKING:
    import httpx

COLUMNS = ("", "distance", "id", "name", "dimensions", "size", "created")


def duplicates(
    max_distance: Annotated[int, typer.Option(help="Bits of 64 that neighbours may differ in, at most 10.")] = 4,
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """List groups of nearly the same pictures of yours, each with the one to keep.

    Example: mediaworks duplicates --json | jq -r '.items[] | .items[1:][].id' | xargs mediaworks rm
    """
    with connected(service) as client:
        groups = list(_groups(client, max_distance))
    if wants_json(json):
        print_json({"items": groups})
        return
    rows = (_row(media, group["keep"]) for group in groups for media in group["items"])
    print_table(COLUMNS, rows, whole=set(COLUMNS) - {"name"})
    console().print(f"[dim]{len(groups)} groups[/]")


def _groups(client: httpx.Client, max_distance: int) -> Iterator[dict[str, Any]]:
    query: dict[str, Any] = {"max_distance": max_distance, "limit": 100}
    while True:
        page = answer_of(client.get("/api/v1/media/near-duplicates", params=query))
        yield from page["items"]
        if page["next_cursor"] is None:
            return
        query["cursor"] = page["next_cursor"]


def _row(media: dict[str, Any], keep: str) -> tuple[str, ...]:
    what = "keep" if media["id"] == keep else ""
    created = media["created_at"][:16].replace("T", " ")
    size = readable_size(media["size_bytes"])
    return what, str(media["distance"]), media["id"], media["original_name"], dimensions(media), size, created
