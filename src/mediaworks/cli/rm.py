"""`mediaworks rm` and `mediaworks restore`"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from mediaworks.cli.client import Key, Server, answer_of, connected
from mediaworks.cli.output import AsJson, console, print_json, wants_json


def rm(
    media_ids: Annotated[list[str], typer.Argument(help="Ids of media objects.")],
    purge: Annotated[bool, typer.Option("--purge", help="Remove the bytes for good, now.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before a purge.")] = False,
    server: Server = None,
    key: Key = None,
    json: AsJson = False,
) -> None:
    """Delete media; without --purge they can be restored until the retention time is over.

    Example: mediaworks rm 0190… 0191…
    """
    if purge and not yes and sys.stdin.isatty():
        typer.confirm(f"Remove {len(media_ids)} for good?", abort=True)
    _each("delete", media_ids, server, key, json, params={"purge": "true"} if purge else {})


def restore(
    media_ids: Annotated[list[str], typer.Argument(help="Ids of media objects.")],
    server: Server = None,
    key: Key = None,
    json: AsJson = False,
) -> None:
    """Bring deleted media back.

    Example: mediaworks restore 0190…
    """
    _each("restore", media_ids, server, key, json, params={})


def _each(
    action: str, media_ids: list[str], server: str | None, key: str | None, json: bool, params: dict[str, str]
) -> None:
    method, ending = ("DELETE", "") if action == "delete" else ("POST", "/restore")
    done = []
    with connected(server, key) as client:
        for media_id in media_ids:
            answer = answer_of(client.request(method, f"/api/v1/media/{media_id}{ending}", params=params))
            done.append({"id": answer["id"], "status": answer["status"]})
            if not wants_json(json):
                console.print(f"[green]✓[/] {answer['id']}  {answer['status']}", highlight=False)
    if wants_json(json):
        print_json({"items": done})
