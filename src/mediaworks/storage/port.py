"""What a storage backend promises. The contract suite in `mediaworks.testing.storage` holds it to every word."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from hashlib import _Hash as Digest


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """One blob that is there: `size` in bytes, `modified` when its bytes were last written, `tag` another one for
    other bytes (S3: the ETag)."""

    key: str
    size: int
    modified: datetime
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What a writer wrote: `size` in bytes and the SHA-256 of all of it in hex, empty when the writer had no digest."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Part:
    """One durable piece of a draft. `number` counts from 1; `tag` is the backend's mark of it (S3: the ETag)."""

    number: int
    size: int
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A blob in the making, small enough for a row of a database, from which any process goes on.

    `size` bytes from the beginning are durable, the last `tail` of them beside the `parts`; `session` is the backend's
    own name for it (S3: the UploadId).
    """

    key: str
    size: int = 0
    session: str = ""
    parts: tuple[Part, ...] = ()
    tail: int = 0


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A draft that lies in the storage, whether or not anybody remembers it."""

    draft: Draft
    begun: datetime


class BlobWriter(Protocol):
    """Bytes on their way to one key. Nothing is to be seen under the key until `commit` returns."""

    async def write(self, chunk: bytes) -> None:
        """Append `chunk`. Raises StorageFull when no space is left."""

    async def checkpoint(self) -> Draft:
        """Make durable what can be by now and go on writing; `size` of the answer says how far that is."""

    async def keep(self) -> Draft:
        """Make all that was written durable and let go: `BlobStore.resume` goes on from there, in any process."""

    async def commit(self) -> Written:
        """Return what was written, and only when the bytes survive a power cut and are visible under the key; an older blob is replaced.

        Raises StorageFull, or OSError when the medium fails; then nothing is visible and `abort` is still due.
        """

    async def abort(self) -> None:
        """Leave nothing behind of a writer that was not committed. Safe to call twice and after `commit` or `keep`,
        where it changes nothing."""


@runtime_checkable
class BlobStore(Protocol):
    """Blobs by key. A key is a relative path of our own making (`originals/3f/…`), never a user's words."""

    spools: bool
    """Whether `as_file` has to copy the whole blob to this machine first."""

    async def create(self, key: str) -> BlobWriter:
        """Begin to write `key`, hashing on the way. What an earlier writer of it left unfinished, say one that was
        killed, is thrown away."""

    async def resume(self, draft: Draft, digest: Digest | None) -> BlobWriter:
        """Go on after the `size` bytes of `draft`; what was written beyond them is thrown away.

        `digest` has hashed those bytes and goes on with the rest; without one nothing is hashed. Raises Conflict while
        another writer has the draft, NotFound when its bytes are gone.
        """

    async def begin(self, key: str, size: int) -> Draft:
        """A draft of `size` bytes for `put_part`. What an earlier draft of the key left is thrown away."""

    async def put_part(self, draft: Draft, number: int, offset: int, body: AsyncIterator[bytes], size: int) -> Part:
        """Store the `size` bytes that lie at `offset` of the blob; durable on return. In any order, several at once,
        and again. Raises MalformedBody when `body` has more or fewer bytes."""

    async def assemble(self, draft: Draft, parts: Sequence[Part]) -> None:
        """Make the blob of `parts`, in the order of their numbers: durable and visible. Raises Conflict when they are
        not what the draft has."""

    async def concatenate(self, sources: Sequence[str], key: str) -> None:
        """Make the blob `key` of other blobs, one after another: durable and visible. Raises NotFound."""

    async def adopt(self, source: str, key: str, tag: str) -> None:
        """Move `source` to `key` if its tag is still `tag`; raises PreconditionFailed when not, NotFound."""

    async def discard(self, draft: Draft) -> None:
        """Remove what is unfinished. Nothing there is no error; a blob that was committed stays."""

    def unfinished(self) -> AsyncIterator[Unfinished]:
        """Every draft that lies in the storage, for the collector of what nobody remembers."""

    async def stat(self, key: str) -> StoredBlob | None:
        """What is under `key`, or None."""

    def read(self, key: str, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """Stream `length` bytes from offset `start` (to the end without one). Raises NotFound before the first."""

    def as_file(self, key: str) -> AbstractAsyncContextManager[int]:
        """A descriptor open for reading and seeking, for programs that need a file. Raises NotFound."""

    async def delete(self, key: str) -> None:
        """Remove `key` for good, and what an unfinished writer of it left. A missing key is no error."""

    def list(self, prefix: str = "") -> AsyncIterator[StoredBlob]:
        """Every blob whose key begins with `prefix`, in no order."""

    async def check(self) -> None:
        """Return when the store can be written; raise Unavailable or StorageFull when not."""

    async def close(self) -> None:
        """Let go of connections."""


@runtime_checkable
class Presigner(Protocol):
    """A backend to which clients can send bytes themselves, by addresses that we sign for `seconds`."""

    @property
    def upload_headers(self) -> Mapping[str, str]:
        """Headers that every PUT of a blob has to carry; they are signed too."""

    async def presign_put(self, key: str, *, headers: Mapping[str, str], seconds: int) -> str:
        """An address for one PUT that is to carry just these headers (they are signed)."""

    async def presign_part(self, draft: Draft, number: int, *, size: int, seconds: int) -> str:
        """An address for the PUT of one part of `size` bytes."""

    async def parts_of(self, draft: Draft) -> Sequence[Part]:
        """The parts that have arrived."""
