"""`mediaworks uploads abort`"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from mediaworks.cli.client import connected, problem_of
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson
from mediaworks.cli.several import each

if TYPE_CHECKING:
    import httpx


def abort(
    upload_ids: Annotated[list[UUID], typer.Argument(help="Ids of uploads.")],
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """End uploads that are under way, and remove what has arrived of them.

    Example: mediaworks uploads abort 0190… 0191…
    """
    with connected(service) as client:
        each(upload_ids, lambda upload_id: _abort(client, upload_id), json=json)


def _abort(client: httpx.Client, upload_id: UUID) -> dict[str, Any]:
    answer = client.delete(f"/api/v1/uploads/{upload_id}")
    if not answer.is_success:
        raise problem_of(answer)
    return {"id": str(upload_id), "status": "aborted"}
