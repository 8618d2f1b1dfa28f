from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from mediaworks.accounts.policy import Policy
from mediaworks.errors import Forbidden


class Role(StrEnum):
    ADMIN = "admin"
    USER = "user"


class Scope(StrEnum):
    """What a key may do. An admin's key with every scope may do it to everybody's media."""

    MEDIA_READ = "media:read"
    MEDIA_WRITE = "media:write"
    ACCOUNTS = "accounts"


class Caller(msgspec.Struct, frozen=True):
    """Who stands behind a request."""

    user_id: UUID
    role: Role
    scopes: frozenset[Scope]
    key_id: UUID
    quota_bytes: int | None
    policy: Policy = msgspec.field(default_factory=Policy)

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN

    def require(self, scope: Scope) -> None:
        """Raise Forbidden unless this caller's key has `scope`."""
        if scope not in self.scopes:
            raise Forbidden(f"This key lacks the scope {scope.value}", code="missing_scope", scope=scope.value)

    def require_admin(self) -> None:
        """Raise Forbidden unless an administrator calls with a key for accounts."""
        self.require(Scope.ACCOUNTS)
        if not self.is_admin:
            raise Forbidden("Only an administrator may do this", code="admin_only")


class User(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    role: Role
    quota_bytes: int | None
    used_bytes: int
    created_at: datetime


class ApiKey(msgspec.Struct, frozen=True):
    """A key as it may be shown: `prefix` is its beginning, the secret itself is not kept."""

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


class NewApiKey(ApiKey, frozen=True, kw_only=True):
    """A key just made: `key` is shown this once."""

    key: str
