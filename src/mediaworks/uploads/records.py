"""The records of all uploads: who may begin one, how far each is, how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from mediaworks.accounts import Accounts, Caller, Room, Scope
from mediaworks.accounts.allowances.model import Resource
from mediaworks.db import Connection, Database
from mediaworks.errors import Gone, Invalid, MediaworksError, NotFound, TooLarge, TooManyUploads
from mediaworks.events import record
from mediaworks.jobs import end_item, enqueue
from mediaworks.kit.clock import now
from mediaworks.kit.ids import new_id
from mediaworks.kit.paging import require_between
from mediaworks.kit.quantities import readable_size
from mediaworks.media import original_key
from mediaworks.media.labels import clean_name
from mediaworks.uploads import queries
from mediaworks.uploads.config import UploadsConfig
from mediaworks.uploads.endings import ending
from mediaworks.uploads.model import Labels, Protocol, State, Upload

PAGE = 200
TYPE_LENGTH = 255
CALLBACK = "uploads.callback"


class Records:
    def __init__(self, database: Database, accounts: Accounts, config: UploadsConfig) -> None:
        self.config = config
        self._database = database
        self._accounts = accounts

    async def draw_up(self, caller: Caller, protocol: Protocol, *, length: int | None = None, **more: Any) -> Upload:
        """As `sketch`, when there is room for it. Raises QuotaExceeded as well."""
        upload = self.sketch(caller, protocol, length=length, **more)
        await self.require_room(caller, length or 0)
        return upload

    def sketch(
        self,
        caller: Caller,
        protocol: Protocol,
        *,
        name: str,
        length: int | None = None,
        labels: Labels | None = None,
        **more: Any,
    ) -> Upload:
        """A record of an upload that this caller may begin; not written yet.

        Raises Forbidden without the scope, Invalid for a negative length or no media type, TooLarge.
        """
        caller.require(Scope.MEDIA_WRITE)
        self.check_length(caller, length)
        _check_type(more.get("declared_type"))
        upload_id = new_id()
        return Upload(
            id=upload_id,
            user_id=caller.user_id,
            key_id=caller.key_id,
            protocol=protocol,
            name=clean_name(name),
            length=length,
            labels=labels or Labels(),
            policy=caller.policy,
            storage_key=original_key(upload_id),
            expires_at=self.open_until(),
            **more,
        )

    def refused(self, upload: Upload, reason: MediaworksError) -> Upload:
        """The record of an upload that failed before it began."""
        return msgspec.structs.replace(upload, state=State.FAILED, error=told(reason), expires_at=self.forget_at())

    async def room(self, caller: Caller) -> Room:
        return await self._accounts.room(caller)

    async def require_room(self, caller: Caller, size: int = 0) -> None:
        """Raises QuotaExceeded when the caller has no room for so many bytes more."""
        await self._accounts.require_room(caller, size)

    async def begin(self, made: Upload) -> None:
        """Write a record. Raises TooManyUploads when its key, or the user who came without one, has as many unfinished
        ones as it may."""
        if made.policy.uploads_at_once is None:
            async with self._database.reading() as connection:
                await queries.insert_uploads(connection, [made])
            return
        async with self._database.transaction() as connection:
            await self.begin_in(connection, made)

    async def begin_in(self, connection: Connection, made: Upload) -> None:
        """As `begin`, in the caller's transaction."""
        await self.begin_all_in(connection, [made])

    async def begin_all_in(self, connection: Connection, made: Sequence[Upload]) -> None:
        """As `begin_in`, all of one sender, or none."""
        if not made:
            return
        limit = made[0].policy.uploads_at_once
        if limit is not None:
            await queries.one_at_a_time(connection, f"key {made[0].sender}")
            fresh = sum(upload.state is State.OPEN for upload in made)
            if await queries.count_open(connection, made[0]) + fresh > limit:
                raise TooManyUploads(f"{limit} uploads of a sender may be unfinished, and these are more", limit=limit)
        await queries.insert_uploads(connection, made)

    def check_length(self, caller: Caller, length: int | None) -> None:
        """Raises Invalid for a negative length, TooLarge over the limit of the settings or the caller's policy."""
        if length is not None and length < 0:
            raise Invalid("length: must not be negative", field="length")
        limit = self.size_limit(caller.policy.max_file_size)
        if length is not None and length > limit:
            raise TooLarge(
                f"file: {readable_size(length)} were announced; {readable_size(limit)} are allowed",
                field="file",
                limit=limit,
            )

    def size_limit(self, of_policy: int | None) -> int:
        return min(self.config.max_file_size, of_policy or self.config.max_file_size)

    async def get(self, caller: Caller, upload_id: UUID) -> Upload:
        """Raises NotFound for what is missing or somebody else's: nobody learns which."""
        async with self._database.reading() as connection:
            upload = await queries.upload_by_id(connection, upload_id, owner_seen_by(caller))
        if upload is None:
            raise NotFound("There is no such upload", code="upload_not_found")
        return upload

    async def get_any(self, upload_id: UUID) -> Upload:
        """An upload, whosever it is. Raises NotFound."""
        async with self._database.reading() as connection:
            upload = await queries.upload_by_id(connection, upload_id, None)
        if upload is None:
            raise NotFound("There is no such upload", code="upload_not_found")
        return upload

    async def joined_from(self, caller: Caller, joins: str) -> Upload | None:
        """The caller's upload that was begun, or made, of just these parts."""
        async with self._database.reading() as connection:
            return await queries.joined_from(connection, caller.user_id, joins)

    async def list(
        self,
        caller: Caller,
        *,
        everybody: bool,
        state: State | None,
        batch_id: UUID | None,
        before: UUID | None,
        limit: int,
    ) -> Sequence[Upload]:
        """The newest first. Raises Invalid for a limit that cannot be, Forbidden when not an administrator asks for
        everybody's."""
        caller.require(Scope.MEDIA_READ)
        require_between("limit", limit, PAGE)
        if everybody:
            caller.require_everybody()
        async with self._database.reading() as connection:
            return await queries.list_uploads(
                connection,
                user_id=None if everybody else caller.user_id,
                state=state,
                batch_id=batch_id,
                before=before,
                limit=limit,
            )

    async def save(self, upload: Upload) -> Upload:
        """Write how far the upload is. Raises Gone when it was ended meanwhile."""
        async with self._database.reading() as connection:
            saved = await queries.save_progress(connection, upload, self.open_until())
        if saved is None:
            raise Gone("The upload was ended by another request", code="upload_gone")
        return saved

    async def end(self, connection: Connection, upload: Upload, state: State, **values: Any) -> Upload | None:
        """The upload as it was ended, and told of, in the caller's transaction; None when it was over before."""
        ended = await self.close(connection, upload, state, **values)
        if ended is not None:
            await record(connection, *ending(ended))
        return ended

    async def close(self, connection: Connection, upload: Upload, state: State, **values: Any) -> Upload | None:
        """As `end`, for who knows only afterwards what is to be told.

        Who asked to be called back will be: the job is part of the transaction.
        """
        ended = await queries.end_upload(connection, upload.id, state, self.forget_at(), **values)
        if ended is not None and ended.batch_id is not None:
            error = _ending(ended)
            result = None if error else item_result(ended)
            await end_item(connection, ended.batch_id, str(ended.id), result=result, error=error)
        if ended is not None and (ended.source or {}).get("callback"):
            await enqueue(connection, CALLBACK, queue="deliver", subject=ended.id, upload_id=str(ended.id))
        return ended

    async def note_bytes(self, upload: Upload, size: int) -> None:
        """Count what was uploaded to the allowances of those who sent it."""
        if upload.policy.bytes is not None:
            await self._accounts.note_use(upload.user_id, upload.key_id, {Resource.BYTES: size})

    def open_until(self) -> datetime:
        return now() + timedelta(hours=self.config.unfinished_hours)

    def forget_at(self) -> datetime:
        return now() + timedelta(hours=self.config.keep_record_hours)


def _check_type(declared: str | None) -> None:
    if declared is not None and not (declared.isprintable() and len(declared) <= TYPE_LENGTH):
        raise Invalid(
            f"type: a media type has at most {TYPE_LENGTH} printable characters", field="type", limit=TYPE_LENGTH
        )


def item_result(upload: Upload) -> dict[str, str] | None:
    """What a batch's item tells of an upload that became a media object."""
    return {"media_id": str(upload.media_id)} if upload.media_id else None


def _ending(upload: Upload) -> dict[str, Any] | None:
    """Why an upload became nothing."""
    if upload.state is State.DONE:
        return None
    return upload.error or {"code": f"upload_{upload.state}", "detail": f"The upload was {upload.state}"}


def owner_seen_by(caller: Caller) -> UUID | None:
    """Whose uploads this caller may touch: its own, or everybody's (None)."""
    return None if caller.sees_everybody else caller.user_id


def require_open(upload: Upload) -> Upload:
    """Raises Gone for an upload that is over and became nothing."""
    if upload.state in {State.ABORTED, State.EXPIRED, State.JOINED}:
        raise Gone(f"The upload is over: {upload.state}", state=upload.state)
    if upload.state is State.FAILED:
        reason = upload.error or {}
        raise Gone(f"The upload was refused: {reason.get('detail', '')}", state=upload.state, reason=reason)
    if upload.state is State.OPEN and upload.expires_at < now():
        raise Gone("The upload has expired", state=State.EXPIRED)
    return upload


def told(reason: MediaworksError) -> dict[str, Any]:
    """An error as it is kept beside what it ended."""
    facts = msgspec.to_builtins(reason.facts, enc_hook=lambda fact: int(fact) if isinstance(fact, int) else str(fact))
    return {"status": reason.status, "code": reason.code, "detail": reason.detail, **facts}
