from __future__ import annotations

from dataclasses import dataclass

from mediaworks.kit.quantities import Bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsConfig:
    """`default_quota`: bytes a new user may keep (0: no limit). `key_cache_seconds`: how long another process may
    go on taking a key that was just revoked."""

    default_quota: Bytes = Bytes(0)
    key_cache_seconds: float = 2.0
