"""`mediaworks user export`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO
from uuid import UUID

import typer

from mediaworks.cli.client import Unreachable, connected, problem_of
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, plain, print_outcome, readable
from mediaworks.errors import SetupError
from mediaworks.kit.quantities import readable_size

if TYPE_CHECKING:
    import httpx

END_BYTES, END_MARK = 22, b"PK\x05\x06"  # of the record with which a ZIP archive ends


def export(
    user_id: Annotated[UUID, typer.Argument(help="Id of the user.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Archive to write; mediaworks-ID.zip without one.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Write all data of a user to a ZIP archive: records as JSON, and the originals.

    Example: mediaworks user export 0190… -o ada.zip
    """
    from mediaworks.cli.download import whole_file

    target = output or Path(f"mediaworks-{user_id}.zip")
    if target.exists() and not force:
        raise SetupError(f"{readable(target)} is there already: choose another name with -o, or use --force")
    with connected(service) as client, whole_file(target, force) as file:
        size = _write(client, f"/api/v1/users/{user_id}/export", file)
    print_outcome(
        {"id": str(user_id), "path": readable(target), "size_bytes": size},
        f"[green]✓[/] {plain(target)}  {readable_size(size)}",
        json=json,
    )


def _write(client: httpx.Client, path: str, file: BinaryIO) -> int:
    """How many bytes there were. Raises ServiceError; Unreachable when the archive breaks off before its end record."""
    size, tail = 0, b""
    with client.stream("GET", path) as answer:
        if not answer.is_success:
            answer.read()
            raise problem_of(answer)
        for chunk in answer.iter_raw():
            size += file.write(chunk)
            tail = (tail + chunk)[-END_BYTES:]
    if not tail.startswith(END_MARK):
        raise Unreachable(f"The archive broke off after {size} bytes: try again")
    return size
