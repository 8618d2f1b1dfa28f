"""`mediaworks get`"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from mediaworks.cli.client import DataDir, Key, Server, answer_of, connected
from mediaworks.cli.output import AsJson, console, plain, print_json, readable, wants_json
from mediaworks.errors import SetupError

STDOUT = "-"


def get(
    media_id: Annotated[UUID, typer.Argument(help="Id of the media object.")],
    output: Annotated[
        str | None, typer.Option("--output", "-o", help="File or folder to write to, or - for standard output.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    info: Annotated[bool, typer.Option("--info", help="Show what is known instead of downloading.")] = False,
    server: Server = None,
    key: Key = None,
    data_dir: DataDir = None,
    json: AsJson = False,
) -> None:
    """Download an original under its own name; broken transfers go on where they ended, and the hash is checked.

    Examples: mediaworks get 0190… -o photo.jpg  |  mediaworks get 0190… --info
    """
    from mediaworks.cli.download import download, whole_file

    with connected(server, key, data_dir) as client:
        media = answer_of(client.get(f"/api/v1/media/{media_id}"))
        if info:
            print_json(media) if wants_json(json) else console().print_json(data=media)
            return
        if output == STDOUT:
            download(client, media, sys.stdout.buffer)
            return
        target = _target(output, media["original_name"], force)
        with whole_file(target, force) as file:
            download(client, media, file)
    if wants_json(json):
        print_json({"id": media["id"], "path": readable(target), "size_bytes": media["size_bytes"]})
    else:
        console().print(f"[green]✓[/] {plain(target)}", soft_wrap=True)


def _target(output: str | None, name: str, force: bool) -> Path:
    """Where to write; of a name that the service gives only the last part counts, so nothing lands in other folders."""
    own = Path(name.replace("\\", "/")).name or "download"
    target = Path(own) if output is None else Path(output)
    if output is not None and target.is_dir():
        target = target / own
    if target.exists() and not force:
        raise SetupError(
            f"{readable(target)} is there already: choose another name with -o, or write over it with --force"
        )
    return target
