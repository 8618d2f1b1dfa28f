"""What the audit log says of a request: nothing of its query, its headers or its body, and no secret of its path."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
import structlog

from mediaworks.accounts import Caller
from mediaworks.accounts.audit import Entry
from mediaworks.kit.clock import now
from mediaworks.kit.peers import peer_address
from mediaworks.web.openapi import operation_id

LONGEST = 500
MOST_ITEMS = 100
SECRET = frozenset({"token", "secret"})  # parameters of a path that open what they name


class _Item(msgspec.Struct):
    id: str | int | None = None


class _Told(_Item):
    """What answers say of themselves: the id of what they are about, the code of an error, the ids of a batch."""

    code: str | None = None
    items: list[_Item] = []


def entry_of(scope: Any, start: Any, body: Any, owners: set[UUID]) -> Entry:
    """The row for the answer that begins with the messages `start` and `body`; `owners`: of what was read."""
    caller: Caller | None = scope["state"].get("caller")
    headers = {bytes(name): bytes(value) for name, value in start["headers"]}
    told = _told(headers, body)
    return Entry(
        at=now(),
        user_id=caller.user_id if caller else None,
        key_id=caller.key_id if caller else None,
        role=caller.role.value if caller else None,
        action=operation_id(scope["method"], scope["path_template"]),
        method=scope["method"],
        path=_path(scope),
        target=_target(scope, headers, told),
        address=scope["state"].get("address") or peer_address(scope),
        status=start["status"],
        code=told.code if start["status"] >= 400 else None,
        details=_details(headers, told, owners),
    )


def _told(headers: dict[bytes, bytes], body: Any) -> _Told:
    if b"json" not in headers.get(b"content-type", b"") or body.get("more_body"):
        return _Told()
    try:
        return msgspec.json.decode(body.get("body", b""), type=_Told)
    except msgspec.MsgspecError:
        return _Told()


def _path(scope: Any) -> str:
    path: str = scope["path"]
    for name in SECRET & scope["path_params"].keys():
        path = path.replace(str(scope["path_params"][name]), f"{{{name}}}")
    return _plain(path)


def _target(scope: Any, headers: dict[bytes, bytes], told: _Told) -> str | None:
    params = [str(value) for name, value in scope["path_params"].items() if name not in SECRET]
    if params:
        return _plain(params[0])
    if location := headers.get(b"location"):
        return _plain(location.decode("latin-1").partition("?")[0].rpartition("/")[2])
    return None if told.id is None else _plain(str(told.id))


def _details(headers: dict[bytes, bytes], told: _Told, owners: set[UUID]) -> dict[str, Any]:
    details: dict[str, Any] = {"request_id": structlog.contextvars.get_contextvars().get("request_id")}
    if headers.get(b"idempotency-replayed") == b"true":
        details["replayed"] = True
    if made := [str(item.id) for item in told.items if item.id is not None]:
        details["items"] = made[:MOST_ITEMS]
    if owners:
        details["owners"] = sorted(map(str, owners))[:MOST_ITEMS]
    return details


def _plain(text: str) -> str:
    """What PostgreSQL keeps as it is: no NUL, no half characters, not without end."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()[:LONGEST]
