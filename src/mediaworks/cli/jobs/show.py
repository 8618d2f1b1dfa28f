"""`mediaworks jobs show`"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import typer

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.jobs.lines import moment, outcome_of, progress_of
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, print_json, print_table, wants_json
from mediaworks.cli.pages import collect


def show(
    job_id: Annotated[UUID, typer.Argument(help="Id of a job.")],
    items: Annotated[bool, typer.Option("--items", help="With each item of a batch.")] = False,
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Show one job, and what became of each item of a batch.

    Example: mediaworks jobs show 0190… --items
    """
    with connected(service) as client:
        job = answer_of(client.get(f"/api/v1/jobs/{job_id}"))
        found = collect(client, f"/api/v1/jobs/{job_id}/items", {}, None)[0] if items else []
    if wants_json(json):
        print_json({**job, "outcomes": found} if items else job)
        return
    print_table(("", ""), _facts(job))
    if found:
        print_table(("number", "subject", "state", "reason"), map(_row, found), whole={"subject"})


def _facts(job: dict[str, Any]) -> list[tuple[str, str]]:
    facts = {
        "id": job["id"], "task": job["task"], "queue": job["queue"], "subject": job["subject"], "state": job["state"],
        "progress": progress_of(job), "outcome": outcome_of(job), "attempts": job["attempts"],
        "created": moment(job["created_at"]), "started": moment(job["started_at"]),
        "finished": moment(job["finished_at"]),
    }  # fmt: skip
    return [(name, str(value)) for name, value in facts.items() if value not in {None, ""}]


def _row(item: dict[str, Any]) -> tuple[str, ...]:
    reason = item["error"]["detail"] if item["error"] else ""
    return str(item["number"]), item["subject"] or "", item["state"], reason
