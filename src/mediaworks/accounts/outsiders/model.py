from __future__ import annotations

from uuid import UUID

import msgspec

from mediaworks.accounts.model import Role, Scope

MARK = "proxy"


class Outsider(msgspec.Struct, frozen=True):
    """Somebody for whom another service vouches.

    `source`: which one, a token's issuer or `proxy`; `subject`: who it is there. `role`: what the service says, None when
    it says nothing of roles: then `first_role` holds until an administrator changes it. `scopes`: None are those of
    every day. `may_be_ours`: an id of one of our own users means this user.
    """

    source: str
    subject: str
    name: str
    first_role: Role
    role: Role | None = None
    scopes: frozenset[Scope] | None = None
    may_be_ours: bool = False

    @property
    def external_id(self) -> str:
        return f"{self.source}|{self.subject}"

    @property
    def own_id(self) -> UUID | None:
        """The subject, where it is a UUID: users of a service that was here before keep their ids."""
        try:
            found = UUID(self.subject)
        except ValueError:
            return None
        return found if str(found) == self.subject.lower() else None


def named(subject: str) -> Outsider:
    """Whom a trusted proxy or a service names in `X-User-Id`."""
    return Outsider(MARK, subject, subject, Role.USER, may_be_ours=True)
