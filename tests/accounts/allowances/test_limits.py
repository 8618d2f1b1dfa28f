"""How much keys, users, roles and groups may use: exact over all processes, and told in every answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import create_engine, make_url, text

from mediaworks.testing import media
from mediaworks.testing.redis_server import RedisServer
from mediaworks.testing.service import Service, running, wait_until

pytestmark = pytest.mark.long

MEDIA, KEYS, USERS = "/api/v1/media", "/api/v1/keys", "/api/v1/users"
HOUR = 3600


@pytest.fixture(scope="module")
def two_processes(new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    settings = {"MEDIAWORKS_ACCOUNTS_KEY_CACHE_SECONDS": "0.05"}
    data_dir = tmp_path_factory.mktemp("limits") / "data"
    with running(Service(data_dir, database_url=new_database(), settings=settings, workers=2)) as started:
        yield started


@pytest.fixture
def operator(two_processes: Service) -> Iterator[httpx.Client]:
    with two_processes.client() as client:
        yield client


def allowance(amount: int, seconds: int = HOUR) -> dict[str, int]:
    return {"amount": amount, "seconds": seconds}


def new_user(operator: httpx.Client, **policy: Any) -> str:
    user: str = operator.post(USERS, json={"name": uuid4().hex}).json()["id"]
    if policy:
        assert operator.put(f"{USERS}/{user}/policy", json=policy).json() == policy
    return user


def new_key(operator: httpx.Client, user: str | None = None, **policy: Any) -> str:
    made = operator.post(KEYS, json={"name": "k", "user_id": user or new_user(operator), "policy": policy})
    key: str = made.json()["key"]
    return key


def ask(service: Service, key: str, times: int = 1) -> Counter[int]:
    """What so many requests are answered with, each on a connection of its own, so that they reach both processes."""
    get = lambda _: httpx.get(f"{service.url}{MEDIA}", headers={"x-api-key": key}, trust_env=False).status_code  # noqa: E731
    with ThreadPoolExecutor(12) as threads:
        return Counter(threads.map(get, range(times)))


def send(client: httpx.Client, size: int) -> httpx.Response:
    body = media.PDF + uuid4().bytes
    return client.post(f"{MEDIA}/upload", files={"file": ("a.pdf", body + bytes(size - len(body)))})


def rate_limited(answer: httpx.Response) -> dict[str, Any]:
    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, problem["code"]) == (429, "rate_limited"), answer.text
    assert int(answer.headers["retry-after"]) == problem["retry_after"] >= 1
    return problem


def test_requests_are_counted_exactly_over_two_processes(two_processes: Service, operator: httpx.Client) -> None:
    assert ask(two_processes, new_key(operator, requests=allowance(40)), 80) == {200: 40, 429: 40}


def test_keys_of_one_user_share_the_allowance_of_the_user(two_processes: Service, operator: httpx.Client) -> None:
    user = new_user(operator, requests=allowance(20))
    keys = [new_key(operator, user) for _ in range(2)]
    answers = ask(two_processes, keys[0], 15) + ask(two_processes, keys[1], 15)
    assert answers == {200: 20, 429: 10}


def test_members_share_the_allowance_of_their_group(two_processes: Service, operator: httpx.Client) -> None:
    made = operator.post("/api/v1/groups", json={"name": uuid4().hex, "policy": {"requests": allowance(20)}}).json()
    users = [new_user(operator) for _ in range(2)]
    for user in users:
        operator.put(f"/api/v1/groups/{made['id']}/members/{user}")
    answers = sum((ask(two_processes, new_key(operator, user), 15) for user in users), Counter[int]())
    assert answers == {200: 20, 429: 10}


def test_a_role_gives_each_of_its_users_as_much(two_processes: Service, operator: httpx.Client) -> None:
    users = [operator.post(USERS, json={"name": uuid4().hex, "role": "viewer"}).json()["id"] for _ in range(2)]
    keys = [new_key(operator, user) for user in users]
    operator.put("/api/v1/policies/viewer", json={"requests": allowance(10)})
    try:
        wait_until(lambda: "ratelimit" in get(two_processes, keys[0]).headers)
        wait_until(lambda: "ratelimit" in get(two_processes, keys[0]).headers)
        assert ask(two_processes, keys[0], 20)[200] <= 9
        assert ask(two_processes, keys[1], 20)[200] == 10
    finally:
        operator.put("/api/v1/policies/viewer", json={})


def test_keys_made_with_a_limited_key_use_up_its_allowance(two_processes: Service, operator: httpx.Client) -> None:
    user = new_user(operator)
    parent = new_key(operator, user, requests=allowance(10))
    with two_processes.client(parent) as client:
        children = [client.post(KEYS, json={"name": "child"}).json()["key"] for _ in range(3)]
    answers = sum((ask(two_processes, child, 10) for child in children), Counter[int]())
    assert answers == {200: 7, 429: 23}


def test_each_answer_to_a_limited_caller_says_what_is_left(two_processes: Service, operator: httpx.Client) -> None:
    key = new_key(operator, requests=allowance(2, 60), bytes=allowance(5000))
    policy = '"key-requests";q=2;w=60, "key-bytes";q=5000;qu="content-bytes";w=3600'
    for left in (1, 0):
        answer = get(two_processes, key)
        assert answer.headers["ratelimit-policy"] == policy
        assert re.fullmatch(rf'"key-requests";r={left};t=\d+', answer.headers["ratelimit"])
    refused = get(two_processes, key)
    problem = rate_limited(refused)
    assert (problem["policy"], problem["limit"], problem["window_seconds"]) == ("key-requests", 2, 60)
    assert refused.headers["ratelimit"] == f'"key-requests";r=0;t={problem["retry_after"]}'


def test_who_has_no_limits_hears_nothing_of_them(two_processes: Service, operator: httpx.Client) -> None:
    answer = get(two_processes, new_key(operator))
    assert not {"ratelimit", "ratelimit-policy"} & answer.headers.keys()


def test_bytes_are_checked_before_the_body_and_charged_after_it(two_processes: Service, operator: httpx.Client) -> None:
    with two_processes.client(new_key(operator, bytes=allowance(5_000_000))) as client:
        assert send(client, 3_000_000).status_code == 201
        wish = {"filename": "a.pdf", "fileType": "application/pdf", "sizeBytes": 2_500_000}
        assert rate_limited(client.post(f"{MEDIA}/presign", json=wish))["policy"] == "key-bytes"
        rate_limited(send(client, 4_000_000))
        assert send(client, 1_500_000).status_code == 201
        too_much = client.post(f"{MEDIA}/presign", json=wish | {"sizeBytes": 6_000_000})
        assert (too_much.status_code, too_much.json()["code"]) == (413, "over_allowance")


def test_pictures_and_videos_are_charged_for_the_work_that_they_were(
    two_processes: Service, operator: httpx.Client
) -> None:
    user = new_user(operator, megapixel_seconds=allowance(1000), video_seconds=allowance(1000))
    key = new_key(operator, user, video_seconds=allowance(1000))
    with two_processes.client(key) as client:
        client.post(f"{MEDIA}/upload", files={"file": ("a.png", media.image(".png"))})
        client.post(f"{MEDIA}/upload", files={"file": ("a.mp4", media.video())})
    wait_until(lambda: len(spent(two_processes, user)) == 2)
    found = spent(two_processes, user)
    assert 0 < found["megapixel_seconds"] < 10
    assert 0 < found["video_seconds"] < 60
    assert spent(two_processes, "", "key")["video_seconds"] > 0


def test_redis_counts_where_it_is_configured(
    new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("redis")
    with RedisServer(folder) as redis:
        own = Service(
            folder / "data",
            database_url=new_database(),
            workers=2,
            arguments=("--no-worker",),
            settings={"REDIS_URL": redis.url},
        )
        with running(own), own.client() as operator:
            key = new_key(operator, requests=allowance(20))
            assert ask(own, key, 40) == {200: 20, 429: 20}
            redis.stop()
            assert ask(own, key, 20) == {200: 20}
            assert "allowances_not_counted" in own.log.read_text()


def get(service: Service, key: str) -> httpx.Response:
    return httpx.get(f"{service.url}{MEDIA}", headers={"x-api-key": key}, trust_env=False)


def spent(service: Service, holder_id: str, kind: str = "user") -> dict[str, float]:
    """What was used by one holder, or by all of a kind."""
    engine = create_engine(make_url(service.database_url).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        query = text("SELECT resource, spent FROM allowances WHERE holder LIKE :holder AND resource <> 'requests'")
        rows = connection.execute(query, {"holder": f"{kind}:{holder_id}%"})
        found = {row.resource: row.spent for row in rows}
    engine.dispose()
    return found
