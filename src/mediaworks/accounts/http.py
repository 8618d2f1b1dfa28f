"""Who is asking (the `caller` of every other route), and the routes for users and keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Router, delete, get, post, put
from litestar.datastructures import State

from mediaworks.accounts.model import ApiKey, Caller, NewApiKey, Role, Scope, User
from mediaworks.accounts.policy import Policy
from mediaworks.accounts.service import Accounts
from mediaworks.errors import Unauthenticated


class Rooms(State):
    """What these routes work with."""

    accounts: Accounts


async def authenticate(request: Request[Any, Any, Any], state: Rooms) -> Caller:
    """The caller behind `X-API-Key` or `Authorization: Bearer`. Raises Unauthenticated."""
    key = request.headers.get("x-api-key")
    if key is None:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated("Send an API key as `X-API-Key: …` or `Authorization: Bearer …`", code="missing_key")
    return await state.accounts.authenticate(key.strip())


class KeyRequest(msgspec.Struct, forbid_unknown_fields=True):
    """`user_id`: whose key (yours when left out); `scopes`: at most your own key's, which is the default; `policy`:
    limits on what it uploads."""

    name: str
    user_id: UUID | None = None
    scopes: list[Scope] | None = None
    expires_at: datetime | None = None
    policy: Policy = msgspec.field(default_factory=Policy)


class UserRequest(msgspec.Struct, forbid_unknown_fields=True):
    """`quota_bytes`: how much the user may keep (null: the default of the settings)."""

    name: str
    role: Role = Role.USER
    quota_bytes: int | None = None


class Keys(msgspec.Struct):
    items: list[ApiKey]


class Users(msgspec.Struct):
    items: list[User]


@post("/keys", summary="Make an API key")
async def create_key(caller: Caller, data: KeyRequest, state: Rooms) -> NewApiKey:
    """The answer shows the key this once."""
    caller.require(Scope.ACCOUNTS)
    return await state.accounts.create_key(
        caller,
        name=data.name,
        user_id=data.user_id,
        scopes=data.scopes,
        expires_at=data.expires_at,
        policy=data.policy,
    )


@get("/keys", summary="List API keys")
async def list_keys(caller: Caller, state: Rooms) -> Keys:
    """Yours; all of them for an administrator."""
    caller.require(Scope.ACCOUNTS)
    return Keys(await state.accounts.keys(caller))


@delete("/keys/{key_id:uuid}", summary="Revoke an API key", status_code=200)
async def revoke_key(caller: Caller, key_id: UUID, state: Rooms) -> ApiKey:
    caller.require(Scope.ACCOUNTS)
    return await state.accounts.revoke(caller, key_id)


@post("/users", summary="Make a user")
async def create_user(caller: Caller, data: UserRequest, state: Rooms) -> User:
    caller.require_admin()
    return await state.accounts.create_user(name=data.name, role=data.role, quota_bytes=data.quota_bytes)


@get("/users", summary="List users")
async def list_users(caller: Caller, state: Rooms) -> Users:
    caller.require_admin()
    return Users(await state.accounts.users())


@get("/policies", summary="The limits of each role")
async def list_policies(caller: Caller, state: Rooms) -> dict[Role, Policy]:
    """By role; a role without limits is not there."""
    return await state.accounts.policies(caller)


@put("/policies/{role:str}", summary="Limit what a role may upload")
async def put_policy(caller: Caller, role: Role, data: Policy, state: Rooms) -> Policy:
    """Limits left out do not limit. A key may have tighter ones of its own."""
    await state.accounts.put_policy(caller, role, data)
    return data


router = Router(
    "/api/v1",
    route_handlers=[create_key, list_keys, revoke_key, create_user, list_users, list_policies, put_policy],
    tags=["accounts"],
)
