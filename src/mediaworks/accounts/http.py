"""Who is asking (the `caller` of every other route), and the routes for users and keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Router, delete, get, patch, post, put
from litestar.datastructures import State

from mediaworks.accounts.identity import identify
from mediaworks.accounts.model import ApiKey, Caller, KeyChanges, NewApiKey, Role, Scope, User, UserChanges
from mediaworks.accounts.policy import Policy
from mediaworks.accounts.service import Accounts


class Rooms(State):
    """What these routes work with."""

    accounts: Accounts


async def authenticate(request: Request[Any, Any, Any], state: Rooms) -> Caller:
    """The caller behind the request. Raises Unauthenticated."""
    return await identify(request.scope, state.accounts)


class KeyRequest(msgspec.Struct, forbid_unknown_fields=True):
    """`user_id`: whose key (yours when left out); `scopes`: at most your own key's, which is the default; `policy`:
    limits on what it does; `allowed_origins`: web pages that may use it (`https://www.example.org`); `allowed_addresses`:
    networks from which it may be used (`10.2.0.0/16`); without them it opens from anywhere."""

    name: str
    user_id: UUID | None = None
    scopes: list[Scope] | None = None
    expires_at: datetime | None = None
    policy: Policy = msgspec.field(default_factory=Policy)
    allowed_origins: tuple[str, ...] = ()
    allowed_addresses: tuple[str, ...] = ()


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
    return await state.accounts.api_keys.create(
        caller,
        name=data.name,
        user_id=data.user_id,
        scopes=data.scopes,
        expires_at=data.expires_at,
        policy=data.policy,
        allowed_origins=data.allowed_origins,
        allowed_addresses=data.allowed_addresses,
    )


@get("/keys", summary="List API keys")
async def list_keys(caller: Caller, state: Rooms) -> Keys:
    """Yours; all of them for an administrator."""
    caller.require(Scope.ACCOUNTS)
    return Keys(await state.accounts.api_keys.list(caller))


@patch("/keys/{key_id:uuid}", summary="Change an API key")
async def change_key(caller: Caller, key_id: UUID, data: KeyChanges, state: Rooms) -> ApiKey:
    """Who is no administrator can only make it tighter; its secret stays."""
    caller.require(Scope.ACCOUNTS)
    return await state.accounts.api_keys.change(caller, key_id, data)


@delete("/keys/{key_id:uuid}", summary="Revoke an API key", status_code=200)
async def revoke_key(caller: Caller, key_id: UUID, state: Rooms) -> ApiKey:
    caller.require(Scope.ACCOUNTS)
    return await state.accounts.api_keys.revoke(caller, key_id)


@post("/users", summary="Make a user")
async def create_user(caller: Caller, data: UserRequest, state: Rooms) -> User:
    caller.require_admin()
    return await state.accounts.create_user(name=data.name, role=data.role, quota_bytes=data.quota_bytes)


@get("/users", summary="List users")
async def list_users(caller: Caller, state: Rooms) -> Users:
    caller.require_admin()
    return Users(await state.accounts.users())


@get("/users/{user_id:uuid}", summary="One user")
async def get_user(caller: Caller, user_id: UUID, state: Rooms) -> User:
    """Yourself; anybody for an administrator."""
    caller.require(Scope.ACCOUNTS)
    return await state.accounts.user(caller, user_id)


@patch("/users/{user_id:uuid}", summary="Change or disable a user")
async def change_user(caller: Caller, user_id: UUID, data: UserChanges, state: Rooms) -> User:
    """For administrators. Nobody gets in as a user who is `disabled`; media and keys stay."""
    return await state.accounts.change_user(caller, user_id, data)


@put("/users/{user_id:uuid}/policy", summary="Limit a user")
async def put_user_policy(caller: Caller, user_id: UUID, data: Policy, state: Rooms) -> Policy:
    """For administrators. In place of the limits before; limits left out do not limit."""
    await state.accounts.put_user_policy(caller, user_id, data)
    return data


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
    route_handlers=[
        create_key, list_keys, change_key, revoke_key, create_user, list_users, get_user, change_user, put_user_policy,
        list_policies, put_policy,
    ],
    tags=["accounts"],
)  # fmt: skip
