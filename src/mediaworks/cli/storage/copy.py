"""`mediaworks storage copy`"""

from __future__ import annotations

from contextlib import AsyncExitStack, aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import unquote, urlsplit

import typer

from mediaworks.cli.output import AsJson, console, errors, plain, print_json, wants_json
from mediaworks.errors import SetupError
from mediaworks.kit.quantities import readable_size

if TYPE_CHECKING:
    from mediaworks.storage.copying import Outcome


def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help="Address or folder to copy from.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="Address or folder to copy to.")],
    parallel: Annotated[int, typer.Option(min=1, max=64, help="Files under way at once.")] = 4,
    json: AsJson = False,
) -> None:
    """Copy every file of one storage into another, each verified by the SHA-256 of what the target gives back.

    Break it off and call it again as you like: what is there already, byte for byte, is not copied again. Nothing is
    removed from the source. The exit code is 1 when a file could not be copied.

    Examples: mediaworks storage copy ./mediaworks-data/blobs s3://bucket/media  |
    mediaworks storage copy "s3://bucket/media?endpoint=https://minio.example:9000" /srv/media --parallel 8
    """
    import asyncio

    from mediaworks.settings import storage_address

    ours, theirs = storage_address(source), storage_address(target)
    if ours == theirs:
        raise SetupError("FROM and TO are the same storage")
    _must_exist(ours)
    result = asyncio.run(_copy(ours, theirs, parallel, json))
    if wants_json(json):
        print_json(result)
    else:
        _print(result)
    if result["failed"]:
        raise typer.Exit(1)


async def _copy(source: str, target: str, parallel: int, json: bool) -> dict[str, Any]:
    from mediaworks.cli.progress import transfer_progress
    from mediaworks.storage import StorageConfig, open_store
    from mediaworks.storage.copying import copy_all, measure

    result: dict[str, Any] = {"copied": 0, "already_there": 0, "bytes": 0, "failed": []}
    async with AsyncExitStack() as stack:
        ours, theirs = open_store(StorageConfig(url=source)), open_store(StorageConfig(url=target))
        stack.push_async_callback(ours.close)
        stack.push_async_callback(theirs.close)
        await theirs.check()
        amount = await measure(ours)
        with transfer_progress() as progress:
            bar = progress.add_task(f"{amount.blobs} files", total=amount.size)
            copying = copy_all(ours, theirs, at_once=parallel, progress=lambda count: progress.advance(bar, count))
            async with aclosing(copying) as outcomes:  # type: ignore[type-var]
                async for outcome in outcomes:
                    _count(result, outcome)
                    if outcome.problem and not wants_json(json):
                        errors().print(f"[bold red]failed[/] {plain(outcome.blob.key)}: {plain(outcome.problem)}")
    return result


def _count(result: dict[str, Any], outcome: Outcome) -> None:
    if outcome.state == "failed":
        result["failed"].append({"key": outcome.blob.key, "problem": outcome.problem})
        return
    result[outcome.state] += 1
    result["bytes"] += outcome.blob.size if outcome.state == "copied" else 0


def _print(result: dict[str, Any]) -> None:
    already = f", {result['already_there']} were there already" if result["already_there"] else ""
    failed = f", [bold red]{len(result['failed'])} failed[/]" if result["failed"] else ""
    console().print(f"{result['copied']} files copied ({readable_size(result['bytes'])}){already}{failed}")


def _must_exist(address: str) -> None:
    """A folder to copy from that is misspelt would be made, empty."""
    url = urlsplit(address)
    if url.scheme == "file" and not Path(unquote(url.path)).is_dir():
        raise SetupError(f"FROM: there is no folder {unquote(url.path)}")
