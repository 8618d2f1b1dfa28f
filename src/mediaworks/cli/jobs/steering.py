"""`mediaworks jobs cancel` and `mediaworks jobs retry`"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson
from mediaworks.cli.several import each

if TYPE_CHECKING:
    import httpx

Ids = Annotated[list[UUID], typer.Argument(help="Ids of jobs.")]


def cancel(job_ids: Ids, *, service: ServiceOptions, json: AsJson = False) -> None:
    """End jobs that wait or run.

    Example: mediaworks jobs cancel 0190… 0191…
    """
    with connected(service) as client:
        each(job_ids, lambda job_id: _steer(client, job_id, "cancel"), json=json)


def retry(job_ids: Ids, *, service: ServiceOptions, json: AsJson = False) -> None:
    """Run jobs again that failed or were cancelled.

    Example: mediaworks jobs retry 0190…
    """
    with connected(service) as client:
        each(job_ids, lambda job_id: _steer(client, job_id, "retry"), json=json)


def _steer(client: httpx.Client, job_id: UUID, action: str) -> dict[str, Any]:
    job = answer_of(client.post(f"/api/v1/jobs/{job_id}/{action}"))
    return {"id": job["id"], "status": job["state"]}
