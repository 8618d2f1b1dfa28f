from __future__ import annotations

from dataclasses import dataclass

from mediaworks.processing import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformationsConfig:
    """`direct_megapixels`: the work that a request does itself, counted in megapixels read, changed and written (see
    docs/processing.md); more becomes a job. `direct_seconds`: the same of sound, counted in its seconds. `direct_at_once`: requests of one process that do such work or wait for it;
    others are told to come back. `job_seconds`: how long a job may work on one picture, `recording_seconds`: on one video
    or sound; `batch_at_once`: pictures that a batch works on at once."""

    direct_megapixels: float = 120
    direct_seconds: float = 60
    direct_at_once: int = 16
    job_seconds: float = 600
    recording_seconds: float = 6 * 3600
    batch_at_once: int = 2

    def __post_init__(self) -> None:
        if self.direct_megapixels < 0:
            raise ValueError("direct_megapixels: must not be negative")
        if self.direct_seconds < 0:
            raise ValueError("direct_seconds: must not be negative")
        if self.direct_at_once < 1:
            raise ValueError("direct_at_once: must be at least 1")
        if self.batch_at_once < 1:
            raise ValueError("batch_at_once: must be at least 1")
        if self.job_seconds < 1:
            raise ValueError("job_seconds: must be at least 1 second")
        if self.recording_seconds < 1:
            raise ValueError("recording_seconds: must be at least 1 second")

    def seconds_for(self, kind: Kind) -> float:
        """How long a job may work on one file of this kind."""
        return self.job_seconds if kind is Kind.IMAGE else self.recording_seconds

    def at_once_for(self, kind: Kind) -> int:
        """How many files of this kind a batch works on at once: an encoder of recordings uses every core by itself."""
        return self.batch_at_once if kind is Kind.IMAGE else 1
