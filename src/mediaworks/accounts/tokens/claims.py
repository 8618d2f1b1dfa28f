"""Whom the claims of a token name. Its signature, times, issuer and audience were looked at before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mediaworks.accounts.model import EVERYDAY, Role, Scope
from mediaworks.accounts.outsiders.model import Outsider
from mediaworks.accounts.tokens.config import TokensConfig
from mediaworks.errors import Unauthenticated

LONGEST = 255
_HIGHEST_FIRST = (Role.ADMIN, Role.SERVICE, Role.USER, Role.VIEWER)

Claims = Mapping[str, Any]


def outsider_of(claims: Claims, config: TokensConfig) -> Outsider:
    """Raises Unauthenticated when the claim that says who it is has nothing of use."""
    subject = claim(claims, config.user_claim)
    if isinstance(subject, int) and not isinstance(subject, bool):
        subject = str(subject)
    if not isinstance(subject, str) or not _is_plain(subject):
        raise Unauthenticated("The token does not say whose it is", code="token_user")
    name = claim(claims, config.name_claim)
    role = _role(claims, config)
    return Outsider(
        source=config.issuer,
        subject=subject,
        name=name if isinstance(name, str) and _is_plain(name) else subject,
        first_role=Role(config.default_role),
        role=role,
        scopes=_scopes(claims, config, role),
    )


def claim(claims: Claims, path: str) -> Any:
    """The claim of this name, or the one at the end of a path with dots; None when there is none."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _role(claims: Claims, config: TokensConfig) -> Role | None:
    """The highest of our roles that theirs mean; None where roles are kept here."""
    if not config.role_of:
        return None
    given = {config.role_of[theirs] for theirs in _words(claim(claims, config.roles_claim)) if theirs in config.role_of}
    return next((role for role in _HIGHEST_FIRST if role in given), Role(config.default_role))


def _scopes(claims: Claims, config: TokensConfig, role: Role | None) -> frozenset[Scope] | None:
    """Just what the token names of ours; without the claim, what the role does every day."""
    given = claim(claims, config.scopes_claim) if config.scopes_claim else None
    if given is None:
        return EVERYDAY | {Scope.ACCOUNTS} if role is Role.ADMIN else None
    return frozenset(Scope(word) for word in _words(given) if word in set(Scope))


def _words(value: Any) -> list[str]:
    """A list of strings, or a string with spaces between (RFC 8693 section 4.2)."""
    if isinstance(value, str):
        return value.split()
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []


def _is_plain(text: str) -> bool:
    return 0 < len(text.strip()) <= LONGEST and text.isprintable()
