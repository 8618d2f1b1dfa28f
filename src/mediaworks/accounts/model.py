from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from mediaworks.accounts.policy import Policy
from mediaworks.errors import Forbidden


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


class Caller(msgspec.Struct, frozen=True):
    """Who stands behind a request: by an API key (`key_id`), or by a token or header of another service (None)."""

    user_id: UUID
    role: Role
    scopes: frozenset[Scope]
    key_id: UUID | None
    quota_bytes: int | None
    policy: Policy = msgspec.field(default_factory=Policy)
    groups: frozenset[UUID] = frozenset()

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
