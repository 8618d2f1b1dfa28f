"""Who stands behind a request, found once: layers around the routes ask, and the routes get the same answer."""

from __future__ import annotations

from typing import Any

import msgspec

from mediaworks.accounts import secrets
from mediaworks.accounts.allowances.service import refusal
from mediaworks.accounts.model import Caller, Role
from mediaworks.accounts.outsiders.model import named
from mediaworks.accounts.service import Accounts
from mediaworks.errors import Forbidden, Invalid, MediaworksError, Unauthenticated
from mediaworks.kit.peers import client_address, is_within, peer_address

LONGEST_NAME = 255
ORDINARY = frozenset({Role.USER, Role.VIEWER})
_WAYS = "Send an API key as `X-API-Key: …`, or a key or token as `Authorization: Bearer …`"

Headers = dict[bytes, bytes]


async def identify(scope: Any, accounts: Accounts) -> Caller:
    """The caller behind a key, a token, or the word of a trusted proxy; the request is counted to its allowances.

    The answer is kept in the scope's state, and a refusal as well: `caller`, `refusal`; beside them `address` (of the
    client) and `levels` (of the allowances). Raises Unauthenticated, Forbidden where the key may not be used from here,
    RateLimited, and Unavailable.
    """
    state = scope["state"]
    refused: MediaworksError | None = state.get("refusal")
    if refused is not None:
        raise refused
    if "caller" not in state:
        try:
            await _identify(scope, state, accounts)
        except MediaworksError as refused:
            state["refusal"] = refused
            raise
    caller: Caller = state["caller"]
    return caller


async def identify_again(scope: Any, accounts: Accounts) -> Caller:
    """Who stands now behind a request that is still under way: what was found at its beginning may be over. Counts nothing.
    Raises Unauthenticated, Forbidden where the key may not be used from here, and Unavailable."""
    headers: Headers = dict(scope["headers"])
    caller = await _caller(scope, headers, accounts)
    if caller.bounds is not None:
        caller.bounds.check(_text(headers, b"origin"), client_address(scope, accounts.config.proxies))
    return caller


async def _identify(scope: Any, state: Any, accounts: Accounts) -> None:
    headers: Headers = dict(scope["headers"])
    state["address"] = client_address(scope, accounts.config.proxies)
    caller = state["caller"] = await _caller(scope, headers, accounts)
    if caller.bounds is not None:
        caller.bounds.check(_text(headers, b"origin"), state["address"])
    if caller.allowances:
        outcome = await accounts.allowances.take_request(caller.allowances)
        state["levels"] = outcome.levels
        if not outcome.taken:
            raise refusal(outcome.levels, 1)


async def _caller(scope: Any, headers: Headers, accounts: Accounts) -> Caller:
    credential, name = _credential(headers), _text(headers, b"x-user-id")
    if credential is None:
        if name is None or not is_within(peer_address(scope), accounts.config.proxies):
            raise Unauthenticated(_WAYS, code="missing_key")
        return await _ordinary(name, accounts)
    if not credential.startswith(secrets.MARK) and accounts.tokens is not None and b"x-api-key" not in headers:
        return await accounts.callers.by_token(credential, accounts.tokens.verify)
    caller = await accounts.callers.by_key(credential)
    return caller if name is None or caller.role is not Role.SERVICE else await _acting(caller, name, accounts)


def _credential(headers: Headers) -> str | None:
    key = _text(headers, b"x-api-key")
    if key is not None:
        return key
    authorization = _text(headers, b"authorization")
    if authorization is None:
        return None
    scheme, _, credential = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated(_WAYS, code="missing_key")
    return credential.strip()


def _text(headers: Headers, name: bytes) -> str | None:
    value = headers.get(name)
    return None if value is None else value.decode("latin-1").strip()


async def _ordinary(name: str, accounts: Accounts) -> Caller:
    """The user of this name, who is nobody with more rights than a user's own."""
    if not (0 < len(name) <= LONGEST_NAME and name.isprintable()):
        raise Invalid(f"X-User-Id: needs 1 to {LONGEST_NAME} printable characters", field="X-User-Id")
    caller = await accounts.callers.by_name(named(name))
    if caller.role not in ORDINARY:
        raise Forbidden("X-User-Id: administrators and services come with keys or tokens only", code="ordinary_only")
    return caller


async def _acting(service: Caller, name: str, accounts: Accounts) -> Caller:
    """The user for whom a service acts: with the user's rights and the key's, and the limits of both."""
    user = await _ordinary(name, accounts)
    return msgspec.structs.replace(
        user,
        scopes=user.scopes & service.scopes,
        key_id=service.key_id,
        policy=user.policy.within(service.policy),
        allowances=user.allowances + service.allowances,
        bounds=service.bounds,
    )
