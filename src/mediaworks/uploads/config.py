from __future__ import annotations

from dataclasses import dataclass, field

from mediaworks.kit.quantities import Bytes
from mediaworks.kit.webhooks import read_secret
from mediaworks.processing import TYPES

EVERY_TYPE = tuple(sorted({file_type.mime for file_type in TYPES}))


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadsConfig:
    """Limits of one upload. `idle_seconds`: the longest pause of a sender; `deadline_seconds`: the longest upload.
    `skip_bytes`: how much of a refused file is read past so that the sender can hear the answer.
    `lock_seconds`: how long a request waits for another that writes the same upload to let go. `checkpoint_seconds`: how
    often bytes of a long request are made durable on the way. `unfinished_hours`: how long an upload may rest between two
    requests. `keep_record_hours`: how long one that has ended can be asked about. `chunk_size`: of chunked sessions that
    name none. `probe_size`: larger files on a remote storage are looked into by the job only.
    `presign_seconds`: how long a presigned address is good for. `import_seconds`: the longest import from an address.
    `callback_secret`: signs what the callbacks of imports hear (Standard Webhooks)."""

    max_file_size: Bytes = Bytes(20 << 30)
    max_files: int = 32
    allowed_types: tuple[str, ...] = EVERY_TYPE
    idle_seconds: float = 120
    deadline_seconds: float = 86_400
    skip_bytes: Bytes = Bytes(8 << 20)
    sweep_seconds: float = 60
    lock_seconds: float = 10
    checkpoint_seconds: float = 2
    unfinished_hours: float = 24
    keep_record_hours: float = 24
    chunk_size: Bytes = Bytes(5 << 20)
    max_chunk_size: Bytes = Bytes(64 << 20)
    probe_size: Bytes = Bytes(64 << 20)
    presign_seconds: int = 3600
    import_seconds: float = 3600
    callback_secret: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if self.max_file_size < 1:
            raise ValueError("max_file_size: must be at least 1 byte")
        if not 1 <= self.max_files <= 1000:
            raise ValueError("max_files: must lie between 1 and 1000")
        if self.unfinished_hours <= 0:
            raise ValueError("unfinished_hours: must be more than 0")
        if not 1 <= self.chunk_size <= self.max_chunk_size:
            raise ValueError("chunk_size: must lie between 1 byte and max_chunk_size")
        if self.callback_secret:
            _check_secret(self.callback_secret)
        for mime in self.allowed_types:
            if mime not in EVERY_TYPE:
                raise ValueError(f"allowed_types: {mime} is not one of {', '.join(EVERY_TYPE)}")


def _check_secret(secret: str) -> None:
    try:
        read_secret(secret)
    except ValueError as error:
        raise ValueError(f"callback_secret: {error}") from error
