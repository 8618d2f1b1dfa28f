from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsConfig:
    """`concurrency`: jobs that one worker runs at once, `transfers`: beside them those that only wait for networks and
    disks. `stalled_after`: seconds without a sign of life after which
    a worker counts as dead and its jobs go to another. `keep_hours`: how long finished jobs stay to be seen."""

    concurrency: int = 4
    transfers: int = 8
    stalled_after: float = 20.0
    keep_hours: int = 24

    def __post_init__(self) -> None:
        if self.concurrency < 1:
            raise ValueError("concurrency: must be at least 1")
        if self.transfers < 1:
            raise ValueError("transfers: must be at least 1")
        if self.stalled_after < 2:
            raise ValueError("stalled_after: must be at least 2 seconds")
