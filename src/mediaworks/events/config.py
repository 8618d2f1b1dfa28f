from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsConfig:
    """`keep_days`: how long events can be read, and a stream goes on where it broke off. `sink_days`: how long they are
    kept for a sink that is away (0: not at all longer). `sinks`: addresses to which every event goes, such as
    `nats://127.0.0.1:4222`. `access_seconds`: how often an open stream makes sure that its key is still good."""

    keep_days: float = 30
    sink_days: float = 90
    sinks: tuple[str, ...] = ()
    access_seconds: float = 20

    def __post_init__(self) -> None:
        if self.keep_days <= 0:
            raise ValueError("keep_days: must be more than 0")
        if self.sink_days < 0:
            raise ValueError("sink_days: must not be negative")
        if not 0 < self.access_seconds <= 45:
            raise ValueError("access_seconds: must be more than 0 and at most 45")
        for address in self.sinks:
            if "://" not in address:
                raise ValueError(f"sinks: {address!r} is no address such as nats://127.0.0.1:4222")
