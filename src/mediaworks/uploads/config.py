from __future__ import annotations

from dataclasses import dataclass

from mediaworks.kit.quantities import Bytes
from mediaworks.processing import TYPES

EVERY_TYPE = tuple(sorted({file_type.mime for file_type in TYPES}))


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadsConfig:
    """Limits of one upload. `idle_seconds`: the longest pause of a sender; `deadline_seconds`: the longest upload.
    `skip_bytes`: how much of a refused file is read past so that the sender can hear the answer."""

    max_file_size: Bytes = Bytes(20 << 30)
    max_files: int = 32
    allowed_types: tuple[str, ...] = EVERY_TYPE
    idle_seconds: float = 120
    deadline_seconds: float = 86_400
    skip_bytes: Bytes = Bytes(8 << 20)
    sweep_seconds: float = 60

    def __post_init__(self) -> None:
        if self.max_file_size < 1:
            raise ValueError("max_file_size: must be at least 1 byte")
        if not 1 <= self.max_files <= 1000:
            raise ValueError("max_files: must lie between 1 and 1000")
        for mime in self.allowed_types:
            if mime not in EVERY_TYPE:
                raise ValueError(f"allowed_types: {mime} is not one of {', '.join(EVERY_TYPE)}")
