"""Every type of event: what it means, and the fields of its data. Names and fields stay; new ones may come."""

from __future__ import annotations

from dataclasses import dataclass

VERSION = 1

MEDIA = ("kind", "original_name", "mime_type", "size_bytes", "sha256")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What happened, in a sentence; `fields` that its data always has, `optional` ones that it may have."""

    text: str
    fields: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


CATALOGUE = {
    "media.uploaded": Meaning("A media object is there, its bytes are safe", MEDIA),
    "media.quarantined": Meaning("A check put the media object away", (*MEDIA, "reason")),
    "media.ready": Meaning("The file was understood, its thumbnails are there", ("kind", "thumbnails")),
    "media.failed": Meaning("The file could not be understood", ("code", "detail")),
    "media.updated": Meaning("Name, tags, visibility or metadata changed", ("changed",)),
    "media.deleted": Meaning("The media object was deleted; it can be restored"),
    "media.restored": Meaning("A deleted media object is back"),
    "media.purged": Meaning("The media object and its bytes are gone for good"),
}
