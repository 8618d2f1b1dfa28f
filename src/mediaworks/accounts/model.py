from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from mediaworks.accounts.allowances.model import Allotment
from mediaworks.accounts.bounds import Bounds
from mediaworks.accounts.policy import Policy
from mediaworks.errors import Forbidden, QuotaExceeded
from mediaworks.kit.quantities import readable_size


class Role(StrEnum):
    """`admin` governs the installation; `service` is an application's backend and works on everybody's media; `user` works
    on its own and on what is shared with it; `viewer` only looks."""

    ADMIN = "admin"
    SERVICE = "service"
    USER = "user"
    VIEWER = "viewer"


class Scope(StrEnum):
    """What a key may do. `events`: follow what happens, by SSE and by webhooks."""

    MEDIA_READ = "media:read"
    MEDIA_WRITE = "media:write"
    EVENTS = "events"
    ACCOUNTS = "accounts"


LOOKING = frozenset({Scope.MEDIA_READ, Scope.EVENTS})
EVERYDAY = LOOKING | {Scope.MEDIA_WRITE}


class Caller(msgspec.Struct, frozen=True):
    """Who stands behind a request: by an API key (`key_id`), or by a token or header of another service (None)."""

    user_id: UUID
    role: Role
    scopes: frozenset[Scope]
    key_id: UUID | None
    quota_bytes: int | None
    policy: Policy = msgspec.field(default_factory=Policy)
    groups: frozenset[UUID] = frozenset()
    allowances: tuple[Allotment, ...] = ()
    bounds: Bounds | None = None

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN

    @property
    def sees_everybody(self) -> bool:
        """Whether media, uploads and jobs of other users are this caller's to see and change."""
        return self.role in {Role.ADMIN, Role.SERVICE}

    def require(self, scope: Scope) -> None:
        """Raise Forbidden unless this caller's key has `scope`."""
        if scope not in self.scopes:
            raise Forbidden(f"This key lacks the scope {scope.value}", code="missing_scope", scope=scope.value)

    def require_everybody(self) -> None:
        """Raise Forbidden unless the caller may see what is everybody's."""
        if not self.sees_everybody:
            raise Forbidden("Only an administrator or a service may see what is everybody's", code="own_only")

    def require_admin(self) -> None:
        """Raise Forbidden unless an administrator calls with a key for accounts."""
        self.require(Scope.ACCOUNTS)
        if not self.is_admin:
            raise Forbidden("Only an administrator may do this", code="admin_only")


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes that a user keeps, and how many they may be; 0: as many as they like."""

    used_bytes: int
    quota_bytes: int

    def require(self, size: int) -> None:
        """Raise QuotaExceeded when `size` more bytes would not fit."""
        if self.quota_bytes and self.used_bytes + size > self.quota_bytes:
            raise QuotaExceeded(
                f"{readable_size(self.used_bytes)} of the quota of {readable_size(self.quota_bytes)} are used;"
                f" {readable_size(size)} do not fit",
                used_bytes=self.used_bytes,
                quota_bytes=self.quota_bytes,
            )


class User(msgspec.Struct, frozen=True):
    """`external_id`: who it is at the service that vouches for it, `issuer|subject`; None for a user of our own.
    `disabled_at`: since then nobody gets in as this user."""

    id: UUID
    name: str
    role: Role
    quota_bytes: int | None
    used_bytes: int
    created_at: datetime
    external_id: str | None = None
    policy: Policy = msgspec.field(default_factory=Policy)
    disabled_at: datetime | None = None


class UserChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What administrators may change; a field left out stays."""

    role: Role | msgspec.UnsetType = msgspec.UNSET
    name: str | msgspec.UnsetType = msgspec.UNSET
    quota_bytes: int | msgspec.UnsetType | None = msgspec.UNSET
    disabled: bool | msgspec.UnsetType = msgspec.UNSET


class ApiKey(msgspec.Struct, frozen=True):
    """A key as it may be shown: `prefix` is its beginning, the secret itself is not kept. `allowed_origins`: web pages
    that may use it; `allowed_addresses`: networks from which it may be used; empty is anywhere. `made_with`: the keys, first to last, that it comes from and
    whose allowances it uses up."""

    id: UUID
    user_id: UUID
    name: str
    prefix: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    policy: Policy = msgspec.field(default_factory=Policy)
    allowed_origins: tuple[str, ...] = ()
    allowed_addresses: tuple[str, ...] = ()
    made_with: tuple[UUID, ...] = ()


class KeyChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may be changed of a key; a field left out stays. Who is no administrator may only make it tighter."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    scopes: tuple[Scope, ...] | msgspec.UnsetType = msgspec.UNSET
    expires_at: datetime | msgspec.UnsetType | None = msgspec.UNSET
    policy: Policy | msgspec.UnsetType = msgspec.UNSET
    allowed_origins: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    allowed_addresses: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET


class NewApiKey(ApiKey, frozen=True, kw_only=True):
    """A key just made: `key` is shown this once."""

    key: str
