from __future__ import annotations

from dataclasses import dataclass

from mediaworks.kit.quantities import Bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessingConfig:
    """Limits of the sandbox. `decoders`: child processes of a worker; `deadline_seconds` and `memory`: of one task;
    `tasks_per_decoder`: after so many a fresh child takes over; `queue_limit`: tasks that may wait for a child;
    `max_pixels`, `max_output_pixels`: of what is read and of what is made; `max_frames`: of an animation; `max_operations`: of one rendering; `output_bytes`: of
    all that one task writes; `fonts`: a folder of fonts beside those of the system; `ffmpeg`: a program other than the one
    that came along."""

    decoders: int = 2
    deadline_seconds: float = 30
    probe_seconds: float = 5
    memory: Bytes = Bytes(2 << 30)
    tasks_per_decoder: int = 200
    queue_limit: int = 256
    max_pixels: int = 300_000_000
    max_output_pixels: int = 100_000_000
    max_frames: int = 2_000
    max_operations: int = 64
    output_bytes: Bytes = Bytes(256 << 20)
    ffmpeg: str = ""
    fonts: str = ""

    def __post_init__(self) -> None:
        if self.decoders < 1:
            raise ValueError("decoders: must be at least 1")
        if self.memory < 256 << 20:
            raise ValueError("memory: must be at least 256 MiB")
        if self.max_pixels < 1_000_000:
            raise ValueError("max_pixels: must be at least 1000000")
