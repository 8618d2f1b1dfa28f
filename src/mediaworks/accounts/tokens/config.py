from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from mediaworks.accounts.model import Role

WITH_JWKS = ("RS256", "ES256", "EdDSA")
WITH_SECRET = ("HS256",)
ASYMMETRIC = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
SYMMETRIC = frozenset({"HS256", "HS384", "HS512"})
SECRET_BYTES = 32
MOST_LEEWAY = 300.0


@dataclass(frozen=True, kw_only=True)
class TokensConfig:
    """Off unless `jwks_url` (where the other service publishes its keys) or `secret` (shared with it) is given; then
    `issuer` and `audience` (one of which a token is for) are needed as well.

    `algorithms`: RS256, ES256, EdDSA with published keys, HS256 with a secret. `roles`: which of its roles are which of
    ours (`editors=user,ops=admin`); without it the roles are kept here. Names of claims: who it is, what it is called,
    its roles, its scopes; a path has dots (`realm_access.roles`).
    """

    jwks_url: str = ""
    secret: str = ""
    issuer: str = ""
    audience: tuple[str, ...] = ()
    algorithms: tuple[str, ...] = ()
    leeway_seconds: float = 10.0
    user_claim: str = "sub"
    name_claim: str = "name"
    roles_claim: str = "roles"
    scopes_claim: str = "scope"
    roles: tuple[str, ...] = ()
    default_role: str = "user"

    def __post_init__(self) -> None:
        self._check_keys()
        if not 0 <= self.leeway_seconds <= MOST_LEEWAY:
            raise ValueError(f"leeway_seconds: must lie between 0 and {MOST_LEEWAY:g}")
        if self.default_role not in set(Role):
            raise ValueError(f"default_role: must be one of {', '.join(Role)}")
        if not self.user_claim:
            raise ValueError("user_claim: must name a claim such as sub")
        for entry in self.roles:
            theirs, _, ours = entry.rpartition("=")
            if not theirs or ours not in set(Role):
                raise ValueError(
                    f"roles: {entry!r} is not theirs=ours, such as editors=user; ours are {', '.join(Role)}"
                )

    def _check_keys(self) -> None:
        if self.jwks_url and self.secret:
            raise ValueError("secret: not together with a jwks_url: a published key could then pass as the secret")
        if not self.are_on:
            return
        if self.secret and len(self.secret.encode()) < SECRET_BYTES:
            raise ValueError(f"secret: needs at least {SECRET_BYTES} bytes")
        if self.jwks_url and not self.jwks_url.startswith(("https://", "http://")):
            raise ValueError("jwks_url: must be an https address")
        if not self.issuer:
            raise ValueError("issuer: is needed, so that tokens of anybody else are refused")
        if not self.audience:
            raise ValueError("audience: is needed, so that tokens for other services are refused")
        possible = ASYMMETRIC if self.jwks_url else SYMMETRIC
        for algorithm in self.algorithms:
            if algorithm not in possible:
                kind = "published keys" if self.jwks_url else "a secret"
                raise ValueError(f"algorithms: {algorithm!r} is none for {kind}: {', '.join(sorted(possible))}")

    @property
    def are_on(self) -> bool:
        return bool(self.jwks_url or self.secret)

    @cached_property
    def allowed(self) -> tuple[str, ...]:
        """The algorithms that are taken."""
        return self.algorithms or (WITH_JWKS if self.jwks_url else WITH_SECRET)

    @cached_property
    def role_of(self) -> Mapping[str, Role]:
        """Our role for each of theirs."""
        return {theirs: Role(ours) for theirs, _, ours in (entry.rpartition("=") for entry in self.roles)}
