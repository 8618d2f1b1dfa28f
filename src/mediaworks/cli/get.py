"""`mediaworks get`"""

from __future__ import annotations

import sys
from typing import Annotated
from uuid import UUID

import typer

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, console, plain, print_json, print_outcome, readable, wants_json

STDOUT = "-"


def get(
    media_id: Annotated[UUID, typer.Argument(help="Id of the media object.")],
    output: Annotated[
        str | None, typer.Option("--output", "-o", help="File or folder to write to, or - for standard output.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    info: Annotated[bool, typer.Option("--info", help="Show what is known instead of downloading.")] = False,
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Download an original under its own name; broken transfers go on where they ended, and the hash is checked.

    Examples: mediaworks get 0190… -o photo.jpg  |  mediaworks get 0190… --info
    """
    from mediaworks.cli.download import download, target_of, whole_file

    with connected(service) as client:
        media = answer_of(client.get(f"/api/v1/media/{media_id}"))
        if info:
            print_json(media) if wants_json(json) else console().print_json(data=media)
            return
        if output == STDOUT:
            download(client, media, sys.stdout.buffer)
            return
        target = target_of(output, media["original_name"], force=force)
        with whole_file(target, force) as file:
            download(client, media, file)
    print_outcome(
        {"id": media["id"], "path": readable(target), "size_bytes": media["size_bytes"]},
        f"[green]✓[/] {plain(target)}",
        json=json,
    )
