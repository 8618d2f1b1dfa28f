"""What is told of an upload that is over."""

from __future__ import annotations

from collections.abc import Iterator

from mediaworks.events import Event
from mediaworks.uploads.model import ONE_REQUEST, State, Upload

TYPES = {
    State.DONE: "upload.completed",
    State.FAILED: "upload.failed",
    State.ABORTED: "upload.aborted",
    State.EXPIRED: "upload.expired",
}


def ending(upload: Upload) -> Iterator[Event]:
    """Nothing of what became part of another upload, nor of one request that went well: `media.uploaded` says it all."""
    if upload.state not in TYPES or (upload.state is State.DONE and upload.protocol in ONE_REQUEST):
        return
    told = {
        "protocol": upload.protocol,
        "name": upload.name,
        "received": upload.received,
        "length": upload.length,
    }
    if upload.state is State.DONE:
        told["media_id"] = upload.media_id
    if upload.state is State.FAILED:
        reason = upload.error or {}
        told |= {"code": reason.get("code", ""), "detail": reason.get("detail", "")}
    yield Event(TYPES[upload.state], upload.id, upload.user_id, told)
