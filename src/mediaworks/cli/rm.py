"""`mediaworks rm`"""

from __future__ import annotations

import sys
from typing import Annotated
from uuid import UUID

import typer

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson
from mediaworks.cli.several import each
from mediaworks.errors import SetupError


def rm(
    media_ids: Annotated[list[UUID], typer.Argument(help="Ids of media objects.")],
    purge: Annotated[bool, typer.Option("--purge", help="Remove the bytes for good, now.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before a purge.")] = False,
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Delete media; without --purge they can be restored until the retention time is over.

    Example: mediaworks rm 0190… 0191…
    """
    if purge and not yes:
        _confirm(len(media_ids))
    query = {"purge": "true"} if purge else {}
    with connected(service) as client:
        each(media_ids, lambda media_id: answer_of(client.delete(f"/api/v1/media/{media_id}", params=query)), json=json)


def _confirm(count: int) -> None:
    if not sys.stdin.isatty():
        raise SetupError("--purge removes for good, and there is no terminal to ask on: add --yes")
    typer.confirm(f"Remove {count} for good?", abort=True, err=True)
