"""One request for each of several media objects or uploads; one that fails does not stop the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

import typer

from mediaworks.cli.client import failure
from mediaworks.cli.output import console, errors, plain, print_json, wants_json
from mediaworks.errors import MediaworksError


def each(ids: Iterable[UUID], request: Callable[[UUID], dict[str, Any]], *, json: bool) -> None:
    """Print what becomes of each; `request` answers with its id and status. Raises typer.Exit with 1 at the end when one failed, Unreachable at once."""
    items = []
    for one in dict.fromkeys(ids):
        items.append(_outcome(one, request))
        if not wants_json(json):
            _print(items[-1])
    if wants_json(json):
        print_json({"items": items})
    if any("error" in item for item in items):
        raise typer.Exit(1)


def _outcome(one: UUID, request: Callable[[UUID], dict[str, Any]]) -> dict[str, Any]:
    try:
        answer = request(one)
    except MediaworksError as error:
        return {"id": str(one), "error": failure(error)}
    return {"id": answer["id"], "status": answer["status"]}


def _print(item: dict[str, Any]) -> None:
    if "error" in item:
        errors().print(f"[bold red]refused[/] {item['id']}: {plain(item['error']['detail'])}")
    else:
        console().print(f"[green]✓[/] {item['id']}  {item['status']}")
