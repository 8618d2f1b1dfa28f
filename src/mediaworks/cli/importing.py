"""Imports that the service has taken on, followed until each has ended."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import httpx

from mediaworks.cli.client import ServiceError, answer_of, failure
from mediaworks.cli.output import readable
from mediaworks.cli.progress import transfer_progress

PAUSE_SECONDS = 0.5


def follow(client: httpx.Client, uploads: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What became of each upload, in their order: a media object or `{name, error}`. Shows a bar for each meanwhile."""
    latest = {upload["id"]: upload for upload in uploads}
    with transfer_progress() as progress:
        bars = {upload["id"]: progress.add_task(readable(upload["name"]), total=upload["length"]) for upload in uploads}
        while under_way := [one for one, upload in latest.items() if upload["state"] == "open"]:
            time.sleep(PAUSE_SECONDS)
            for one in under_way:
                latest[one] = answer_of(client.get(f"/api/v1/uploads/{one}"))
                progress.update(bars[one], completed=latest[one]["offset"], total=latest[one]["length"])
    return [_outcome(client, upload) for upload in latest.values()]


def _outcome(client: httpx.Client, upload: dict[str, Any]) -> dict[str, Any]:
    if upload["state"] == "done":
        media: dict[str, Any] = answer_of(client.get(f"/api/v1/media/{upload['media_id']}"))
        return media
    error = upload["error"] or failure(ServiceError(f"The upload is {upload['state']}", code=upload["state"]))
    return {"name": upload["name"], "error": error}
