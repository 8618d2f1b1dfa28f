from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditConfig:
    """`patience_seconds`: how long an answer waits for its row. `refusals_per_minute`: so many refusals of callers whom
    nobody knows get a row of their own, for each address and process; the next row says how many were left out."""

    patience_seconds: float = 5.0
    refusals_per_minute: int = 60

    def __post_init__(self) -> None:
        if self.patience_seconds <= 0:
            raise ValueError("patience_seconds: must be more than 0")
        if self.refusals_per_minute < 1:
            raise ValueError("refusals_per_minute: must be at least 1")
