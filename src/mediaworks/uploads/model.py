from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from mediaworks.errors import Invalid
from mediaworks.media import Visibility
from mediaworks.media.labels import parse_metadata, parse_tags
from mediaworks.processing import Facts, FileType
from mediaworks.storage import Written


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload under way: the id is that of the media object it may become."""

    id: UUID
    user_id: UUID
    storage_key: str


@dataclass(frozen=True, slots=True)
class Received:
    """A file whose bytes are durable but which is no media object yet."""

    upload: Upload
    name: str
    file_type: FileType
    written: Written
    facts: Facts | None


@dataclass(frozen=True, slots=True)
class Labels:
    """What the sender says of all files of one request."""

    tags: tuple[str, ...] = ()
    visibility: Visibility = Visibility.PRIVATE
    metadata: dict[str, Any] = field(default_factory=dict)

    def with_field(self, name: str, text: str) -> Labels:
        """These labels with a form's field; one that is none of ours changes nothing. Raises Invalid."""
        match name:
            case "tags":
                return replace(self, tags=parse_tags(text))
            case "visibility":
                return replace(self, visibility=_visibility(text))
            case "metadata":
                return replace(self, metadata=parse_metadata(text))
            case _:
                return self


def _visibility(text: str) -> Visibility:
    try:
        return Visibility(text.strip())
    except ValueError as error:
        allowed = [v.value for v in Visibility]
        raise Invalid(
            f"visibility: must be one of {', '.join(allowed)}", field="visibility", allowed=allowed
        ) from error
