"""One record for every way in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from mediaworks.accounts import Policy
from mediaworks.errors import Invalid
from mediaworks.kit.clock import now
from mediaworks.media import Visibility
from mediaworks.media.labels import check_metadata, parse_metadata, parse_tags
from mediaworks.processing import Facts, FileType
from mediaworks.storage import Draft, Written

REQUEST_NUMBER_LENGTH = 100


class Protocol(StrEnum):
    """How the bytes come. Those of a form or a stream come in one request; all others may come in several."""

    FORM = "form"
    STREAMING = "streaming"
    TUS = "tus"
    IETF = "ietf"
    CHUNKED = "chunked"
    PRESIGNED = "presigned"
    IMPORT = "import"


PARTIAL = "partial"
FINAL = "final"
ONE_REQUEST = frozenset({Protocol.FORM, Protocol.STREAMING})
APPENDED = frozenset({Protocol.TUS, Protocol.IETF})


class State(StrEnum):
    """An upload is open until it became a media object, was refused, was given up by its sender, ran out of time, or was
    joined with others to one."""

    OPEN = "open"
    DONE = "done"
    FAILED = "failed"
    ABORTED = "aborted"
    EXPIRED = "expired"
    JOINED = "joined"


@dataclass(frozen=True, slots=True)
class Labels:
    """What the sender says of the file beside its name."""

    tags: tuple[str, ...] = ()
    visibility: Visibility = Visibility.PRIVATE
    metadata: dict[str, Any] = field(default_factory=dict)
    request_number: str | None = None

    def with_field(self, name: str, text: str) -> Labels:
        """These labels with a form's field; one that is none of ours changes nothing. Raises Invalid."""
        match name:
            case "tags":
                return replace(self, tags=parse_tags(text))
            case "visibility":
                return replace(self, visibility=_visibility(text))
            case "metadata":
                return replace(self, metadata=self.metadata | parse_metadata(text))
            case "request_number":
                return replace(self, request_number=_request_number(text))
            case "category" | "description" | "uploaded_by" if text.strip():
                return replace(self, metadata=check_metadata(self.metadata | {name: text.strip()}))
            case _:
                return self


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """An upload and how far it is; the id is that of the media object it may become.

    `length` in bytes is None until the sender says it; `received` bytes are durable. `holder` is the process in which a
    request writes it just now. `checksums` by algorithm, in hex, of the whole file as the sender has it.
    """

    id: UUID
    user_id: UUID
    key_id: UUID | None = None
    protocol: Protocol
    state: State = State.OPEN
    name: str = "file"
    declared_type: str | None = None
    labels: Labels = msgspec.field(default_factory=Labels)
    length: int | None = None
    received: int = 0
    chunk_size: int | None = None
    checksums: dict[str, str] = msgspec.field(default_factory=dict)
    concat: str | None = None
    policy: Policy = msgspec.field(default_factory=Policy)
    draft: Draft | None = None
    storage_key: str
    holder: int | None = None
    batch_id: UUID | None = None
    source: dict[str, Any] | None = None
    media_id: UUID | None = None
    error: dict[str, Any] | None = None
    created_at: datetime = msgspec.field(default_factory=now)
    updated_at: datetime = msgspec.field(default_factory=now)
    expires_at: datetime

    @property
    def sender(self) -> UUID:
        """Who may have so many unfinished and send so fast: the key, or the user who came without one."""
        return self.key_id or self.user_id

    @property
    def is_whole(self) -> bool:
        return self.length is not None and self.received == self.length

    @property
    def so_far(self) -> Draft:
        """What of the blob is durable."""
        return self.draft or Draft(self.storage_key)


class UploadPart(msgspec.Struct, frozen=True):
    """A chunk that has arrived; `number` counts from 1."""

    number: int
    size: int
    sha256: str
    tag: str


@dataclass(frozen=True, slots=True)
class Received:
    """A file whose bytes are durable but which is no media object yet. `quarantine`: why nobody is to have it."""

    upload: Upload
    file_type: FileType
    written: Written
    facts: Facts | None
    quarantine: str | None = None


def _visibility(text: str) -> Visibility:
    try:
        return Visibility(text.strip())
    except ValueError as error:
        allowed = [v.value for v in Visibility]
        raise Invalid(
            f"visibility: must be one of {', '.join(allowed)}", field="visibility", allowed=allowed
        ) from error


def _request_number(text: str) -> str | None:
    number = text.strip()
    if len(number) > REQUEST_NUMBER_LENGTH or not number.isprintable():
        raise Invalid(
            f"request_number: has at most {REQUEST_NUMBER_LENGTH} printable characters",
            field="request_number",
            limit=REQUEST_NUMBER_LENGTH,
        )
    return number or None
