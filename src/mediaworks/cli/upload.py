"""`mediaworks upload`"""

from __future__ import annotations

from contextlib import closing
from typing import Annotated, Any

import typer

from mediaworks.cli.client import DataDir, Key, Server, connected
from mediaworks.cli.output import AsJson, console, errors, plain, print_json, readable, wants_json
from mediaworks.cli.sources import find_sources
from mediaworks.errors import SetupError
from mediaworks.kit.quantities import readable_size


def upload(
    paths: Annotated[list[str], typer.Argument(help="Files, folders, patterns, or - for standard input.")],
    tag: Annotated[list[str] | None, typer.Option(help="A tag; may be given again.")] = None,
    visibility: Annotated[str | None, typer.Option(help="private, unlisted or public.")] = None,
    metadata: Annotated[str | None, typer.Option(help="A JSON object to keep beside the files.")] = None,
    name: Annotated[str, typer.Option(help="Name of what comes from standard input.")] = "stdin",
    recursive: Annotated[bool, typer.Option(help="Whether folders are taken with the folders in them.")] = True,
    parallel: Annotated[int, typer.Option(min=1, max=16, help="Files under way at once.")] = 2,
    server: Server = None,
    key: Key = None,
    data_dir: DataDir = None,
    json: AsJson = False,
) -> None:
    """Upload files; each is its own request, and one that is refused does not stop the others.

    Examples: mediaworks upload photo.jpg  |  mediaworks upload holiday/ "*.mp4" --tag sea  |  cat a.jpg | mediaworks upload -
    """
    from mediaworks.cli.sending import send_all

    sources = find_sources(paths, stdin_name=name, recursive=recursive)
    fields = _fields(tag, visibility, metadata)
    results: dict[int, dict[str, Any]] = {}
    with connected(server, key, data_dir) as client, closing(send_all(client, sources, fields, parallel)) as outcomes:
        for place, result in outcomes:
            results[place] = result
            if not wants_json(json):
                _print(result, str(client.base_url))
    if wants_json(json):
        print_json({"items": [results[place] for place in sorted(results)]})
    if any("error" in result for result in results.values()):
        raise typer.Exit(1)


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


def _print(result: dict[str, Any], address: str) -> None:
    if "error" in result:
        errors().print(f"[bold red]refused[/] {plain(result['name'])}: {plain(result['error']['detail'])}")
        return
    what = f"{plain(result['original_name'])}  {result['id']}  {readable_size(result['size_bytes'])}  {result['kind']}"
    link = address.rstrip("/") + result["links"]["original"]
    console().print(f"[green]✓[/] {what}\n  [dim]{plain(link)}[/]", soft_wrap=True)
