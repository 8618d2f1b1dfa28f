from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from mediaworks.kit.peers import Network, parse_networks
from mediaworks.kit.quantities import Bytes


@dataclass(frozen=True, kw_only=True)
class AccountsConfig:
    """`default_quota`: bytes a new user may keep (0: no limit). `key_cache_seconds`: how long another process may
    go on taking a key, a token or a user that was just ended. `trusted_proxies`: networks whose `X-User-Id` and
    `X-Forwarded-For` are believed."""

    default_quota: Bytes = Bytes(0)
    key_cache_seconds: float = 2.0
    trusted_proxies: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        try:
            parse_networks(self.trusted_proxies)
        except ValueError as error:
            raise ValueError(f"trusted_proxies: {error}") from error

    @cached_property
    def proxies(self) -> tuple[Network, ...]:
        return parse_networks(self.trusted_proxies)
