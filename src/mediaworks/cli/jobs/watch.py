"""`mediaworks jobs watch`"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from mediaworks.cli.client import connected
from mediaworks.cli.jobs.following import ended
from mediaworks.cli.jobs.lines import outcome_of
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, plain, print_outcome

EXIT_CODES = {"succeeded": 0, "failed": 1, "cancelled": 3}


def watch(
    job_id: Annotated[UUID, typer.Argument(help="Id of a job.")],
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Follow a job to its end. Exit code 0: it went well; 1: it failed, or an item of it; 3: it was cancelled.

    Example: mediaworks jobs watch 0190…
    """
    with connected(service) as client:
        job = ended(client, job_id)
    print_outcome(job, f"{job['state']}  {plain(outcome_of(job))}".rstrip(), json=json)
    raise typer.Exit(EXIT_CODES[job["state"]] or int(bool(job["items"] and job["items"]["failed"])))
