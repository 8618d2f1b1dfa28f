"""`mediaworks upload`"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mediaworks.cli.client import connected
from mediaworks.cli.media_lines import print_media
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, print_json, readable, wants_json
from mediaworks.cli.settings import cache_folder
from mediaworks.cli.sources import find_sources
from mediaworks.errors import SetupError

if TYPE_CHECKING:
    import httpx

    from mediaworks.cli.sending import Way


def upload(
    paths: Annotated[list[str], typer.Argument(help="Files, folders, patterns, or - for standard input.")],
    tag: Annotated[list[str] | None, typer.Option(help="A tag; may be given again.")] = None,
    visibility: Annotated[str | None, typer.Option(help="private, unlisted or public.")] = None,
    metadata: Annotated[str | None, typer.Option(help="A JSON object to keep beside the files.")] = None,
    name: Annotated[str, typer.Option(help="Name of what comes from standard input.")] = "stdin",
    recursive: Annotated[bool, typer.Option(help="Whether folders are taken with the folders in them.")] = True,
    parallel: Annotated[int, typer.Option(min=1, max=16, help="Files under way at once.")] = 2,
    parts: Annotated[int, typer.Option(min=1, max=16, help="Parts of each file under way at once.")] = 1,
    patience: Annotated[
        float, typer.Option(min=0, help="Seconds without progress to go on trying after a break.")
    ] = 300,
    presigned: Annotated[
        bool,
        typer.Option("--presigned", help="Send straight to the storage, past the service; needs files with a size."),
    ] = False,
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Upload files; each for itself, and one that is refused does not stop the others.

    After a broken line or a restart of the service the upload goes on by itself; after the end of this program, with the
    same command.

    Examples: mediaworks upload photo.jpg  |  mediaworks upload holiday/ "*.mp4" --tag sea  |  cat a.jpg | mediaworks upload -
    |  mediaworks upload film.mov --parts 4  |  mediaworks upload film.mov --presigned
    """
    from mediaworks.cli.sending import send_all

    sources = find_sources(paths, stdin_name=name, recursive=recursive)
    if presigned and any(source.size is None for source in sources):
        raise SetupError("--presigned: standard input has no size that could be signed; leave --presigned out")
    fields = _fields(tag, visibility, metadata)
    results: dict[int, dict[str, Any]] = {}
    with connected(service) as client:
        way = _way(client, fields, parts, patience, presigned=presigned)
        with closing(send_all(way, sources, parallel)) as outcomes:
            for place, result in outcomes:
                results[place] = result
                if not wants_json(json):
                    print_media(result, str(client.base_url))
    if wants_json(json):
        print_json({"items": [results[place] for place in sorted(results)]})
    if any("error" in result for result in results.values()):
        raise typer.Exit(1)


def _way(client: httpx.Client, fields: dict[str, str], parts: int, patience: float, *, presigned: bool) -> Way:
    from mediaworks.cli.by_presign import ByPresign
    from mediaworks.cli.by_tus import ByTus

    if presigned:
        return ByPresign(client, fields, parts, patience)
    return ByTus(client, fields, parts, patience, cache_folder() / "uploads")


def _fields(tags: list[str] | None, visibility: str | None, metadata: str | None) -> dict[str, str]:
    import msgspec

    if metadata is not None and not _is_json_object(metadata):
        raise SetupError(f'--metadata: {metadata!r} is no JSON object such as \'{{"camera": "M3"}}\'')
    given = {
        "tags": msgspec.json.encode([readable(tag) for tag in tags]).decode() if tags else None,
        "visibility": visibility,
        "metadata": metadata,
    }
    return {name: value for name, value in given.items() if value is not None}


def _is_json_object(text: str) -> bool:
    import msgspec

    try:
        return isinstance(msgspec.json.decode(text), dict)
    except (msgspec.DecodeError, UnicodeError):
        return False
