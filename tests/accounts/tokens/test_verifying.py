"""Tokens that are good, and every way in which they are not. Each refusal has a code of its own."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from mediaworks.accounts.model import EVERYDAY, Role, Scope
from mediaworks.accounts.outsiders.model import Outsider
from mediaworks.accounts.tokens.config import TokensConfig
from mediaworks.accounts.tokens.jwks import Jwks
from mediaworks.accounts.tokens.verifying import Secret, Tokens
from mediaworks.errors import Unauthenticated
from mediaworks.kit.egress import Egress, EgressConfig
from mediaworks.testing.auth_service import AUDIENCE, ISSUER, AuthService, SigningKey, new_key

SECRET = "s" * 32
SHARED = TokensConfig(secret=SECRET, issuer=ISSUER, audience=(AUDIENCE,))


@pytest.fixture(scope="module")
def auth() -> Iterator[AuthService]:
    with AuthService(keys=[new_key("rsa", "RS256"), new_key("ed", "EdDSA"), new_key("ec")]) as service:
        yield service


def config(auth: AuthService, **more: Any) -> TokensConfig:
    return TokensConfig(jwks_url=auth.url, issuer=ISSUER, audience=(AUDIENCE,), **more)


def verify(auth: AuthService, token: str, **more: Any) -> Outsider:
    keys = Jwks(Egress(EgressConfig(allow=("127.0.0.1",))), auth.url)
    return asyncio.run(Tokens(config(auth, **more), keys).verify(token))


def refused(auth: AuthService, token: str, **more: Any) -> str:
    with pytest.raises(Unauthenticated) as refusal:
        verify(auth, token, **more)
    return refusal.value.code


def part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def by_hand(header: dict[str, Any], secret: bytes, **more: Any) -> str:
    """A token that no library would make."""
    claims = {"sub": "eve", "iss": ISSUER, "aud": AUDIENCE, "exp": int(time.time()) + 60} | more
    signed = f"{part(header)}.{part(claims)}"
    signature = hmac.digest(secret, signed.encode(), hashlib.sha256)
    return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


@pytest.mark.parametrize("place", [0, 1, 2], ids=["RS256", "EdDSA", "ES256"])
def test_a_token_of_each_kind_names_its_user(auth: AuthService, place: int) -> None:
    found = verify(auth, auth.token("ada", key=auth.keys[place], name="Ada Lovelace"))
    assert (found.external_id, found.name, found.role, found.scopes) == (f"{ISSUER}|ada", "Ada Lovelace", None, None)


def test_a_token_of_a_shared_secret_names_its_user() -> None:
    token = by_hand({"alg": "HS256"}, SECRET.encode())
    assert asyncio.run(Tokens(SHARED, Secret(SECRET)).verify(token)).subject == "eve"


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"exp": int(time.time()) - 3600}, "token_expired"),
        ({"exp": None}, "token_expired"),
        ({"nbf": int(time.time()) + 3600}, "token_not_yet"),
        ({"iat": int(time.time()) + 3600}, "token_not_yet"),
        ({"aud": "another service"}, "token_audience"),
        ({"aud": None}, "token_audience"),
        ({"aud": ["another", "and another"]}, "token_audience"),
        ({"iss": "https://evil.example.org/"}, "token_issuer"),
        ({"iss": ISSUER.rstrip("/")}, "token_issuer"),
        ({"iss": None}, "token_issuer"),
        ({"sub": None}, "token_user"),
        ({"sub": "a\nb"}, "token_user"),
        ({"sub": " "}, "token_user"),
        ({"exp": "soon"}, "token_invalid"),
    ],
)
def test_claims_that_do_not_fit_are_refused(auth: AuthService, claims: dict[str, Any], code: str) -> None:
    assert refused(auth, auth.token(**claims)) == code


def test_a_token_without_signature_is_refused(auth: AuthService) -> None:
    assert refused(auth, f"{part({'alg': 'none'})}.{part({'sub': 'eve'})}.") == "token_algorithm"
    assert refused(auth, f"{part({'alg': 'None', 'kid': 'ec'})}.{part({'sub': 'eve'})}.") == "token_algorithm"


def test_a_published_key_is_no_secret(auth: AuthService) -> None:
    """Algorithm confusion: HS256, signed with what everybody can read."""
    published = json.dumps(auth.keys[0].public).encode()
    assert refused(auth, by_hand({"alg": "HS256", "kid": "rsa"}, published)) == "token_algorithm"


def test_a_key_is_used_for_nothing_but_its_own_algorithm(auth: AuthService) -> None:
    assert refused(auth, auth.token(key=auth.keys[0], header={"kid": "ec"})) == "token_unknown_key"
    assert refused(auth, auth.token(key=auth.keys[0]), algorithms=("ES256",)) == "token_algorithm"
    another = SigningKey("rsa", "RS512", auth.keys[0].private)
    assert refused(auth, auth.token(key=another), algorithms=("RS256", "RS512")) == "token_unknown_key"


def test_a_forged_signature_is_refused(auth: AuthService) -> None:
    head, claims, signature = auth.token().split(".")
    other = auth.token("somebody else").split(".")[1]
    assert refused(auth, f"{head}.{other}.{signature}") == "token_invalid"
    assert refused(auth, auth.token(key=new_key("ec"))) == "token_invalid"
    assert refused(auth, f"{head}.{claims}.") == "token_invalid"


@pytest.mark.parametrize("header", [{"kid": "nobody's"}, {"kid": None}])
def test_a_key_that_is_not_known_is_refused(auth: AuthService, header: dict[str, Any]) -> None:
    key = new_key("nobody's")
    code = "token_unknown_key" if header["kid"] else "token_invalid"
    assert refused(auth, auth.token(key=key, header=header)) == code


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({"crit": ["b64"], "b64": True}, "token_extension"),
        ({"b64": True}, "token_extension"),
        ({"crit": ["exp"], "exp": 1}, "token_invalid"),
        ({"crit": []}, "token_invalid"),
    ],
)
def test_extensions_that_must_be_understood_are_refused(header: dict[str, Any], code: str) -> None:
    token = by_hand({"alg": "HS256"} | header, SECRET.encode())
    with pytest.raises(Unauthenticated) as refusal:
        asyncio.run(Tokens(SHARED, Secret(SECRET)).verify(token))
    assert refusal.value.code == code


@pytest.mark.parametrize("nonsense", ["", "x", "a.b.c", "....", "é.é.é", "a" * 20_000, f"{part({'alg': []})}.e30.e30"])
def test_what_is_no_token_is_refused(auth: AuthService, nonsense: str) -> None:
    assert refused(auth, nonsense) in {"token_invalid", "token_algorithm"}


def test_no_refusal_tells_what_would_have_been_right(auth: AuthService) -> None:
    for token in (auth.token(iss="x"), auth.token(aud="x"), auth.token(key=new_key("x"))):
        with pytest.raises(Unauthenticated) as refusal:
            verify(auth, token)
        assert not any(secret in refusal.value.detail for secret in (ISSUER, AUDIENCE, "ec"))


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ({"roles": ["editors"]}, Role.USER),
        ({"roles": "guests ops"}, Role.ADMIN),
        ({"roles": ["admin"]}, Role.VIEWER),
        ({}, Role.VIEWER),
    ],
)
def test_roles_are_mapped_and_the_highest_holds(auth: AuthService, claims: dict[str, Any], role: Role) -> None:
    found = verify(auth, auth.token(**claims), roles=("editors=user", "ops=admin"), default_role="viewer")
    assert found.role is role


def test_roles_may_lie_deep_in_the_token(auth: AuthService) -> None:
    token = auth.token(realm_access={"roles": ["ops"]})
    assert verify(auth, token, roles=("ops=service",), roles_claim="realm_access.roles").role is Role.SERVICE


def test_an_outside_admin_is_none_of_ours_unless_we_say_so(auth: AuthService) -> None:
    assert verify(auth, auth.token(roles=["admin"])).role is None


@pytest.mark.parametrize(
    ("scope", "scopes"),
    [
        ("media:read openid", {Scope.MEDIA_READ}),
        (["media:read", "media:write"], {Scope.MEDIA_READ, Scope.MEDIA_WRITE}),
        ("openid profile", set()),
        ("", set()),
    ],
)
def test_a_token_gives_just_the_scopes_that_it_names(auth: AuthService, scope: Any, scopes: set[Scope]) -> None:
    assert verify(auth, auth.token(scope=scope)).scopes == frozenset(scopes)


def test_without_the_claim_the_scopes_are_those_of_every_day(auth: AuthService) -> None:
    assert verify(auth, auth.token()).scopes is None
    ops = verify(auth, auth.token(roles=["ops"]), roles=("ops=admin",))
    assert ops.scopes == EVERYDAY | {Scope.ACCOUNTS}
    assert verify(auth, auth.token(scope="media:read"), scopes_claim="").scopes is None


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"issuer": ""}, "issuer"),
        ({"audience": ()}, "audience"),
        ({"secret": SECRET}, "secret"),
        ({"jwks_url": "", "secret": "short"}, "secret"),
        ({"algorithms": ("HS256",)}, "algorithms"),
        ({"algorithms": ("none",)}, "algorithms"),
        ({"jwks_url": "", "secret": SECRET, "algorithms": ("RS256",)}, "algorithms"),
        ({"jwks_url": "", "secret": SECRET, "algorithms": ("none",)}, "algorithms"),
        ({"jwks_url": "file:///etc/passwd"}, "jwks_url"),
        ({"roles": ("ops=god",)}, "roles"),
        ({"default_role": "god"}, "default_role"),
        ({"leeway_seconds": 3600.0}, "leeway_seconds"),
    ],
)
def test_settings_that_would_let_others_in_stop_the_start(settings: dict[str, Any], field: str) -> None:
    usual: dict[str, Any] = {"jwks_url": "https://auth.example.org/jwks", "issuer": ISSUER, "audience": (AUDIENCE,)}
    with pytest.raises(ValueError, match=f"^{field}: "):
        TokensConfig(**(usual | settings))
