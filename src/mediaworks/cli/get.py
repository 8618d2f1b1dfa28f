"""`mediaworks get`"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from mediaworks.cli.client import Key, Server, Unreachable, answer_of, connected, problem_of
from mediaworks.cli.output import AsJson, console, print_json, wants_json
from mediaworks.cli.progress import transfer_progress
from mediaworks.errors import MediaworksError, SetupError

if TYPE_CHECKING:
    import httpx
    from rich.progress import Progress, TaskID

TRIES = 5


class Damaged(MediaworksError):
    code, title = "damaged", "What arrived is not what is stored"


def get(
    media_id: Annotated[str, typer.Argument(help="Id of the media object.")],
    output: Annotated[
        str | None, typer.Option("--output", "-o", help="File to write, or - for standard output.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    info: Annotated[bool, typer.Option("--info", help="Show what is known instead of downloading.")] = False,
    server: Server = None,
    key: Key = None,
    json: AsJson = False,
) -> None:
    """Download an original under its own name; broken transfers go on where they ended, and the hash is checked.

    Examples: mediaworks get 0190… -o photo.jpg  |  mediaworks get 0190… --info
    """
    with connected(server, key) as client:
        media = answer_of(client.get(f"/api/v1/media/{media_id}"))
        if info:
            print_json(media) if wants_json(json) else console.print_json(data=media)
            return
        if output == "-":
            _download(client, media, sys.stdout.buffer)
            return
        target = _target(Path(output or media["original_name"]), media["original_name"], force)
        _save(client, media, target)
    if wants_json(json):
        print_json({"id": media["id"], "path": str(target), "size_bytes": media["size_bytes"]})
    else:
        console.print(f"[green]✓[/] {target}", highlight=False)


def _target(path: Path, name: str, force: bool) -> Path:
    target = path / name if path.is_dir() else path
    if target.exists() and not force:
        raise SetupError(f"{target} is there already: choose another name with -o, or write over it with --force")
    return target


def _save(client: httpx.Client, media: dict[str, Any], target: Path) -> None:
    """The file appears under its name only when it is whole."""
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with unfinished.open("xb") as file:
            _download(client, media, file)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _download(client: httpx.Client, media: dict[str, Any], file: BinaryIO) -> None:
    digest = hashlib.sha256()
    with transfer_progress() as progress:
        bar = progress.add_task(media["original_name"], total=media["size_bytes"])
        got = 0
        for left in reversed(range(TRIES)):
            got += _transfer(client, media, got, file, digest, progress, bar)
            if got >= media["size_bytes"]:
                break
            if not left:
                raise Unreachable(f"The transfer broke {TRIES} times; {got} of {media['size_bytes']} bytes arrived")
    if digest.hexdigest() != media["sha256"]:
        raise Damaged("The SHA-256 of what arrived is not that of the original")


def _transfer(
    client: httpx.Client,
    media: dict[str, Any],
    start: int,
    file: BinaryIO,
    digest: Any,
    progress: Progress,
    bar: TaskID,
) -> int:
    """How many bytes came before the transfer ended or broke."""
    import httpx

    headers = {"range": f"bytes={start}-", "if-match": f'"{media["sha256"]}"'} if start else {}
    came = 0
    try:
        with client.stream("GET", f"/api/v1/media/{media['id']}/download", headers=headers) as response:
            if not response.is_success:
                response.read()
                raise problem_of(response)
            for chunk in response.iter_bytes():
                file.write(chunk)
                digest.update(chunk)
                came += len(chunk)
                progress.advance(bar, len(chunk))
    except httpx.TransportError:
        if not came and not start:
            raise
    return came
