from __future__ import annotations

from dataclasses import dataclass

from mediaworks.kit.quantities import Bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscodingConfig:
    """Limits of what is made of recordings. `longest_side`: of its pictures, in pixels; `longest_seconds`: how long it plays;
    `output_bytes`: of one file; `memory`: of one encoder; `threads`: of one encoder, 0: as many as there are cores."""

    longest_side: int = 7_680
    longest_seconds: float = 6 * 3600
    output_bytes: Bytes = Bytes(16 << 30)
    memory: Bytes = Bytes(4 << 30)
    threads: int = 0

    def __post_init__(self) -> None:
        if self.longest_side < 16:
            raise ValueError("longest_side: must be at least 16")
        if self.longest_seconds <= 0:
            raise ValueError("longest_seconds: must be more than 0")
        if self.output_bytes < 1 << 16:
            raise ValueError("output_bytes: must be at least 64 KiB")
        if self.memory < 256 << 20:
            raise ValueError("memory: must be at least 256 MiB")
        if self.threads < 0:
            raise ValueError("threads: must not be negative")
