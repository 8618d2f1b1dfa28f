from __future__ import annotations

from dataclasses import dataclass

from mediaworks.kit.quantities import Bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamingConfig:
    """`heights`: rungs, by the shorter side in pixels; `segment_seconds`: how long a segment is; `encoders`: runs at once on
    this machine; `ahead`: how many segments a run may be ahead of who watches; `idle_seconds`: how long it then waits for
    them; `run_seconds`: how long one may take; `cache_bytes`: what segments may take up on the disk; `shared_bytes`:
    what they may take up in the storage, for all machines, 0 if each keeps its own; `prepared_segments`: how many from the
    beginning are made before anybody watches; `complete_after_seconds`: for how long no encoder is at work before the rest
    of what was watched is made, 0: never."""

    heights: tuple[int, ...] = (240, 360, 480, 720, 1080, 1440, 2160)
    segment_seconds: float = 2.0
    encoders: int = 2
    ahead: int = 5
    idle_seconds: float = 10.0
    run_seconds: float = 600.0
    cache_bytes: Bytes = Bytes(10 << 30)
    shared_bytes: Bytes = Bytes(0)
    prepared_segments: int = 2
    complete_after_seconds: float = 60.0

    def __post_init__(self) -> None:
        if not self.heights or not all(64 <= height <= 4320 for height in self.heights):
            raise ValueError("heights: must be pixels between 64 and 4320")
        if not 1 <= self.segment_seconds <= 10:
            raise ValueError("segment_seconds: must lie between 1 and 10")
        if self.encoders < 1:
            raise ValueError("encoders: must be at least 1")
        if not 0 <= self.prepared_segments <= 100:
            raise ValueError("prepared_segments: must lie between 0 and 100")
        if self.complete_after_seconds < 0:
            raise ValueError("complete_after_seconds: must not be negative")
        if self.ahead < 1:
            raise ValueError("ahead: must be at least 1")
