"""`mediaworks similar`"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import typer

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, print_json, print_table, wants_json

COLUMNS = ("distance", "similarity", "id", "name", "dimensions")


def similar(
    media_id: Annotated[UUID, typer.Argument(help="Id of a picture.")],
    max_distance: Annotated[int, typer.Option(help="Bits of 64 that may differ.")] = 16,
    limit: Annotated[int, typer.Option(help="At most so many.")] = 20,
    turned: Annotated[bool, typer.Option("--turned", help="Also what is mirrored, or turned by right angles.")] = False,
    scope: Annotated[str, typer.Option(help="visible, own, shared; all for administrators and services.")] = "visible",
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """List pictures that look like one, the nearest first.

    Example: mediaworks similar 0190… --max-distance 8
    """
    query: dict[str, str | int | bool] = {
        "max_distance": max_distance,
        "limit": limit,
        "turned": turned,
        "scope": scope,
    }
    with connected(service) as client:
        found = answer_of(client.get(f"/api/v1/media/{media_id}/similar", params=query))
    if wants_json(json):
        print_json(found)
    else:
        print_table(COLUMNS, map(_row, found["items"]), whole=set(COLUMNS) - {"name"})


def _row(media: dict[str, Any]) -> tuple[str, ...]:
    likeness = f"{media['similarity']:.0%}"
    return str(media["distance"]), likeness, media["id"], media["original_name"], dimensions(media)


def dimensions(media: dict[str, Any]) -> str:
    return f"{media['width']}×{media['height']}"
