"""Every type of event: what it means, and the fields of its data.

Names and fields stay, and new fields may come at any time. When a field has to change its meaning or to go, `version` of
that type is raised; events that were written before keep the version that they were written with.
"""

from __future__ import annotations

from dataclasses import dataclass

MEDIA = ("kind", "original_name", "mime_type", "size_bytes", "sha256")
VERSION = ("number", "mime_type", "size_bytes", "sha256")
JOB = ("task", "queue", "subject")

UPLOAD = ("protocol", "name", "received", "length")

SHARE = ("share_id", "user_id", "group_id", "access")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What happened, in a sentence; `fields` that its data always has, `optional` ones that it may have. `shared`: those
    with whom the subject is shared hear of it as well as its owner."""

    text: str
    fields: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    version: int = 1
    shared: bool = False


CATALOGUE = {
    "media.uploaded": Meaning("A media object is there, its bytes are safe", MEDIA, ("parent_id",), shared=True),
    "media.version_added": Meaning("The media object has other bytes; what it was is a version", VERSION, shared=True),
    "media.version_deleted": Meaning("A former version of the media object is gone for good", ("number",)),
    "media.quarantined": Meaning("A check put the media object away", (*MEDIA, "reason")),
    "media.ready": Meaning("The file was understood, its thumbnails are there", ("kind", "thumbnails"), shared=True),
    "media.playable": Meaning("The recording plays from its beginning without a wait", ("renditions",), shared=True),
    "media.failed": Meaning("The file could not be understood", ("code", "detail"), shared=True),
    "media.updated": Meaning("Name, tags, visibility or metadata changed", ("changed",), shared=True),
    "media.shared": Meaning("The media object is shared, or shared for more or less", SHARE),
    "media.unshared": Meaning("The media object is no longer shared with that user or group", SHARE),
    "media.deleted": Meaning("The media object was deleted; it can be restored", shared=True),
    "media.restored": Meaning("A deleted media object is back", ("processing_status",), shared=True),
    "media.purged": Meaning("The media object and its bytes are gone for good"),
    "upload.completed": Meaning("An upload that came in several requests became a media object", (*UPLOAD, "media_id")),
    "upload.failed": Meaning("An upload was refused", (*UPLOAD, "code", "detail")),
    "upload.aborted": Meaning("An upload was given up, by its sender or because the line broke", UPLOAD),
    "upload.expired": Meaning("An upload was not finished in time", UPLOAD),
    "job.succeeded": Meaning("A job did what it was to do", JOB),
    "job.failed": Meaning("A job was given up", JOB, ("error",)),
    "job.cancelled": Meaning("Somebody cancelled a job", JOB, ("error",)),
    "webhook.disabled": Meaning(
        "A webhook is asked no more, because it failed for too long or is gone", ("url", "reason")
    ),
    "webhook.test": Meaning("Somebody asked for a test of this webhook; nobody else hears of it", ("webhook_id",)),
}
SHARED_TYPES = frozenset(name for name, meaning in CATALOGUE.items() if meaning.shared)
