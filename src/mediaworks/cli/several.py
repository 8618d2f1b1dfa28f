"""One request for each of several media objects; one that fails does not stop the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

import typer

from mediaworks.cli.client import answer_of, failure
from mediaworks.cli.output import console, errors, plain, print_json, wants_json
from mediaworks.errors import MediaworksError

if TYPE_CHECKING:
    import httpx


def each(media_ids: Iterable[UUID], request: Callable[[UUID], httpx.Response], *, json: bool) -> None:
    """Print what becomes of each. Raises typer.Exit with 1 at the end when one failed, Unreachable at once."""
    items = []
    for media_id in dict.fromkeys(media_ids):
        items.append(_outcome(media_id, request))
        if not wants_json(json):
            _print(items[-1])
    if wants_json(json):
        print_json({"items": items})
    if any("error" in item for item in items):
        raise typer.Exit(1)


def _outcome(media_id: UUID, request: Callable[[UUID], httpx.Response]) -> dict[str, Any]:
    try:
        answer = answer_of(request(media_id))
    except MediaworksError as error:
        return {"id": str(media_id), "error": failure(error)}
    return {"id": answer["id"], "status": answer["status"]}


def _print(item: dict[str, Any]) -> None:
    if "error" in item:
        errors().print(f"[bold red]refused[/] {item['id']}: {plain(item['error']['detail'])}")
    else:
        console().print(f"[green]✓[/] {item['id']}  {item['status']}")
