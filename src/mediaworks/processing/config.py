from __future__ import annotations

from dataclasses import dataclass

from mediaworks.kit.quantities import Bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessingConfig:
    """Limits of the sandbox. `decoders`: child processes of a worker; `deadline_seconds` and `memory`: of one task;
    `tasks_per_decoder`: after so many a fresh child takes over; `queue_limit`: tasks that may wait for a child."""

    decoders: int = 2
    deadline_seconds: float = 30
    probe_seconds: float = 5
    memory: Bytes = Bytes(2 << 30)
    tasks_per_decoder: int = 200
    queue_limit: int = 256
    max_pixels: int = 300_000_000

    def __post_init__(self) -> None:
        if self.decoders < 1:
            raise ValueError("decoders: must be at least 1")
        if self.memory < 256 << 20:
            raise ValueError("memory: must be at least 256 MiB")
        if self.max_pixels < 1_000_000:
            raise ValueError("max_pixels: must be at least 1000000")
