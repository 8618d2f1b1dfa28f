from __future__ import annotations

from dataclasses import dataclass

from mediaworks.jobs.model import QUEUES


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsConfig:
    """`…_at_once`: jobs of each queue that one worker runs at once. `stalled_after`: seconds without a sign of life
    after which a worker counts as dead and its jobs go to another. `keep_hours`: how long finished jobs stay to be
    seen."""

    probe_at_once: int = 4
    image_at_once: int = 2
    video_at_once: int = 1
    audio_at_once: int = 2
    generation_at_once: int = 1
    import_at_once: int = 8
    deliver_at_once: int = 8
    housekeeping_at_once: int = 4
    stalled_after: float = 20.0
    keep_hours: float = 24

    def __post_init__(self) -> None:
        for queue in QUEUES:
            if self.places(queue) < 1:
                raise ValueError(f"{queue}_at_once: must be at least 1")
        if self.stalled_after < 2:
            raise ValueError("stalled_after: must be at least 2 seconds")
        if self.keep_hours < 0:
            raise ValueError("keep_hours: must not be negative")

    def places(self, queue: str) -> int:
        """How many jobs of `queue` one worker runs at once."""
        return int(getattr(self, f"{queue}_at_once"))
