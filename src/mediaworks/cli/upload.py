"""`mediaworks upload`"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mediaworks.cli.client import Key, Server, answer_of, connected
from mediaworks.cli.output import AsJson, console, errors, print_json, wants_json
from mediaworks.cli.progress import transfer_progress
from mediaworks.cli.sources import Source, find_sources, multipart_body
from mediaworks.errors import MediaworksError
from mediaworks.kit.quantities import readable_size

if TYPE_CHECKING:
    import httpx
    from rich.progress import Progress


def upload(
    paths: Annotated[list[str], typer.Argument(help="Files, folders, patterns, or - for standard input.")],
    tag: Annotated[list[str] | None, typer.Option(help="A tag; may be given again.")] = None,
    visibility: Annotated[str | None, typer.Option(help="private, unlisted or public.")] = None,
    metadata: Annotated[str | None, typer.Option(help="A JSON object to keep beside the files.")] = None,
    name: Annotated[str, typer.Option(help="Name of what comes from standard input.")] = "stdin",
    parallel: Annotated[int, typer.Option(min=1, max=16, help="Files under way at once.")] = 2,
    server: Server = None,
    key: Key = None,
    json: AsJson = False,
) -> None:
    """Upload files; each is its own request, and one that is refused does not stop the others.

    Examples: mediaworks upload photo.jpg  |  mediaworks upload holiday/ "*.mp4" --tag sea  |  cat a.jpg | mediaworks upload -
    """
    sources = find_sources(paths, name)
    fields = _fields(tag, visibility, metadata)
    with connected(server, key) as client, transfer_progress() as progress, ThreadPoolExecutor(parallel) as threads:
        results = list(threads.map(lambda source: _send(client, progress, source, fields), sources))
    if wants_json(json):
        print_json({"items": results})
    else:
        _print(results)
    if any("error" in result for result in results):
        raise typer.Exit(1)


def _fields(tags: list[str] | None, visibility: str | None, metadata: str | None) -> dict[str, str]:
    import msgspec

    given = {
        "tags": msgspec.json.encode(tags).decode() if tags else None,
        "visibility": visibility,
        "metadata": metadata,
    }
    return {name: value for name, value in given.items() if value is not None}


def _send(client: httpx.Client, progress: Progress, source: Source, fields: Mapping[str, str]) -> dict[str, Any]:
    bar = progress.add_task(source.name, total=source.size)
    try:
        body = multipart_body(source, fields, lambda count: progress.advance(bar, count))
        answer = client.post("/api/v1/media/upload", content=body.stream, headers=body.headers)
        result: dict[str, Any] = answer_of(answer)
    except (MediaworksError, OSError) as error:
        code = error.code if isinstance(error, MediaworksError) else "unreadable"
        return {"name": source.name, "error": {"code": code, "detail": str(error)}}
    return result


def _print(results: list[dict[str, Any]]) -> None:
    for result in results:
        if "error" in result:
            errors.print(f"[bold red]refused[/] {result['name']}: {result['error']['detail']}", highlight=False)
            continue
        size = readable_size(result["size_bytes"])
        console.print(
            f"[green]✓[/] {result['original_name']}  {result['id']}  {result['kind']}  {size}", highlight=False
        )
