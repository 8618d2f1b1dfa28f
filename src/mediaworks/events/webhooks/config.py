from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhooksConfig:
    """`per_user`: endpoints that one user may have. `at_once`: deliveries under way to one endpoint. `seconds`: the longest
    wait for its answer. After a failure it is tried again: in `first_pause` seconds, then each time in about twice as many
    up to `longest_pause`, for `retry_days`. An endpoint that took nothing for `disable_days` is asked no more."""

    per_user: int = 100
    at_once: int = 8
    seconds: float = 15
    first_pause: float = 1
    longest_pause: float = 14400
    retry_days: float = 3
    disable_days: float = 3

    def __post_init__(self) -> None:
        if self.per_user < 0:
            raise ValueError("per_user: must not be negative")
        if not 1 <= self.at_once <= 100:
            raise ValueError("at_once: must lie between 1 and 100")
        for name in ("seconds", "first_pause", "retry_days", "disable_days"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name}: must be more than 0")
        if self.longest_pause < self.first_pause:
            raise ValueError("longest_pause: must be at least first_pause")
