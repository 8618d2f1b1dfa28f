"""Who may do what: every operation that the service offers, for every role, on objects that stand in every relation to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from tests.web.authorisation.rules import ROLES, STATUS
from tests.web.authorisation.table import ROWS, Row
from tests.web.authorisation.world import Thing, World, world_of

from mediaworks.testing.service import Service, running

pytestmark = pytest.mark.long

METHODS = {"get", "post", "put", "patch", "delete", "head", "options"}


@pytest.fixture(scope="module")
def idle_service(new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One without a worker: what is queued stays queued."""
    data_dir = tmp_path_factory.mktemp("authorisation") / "data"
    settings = {"MEDIAWORKS_WITH_WORKER": "false", "MEDIAWORKS_EGRESS_ALLOW": "127.0.0.1"}
    with running(Service(data_dir, database_url=new_database(), settings=settings)) as started:
        yield started


@pytest.fixture(scope="module")
def world(idle_service: Service) -> Iterator[World]:
    with world_of(idle_service) as made:
        yield made


@pytest.fixture(scope="module")
def operations(idle_service: Service) -> dict[str, tuple[str, str]]:
    """Method and path by the id of the operation, as the service documents them."""
    document = httpx.get(f"{idle_service.url}/openapi/openapi.json", trust_env=False).json()
    return {
        operation["operationId"]: (method.upper(), path)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


def test_every_operation_has_a_row_and_every_row_an_operation(operations: dict[str, tuple[str, str]]) -> None:
    rows = Counter(row.operation for row in ROWS)
    assert rows.keys() ^ operations.keys() == set()
    assert rows.most_common(1)[0][1] == 1


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.operation)
def test_who_may(world: World, operations: dict[str, tuple[str, str]], row: Row) -> None:
    wrong = []
    for relation, letters in row.rule.items():
        for role, letter in zip(ROLES, letters, strict=True):
            status = asked(world, operations[row.operation], row, relation, role, letter)
            if status not in ({STATUS[letter]} if letter in STATUS else row.done):
                wrong.append(f"{role}, {relation}: {status} instead of {letter}")
    assert not wrong


def asked(world: World, operation: tuple[str, str], row: Row, relation: str, role: str, letter: str) -> int:
    thing = world.thing(row.kind, relation, role, fresh=row.changes and letter == "+")
    client = (thing.person or world.people[role]).client
    method, path = operation
    with client.stream(method, (path + row.query).format(**thing.ids), **_body(row, thing)) as answer:
        return answer.status_code


def _body(row: Row, thing: Thing) -> dict[str, Any]:
    body: dict[str, Any] = {"headers": dict(row.headers)}
    if row.json is not None:
        body["json"] = row.json(thing.ids)
    if row.content is not None:
        body["content"] = row.content
    return body


def test_a_key_makes_no_key_that_may_more(world: World) -> None:
    user = world.people["user"].client
    weak = user.post("/api/v1/keys", json={"name": "weak", "scopes": ["accounts", "media:read"]}).json()["key"]
    headers = {"x-api-key": weak}
    for scopes in (["media:write"], ["events"], ["accounts", "media:read", "media:write"]):
        answer = user.post("/api/v1/keys", json={"name": "x", "scopes": scopes}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")
    same = user.post("/api/v1/keys", json={"name": "same"}, headers=headers).json()
    assert sorted(same["scopes"]) == ["accounts", "media:read"]


@pytest.mark.parametrize("role", ["viewer", "user", "service"])
def test_nobody_but_an_administrator_makes_a_key_for_another(world: World, role: str) -> None:
    asked_for = {"name": "x", "user_id": world.stranger.id}
    assert world.people[role].client.post("/api/v1/keys", json=asked_for).status_code == 403


def test_the_keys_of_a_user_who_was_erased_open_nothing(world: World) -> None:
    gone = world.new_person("user")
    assert gone.client.post(f"/api/v1/users/{gone.id}/erase", json={"name": gone.name}).status_code == 202
    assert gone.client.get("/api/v1/media").status_code == 401


def test_the_keys_of_a_user_who_is_disabled_open_nothing_until_they_are_back(world: World) -> None:
    person = world.new_person("user")
    for disabled, status in ((True, 401), (False, 200)):
        world.admin.patch(f"/api/v1/users/{person.id}", json={"disabled": disabled})
        assert person.client.get("/api/v1/media").status_code == status


def test_a_user_gives_their_own_key_no_more_than_it_has(world: World) -> None:
    user = world.people["user"].client
    key = user.post("/api/v1/keys", json={"name": "weak", "scopes": ["accounts", "media:read"]}).json()
    more = {"scopes": ["accounts", "media:read", "media:write"]}
    answer = user.patch(f"/api/v1/keys/{key['id']}", json=more, headers={"x-api-key": key["key"]})
    assert answer.status_code == 403


def test_a_key_that_has_expired_opens_nothing(world: World) -> None:
    person = world.new_person("user")
    world.expire_keys(person)
    assert person.client.get("/api/v1/media").status_code == 401


def test_who_may_edit_what_was_shared_neither_shares_nor_deletes_nor_publishes_it(world: World) -> None:
    user = world.people["user"]
    address = "/api/v1/media/" + world.thing("media", "edit", "user", fresh=True).ids["media_id"]
    assert user.client.patch(address, json={"tags": ["mine"]}).status_code == 200
    refused = [
        user.client.post(f"{address}/shares", json={"user_id": user.id, "access": "edit"}),
        user.client.post(f"{address}/links", json={}),
        user.client.patch(address, json={"visibility": "public"}),
        user.client.delete(address),
        user.client.delete(address, params={"purge": "true"}),
    ]
    assert [answer.status_code for answer in refused] == [403] * len(refused)
