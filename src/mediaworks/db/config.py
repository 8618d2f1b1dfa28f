from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseConfig:
    """Where PostgreSQL (15 or newer) is. Without a url the service starts its own in the data folder.
    `patience_seconds`: how long a request waits for one of `pool_size` connections before it is told to come back."""

    url: str = ""
    pool_size: int = 12
    patience_seconds: float = 120

    def __post_init__(self) -> None:
        if self.url and not self.url.startswith(("postgresql://", "postgres://")):
            raise ValueError("url: must begin with postgresql:// (PostgreSQL is the only database)")
        if self.pool_size < 1:
            raise ValueError("pool_size: must be at least 1")
