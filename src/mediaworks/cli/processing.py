"""Files on their way through the service: a file in, what was asked for out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from email.message import EmailMessage
from typing import Any, BinaryIO
from uuid import UUID

import httpx
import typer

from mediaworks.cli.by_tus import ByTus
from mediaworks.cli.client import ServiceError, answer_of, problem_of
from mediaworks.cli.download import target_of, whole_file
from mediaworks.cli.jobs.following import ended
from mediaworks.cli.jobs.watch import EXIT_CODES
from mediaworks.cli.output import errors, plain, readable
from mediaworks.cli.sending import send_all
from mediaworks.cli.settings import cache_folder
from mediaworks.cli.sources import find_sources
from mediaworks.errors import SetupError

STDOUT = "-"
PATIENCE_SECONDS = 300.0
FACTS: Mapping[str, tuple[str, Callable[[str], float]]] = {
    "width": ("x-result-width", int),
    "height": ("x-result-height", int),
    "duration": ("x-result-duration", float),
}
"""What is told of a result beside its bytes."""


@contextmanager
def source(client: httpx.Client, target: str, *, discard: bool) -> Iterator[str]:
    """The id of the object that `target` names; a file becomes one, and with `discard` goes again when the block ends."""
    if _is_id(target):
        if discard:
            raise SetupError("--discard: is for files that are uploaded for this; remove others with `mediaworks rm`")
        yield target
        return
    media = _uploaded(client, target)
    errors().print(f"[dim]{plain(media['original_name'])} is in the service as {media['id']}[/]", soft_wrap=True)
    try:
        yield media["id"]
    finally:
        if discard:
            answer_of(client.delete(f"/api/v1/media/{media['id']}", params={"purge": "true"}))


def fetched(
    client: httpx.Client, media_id: str, wanted: Mapping[str, Any], output: str | None, *, force: bool
) -> dict[str, Any]:
    """Have the file made and write it to `output`. Raises what the service refuses with, SetupError."""
    asked = {**wanted, "mode": "sync"}
    with client.stream("POST", f"/api/v1/process/{media_id}", json=asked) as answer:
        if not answer.is_success:
            answer.read()
            raise problem_of(answer)
        if warning := answer.headers.get("x-warning"):
            errors().print(f"[yellow]warning[/] {plain(warning)}", soft_wrap=True)
        if output == STDOUT:
            size = _written(answer, sys.stdout.buffer)
            return _told(media_id, STDOUT, size, answer)
        target = target_of(output, _file_name(answer), force=force)
        with whole_file(target, force) as file:
            size = _written(answer, file)
        return _told(media_id, readable(target), size, answer)


def made(client: httpx.Client, media_id: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The media object that was made, once it is there; the job for the mode `async`. Ends the program where a job fails."""
    answer = client.post(f"/api/v1/process/{media_id}", json=wanted)
    found: dict[str, Any] = answer_of(answer)
    if answer.status_code != httpx.codes.ACCEPTED or wanted["mode"] == "async":
        return found
    job = ended(client, UUID(found["id"]))
    if job["state"] != "succeeded":
        reason = job["error"]["detail"] if job["error"] else ""
        errors().print(f"[bold red]{job['state']}[/] {plain(reason)}", soft_wrap=True)
        raise typer.Exit(EXIT_CODES[job["state"]])
    result: dict[str, Any] = answer_of(client.get(f"/api/v1/media/{job['result']['media_id']}"))
    return result


def _uploaded(client: httpx.Client, target: str) -> dict[str, Any]:
    sources = find_sources([target], stdin_name="stdin", recursive=False)
    if len(sources) != 1:
        raise SetupError(f"{readable(target)}: one picture at a time; {len(sources)} files are there")
    way = ByTus(client, {}, 1, PATIENCE_SECONDS, cache_folder() / "uploads")
    with closing(send_all(way, sources, 1)) as outcomes:
        ((_, media),) = outcomes
    if "error" in media:
        raise ServiceError(media["error"]["detail"], code=media["error"]["code"])
    return media


def _is_id(target: str) -> bool:
    try:
        UUID(target)
    except ValueError:
        return False
    return True


def _file_name(answer: httpx.Response) -> str:
    """What the service calls the file (RFC 6266)."""
    header = EmailMessage()
    header["content-disposition"] = answer.headers.get("content-disposition", "")
    return header.get_filename() or "made"


def _written(answer: httpx.Response, file: BinaryIO) -> int:
    size = 0
    for piece in answer.iter_bytes():
        file.write(piece)
        size += len(piece)
    return size


def _told(media_id: str, path: str, size: int, answer: httpx.Response) -> dict[str, Any]:
    return {
        "media_id": media_id,
        "path": path,
        "size_bytes": size,
        "mime_type": answer.headers["content-type"],
        **{name: kind(answer.headers[header]) for name, (header, kind) in FACTS.items() if header in answer.headers},
    }
