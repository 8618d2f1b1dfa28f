"""Callers of other services: by token, by the word of a trusted proxy, and by a service that acts for them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from mediaworks.testing import media
from mediaworks.testing.auth_service import ISSUER, AuthService
from mediaworks.testing.service import Service, running, wait_until

MEDIA, KEYS, USERS = "/api/v1/media", "/api/v1/keys", "/api/v1/users"
Send = Callable[..., httpx.Response]


@pytest.fixture(scope="module")
def auth() -> Iterator[AuthService]:
    with AuthService() as service:
        yield service


@pytest.fixture(scope="module")
def behind_proxy(
    auth: AuthService, new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """A service that takes tokens, and believes proxies on 127.0.0.1."""
    settings = auth.settings(roles="editors=user,ops=admin,lookers=viewer") | {
        "MEDIAWORKS_ACCOUNTS_TRUSTED_PROXIES": "127.0.0.1",
        "MEDIAWORKS_ACCOUNTS_KEY_CACHE_SECONDS": "0.05",
    }
    data_dir = tmp_path_factory.mktemp("tokens") / "data"
    with running(Service(data_dir, database_url=new_database(), settings=settings)) as started:
        yield started


@pytest.fixture
def operator(behind_proxy: Service) -> Iterator[httpx.Client]:
    with behind_proxy.client() as client:
        yield client


@pytest.fixture
def send(behind_proxy: Service) -> Send:
    """Sends a request without a key, with just these headers."""

    def request(method: str = "GET", path: str = MEDIA, *, json: Any = None, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.request(method, behind_proxy.url + path, headers=named, json=json, trust_env=False)

    return request


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code")


def upload(service: Service, **headers: str) -> dict[str, Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    files = {"file": ("a.pdf", media.PDF + uuid4().bytes)}
    answer = httpx.post(f"{service.url}{MEDIA}/upload", headers=named, files=files, trust_env=False)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_a_token_uploads_as_a_user_who_is_made_on_first_sight(
    behind_proxy: Service, auth: AuthService, operator: httpx.Client
) -> None:
    subject = uuid4().hex
    made = [upload(behind_proxy, authorization=f"Bearer {auth.token(subject, name='Ada L.')}") for _ in range(2)]
    assert made[0]["user_id"] == made[1]["user_id"]
    user = operator.get(f"{USERS}/{made[0]['user_id']}").json()
    assert (user["external_id"], user["role"]) == (f"{ISSUER}|{subject}", "user")
    assert user["name"].startswith("Ada L.")


def test_an_outside_id_that_is_a_uuid_stays_the_id_of_the_user(behind_proxy: Service, auth: AuthService) -> None:
    subject = str(uuid4())
    assert upload(behind_proxy, authorization=f"Bearer {auth.token(subject)}")["user_id"] == subject


def test_nobody_becomes_a_user_who_was_here_before(
    behind_proxy: Service, auth: AuthService, operator: httpx.Client
) -> None:
    name = uuid4().hex
    local = operator.post(USERS, json={"name": name, "role": "admin"}).json()
    token = auth.token(local["id"], name=name, roles=["editors"])
    made = upload(behind_proxy, authorization=f"Bearer {token}")
    assert made["user_id"] != local["id"]
    stranger = operator.get(f"{USERS}/{made['user_id']}").json()
    assert stranger["name"].startswith(f"{name}-")
    assert operator.get(f"{USERS}/{local['id']}").json()["external_id"] is None


def test_first_sight_by_many_requests_at_once_makes_one_user(
    behind_proxy: Service, auth: AuthService, operator: httpx.Client
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    subject = uuid4().hex
    with ThreadPoolExecutor(12) as threads:
        tokens = [auth.token(subject, jti=str(number)) for number in range(12)]
        headers = [{"authorization": f"Bearer {token}"} for token in tokens]
        get = lambda one: httpx.get(behind_proxy.url + MEDIA, headers=one, trust_env=False)  # noqa: E731
        assert {answer.status_code for answer in threads.map(get, headers)} == {200}
    users = operator.get(USERS).json()["items"]
    assert sum(user["external_id"] == f"{ISSUER}|{subject}" for user in users) == 1


def test_roles_and_scopes_of_a_token_hold(auth: AuthService, send: Send) -> None:
    def bearer(**claims: Any) -> str:
        return f"Bearer {auth.token(uuid4().hex, **claims)}"

    assert send("GET", USERS, authorization=bearer(roles=["ops"])).status_code == 200
    assert refusal(send("GET", USERS, authorization=bearer(roles=["editors"])))[0] == 403
    wish = {"filename": "a.png", "fileType": "image/png"}
    presign = f"{MEDIA}/presign"
    assert send("POST", presign, json=wish, authorization=bearer(roles=["editors"])).status_code == 200
    for claims in ({"roles": ["lookers"]}, {"scope": "media:read"}, {"roles": ["lookers"], "scope": "media:write"}):
        assert refusal(send("POST", presign, json=wish, authorization=bearer(**claims))) == (403, "missing_scope")


@pytest.mark.parametrize(
    ("claims", "code"),
    [({"exp": 1}, "token_expired"), ({"aud": "x"}, "token_audience"), ({"iss": "x"}, "token_issuer")],
)
def test_a_bad_token_opens_nothing(auth: AuthService, send: Send, claims: dict[str, Any], code: str) -> None:
    answer = send(authorization=f"Bearer {auth.token(**claims)}", x_user_id="eve")
    assert refusal(answer) == (401, code)
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_key_goes_before_a_token_and_is_never_taken_for_one(
    behind_proxy: Service, auth: AuthService, send: Send
) -> None:
    assert refusal(send(authorization="Bearer mw_wrong")) == (401, "invalid_key")
    assert refusal(send(x_api_key=auth.token())) == (401, "invalid_key")
    assert send(authorization=f"Bearer {behind_proxy.admin_key}").status_code == 200


def test_a_disabled_user_gets_in_by_nothing(
    behind_proxy: Service, auth: AuthService, operator: httpx.Client, send: Send
) -> None:
    token = f"Bearer {auth.token(uuid4().hex)}"
    user_id = upload(behind_proxy, authorization=token)["user_id"]
    key = operator.post(KEYS, json={"name": "k", "user_id": user_id, "scopes": ["media:read"]}).json()["key"]
    assert operator.patch(f"{USERS}/{user_id}", json={"disabled": True}).json()["disabled_at"]
    wait_until(lambda: refusal(send(authorization=token)) == (401, "user_disabled"))
    wait_until(lambda: refusal(send(x_api_key=key)) == (401, "user_disabled"))
    operator.patch(f"{USERS}/{user_id}", json={"disabled": False})
    wait_until(lambda: send(authorization=token).status_code == 200)


def test_a_trusted_proxy_says_who_it_is(behind_proxy: Service, operator: httpx.Client) -> None:
    name, known = uuid4().hex, str(uuid4())
    first, again = (upload(behind_proxy, x_user_id=name)["user_id"] for _ in range(2))
    assert first == again
    assert operator.get(f"{USERS}/{first}").json()["role"] == "user"
    assert upload(behind_proxy, x_user_id=known)["user_id"] == known
    local = operator.post(USERS, json={"name": uuid4().hex}).json()["id"]
    assert upload(behind_proxy, x_user_id=local)["user_id"] == local


def test_no_proxy_makes_anybody_an_administrator(operator: httpx.Client, send: Send) -> None:
    admin = operator.get(USERS).json()["items"][0]["id"]
    assert refusal(send(x_user_id=admin)) == (403, "ordinary_only")
    assert refusal(send("POST", KEYS, json={"name": "x"}, x_user_id=uuid4().hex)) == (403, "missing_scope")
    assert refusal(send(x_user_id="x" * 300)) == (400, "invalid")


def test_the_name_that_a_client_gives_itself_is_ignored(service: Service) -> None:
    """That service trusts no proxies."""
    answer = httpx.get(service.url + MEDIA, headers={"x-user-id": str(uuid4())}, trust_env=False)
    assert refusal(answer) == (401, "missing_key")


def test_a_service_acts_for_a_user_with_no_more_than_the_user_s_rights(
    behind_proxy: Service, operator: httpx.Client, send: Send
) -> None:
    backend = operator.post(USERS, json={"name": uuid4().hex, "role": "service"}).json()["id"]
    key = operator.post(KEYS, json={"name": "backend", "user_id": backend}).json()["key"]
    name = uuid4().hex
    made = upload(behind_proxy, x_api_key=key, x_user_id=name)
    assert made["user_id"] not in {backend, name}
    foreign = upload(behind_proxy, x_api_key=key)
    assert foreign["user_id"] == backend
    assert send(path=f"{MEDIA}/{made['id']}", x_api_key=key).status_code == 200
    assert send(path=f"{MEDIA}/{foreign['id']}", x_api_key=key, x_user_id=name).status_code == 404
    admin = operator.get(USERS).json()["items"][0]["id"]
    assert refusal(send(x_api_key=key, x_user_id=admin)) == (403, "ordinary_only")


def test_a_user_s_key_is_its_owner_s_whatever_name_comes_with_it(behind_proxy: Service, operator: httpx.Client) -> None:
    user = operator.post(USERS, json={"name": uuid4().hex}).json()["id"]
    key = operator.post(KEYS, json={"name": "k", "user_id": user}).json()["key"]
    assert upload(behind_proxy, x_api_key=key, x_user_id=uuid4().hex)["user_id"] == user


def test_a_key_is_bound_to_pages_and_networks(operator: httpx.Client, send: Send) -> None:
    bounds = {"allowed_origins": ["https://www.example.org/"], "allowed_addresses": ["203.0.113.0/24"]}
    made = operator.post(KEYS, json={"name": "page", **bounds}).json()
    assert made["allowed_origins"] == ["https://www.example.org"]
    key, inside = made["key"], "203.0.113.9"
    assert send(x_api_key=key, x_forwarded_for=inside).status_code == 200
    assert send(x_api_key=key, x_forwarded_for=inside, origin="https://www.example.org").status_code == 200
    elsewhere = send(x_api_key=key, x_forwarded_for=inside, origin="https://evil.example")
    assert refusal(elsewhere) == (403, "origin_not_allowed")
    for path in ("198.51.100.1", f"{inside}, 198.51.100.1"):
        assert refusal(send(x_api_key=key, x_forwarded_for=path)) == (403, "address_not_allowed_for_key")


def test_unfinished_uploads_of_who_came_without_a_key_are_counted_by_user(
    auth: AuthService, operator: httpx.Client, send: Send
) -> None:
    subject = str(uuid4())
    tokens = [f"Bearer {auth.token(subject, jti=str(number))}" for number in range(3)]
    assert send(authorization=tokens[0]).status_code == 200
    operator.put(f"{USERS}/{subject}/policy", json={"uploads_at_once": 2})
    wish = {"filename": "a", "file_size": 9}
    begin = f"{MEDIA}/upload/multipart/init"
    answers = [send("POST", begin, json=wish, authorization=token) for token in tokens]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    other = f"Bearer {auth.token(uuid4().hex)}"
    assert send("POST", begin, json=wish, authorization=other).status_code == 201


def test_the_last_administrator_stays(behind_proxy: Service, operator: httpx.Client) -> None:
    users = operator.get(USERS).json()["items"]
    admin = users[0]["id"]
    for user in users[1:]:
        operator.patch(f"{USERS}/{user['id']}", json={"role": "user"})
    for change in ({"role": "user"}, {"disabled": True}):
        assert refusal(operator.patch(f"{USERS}/{admin}", json=change)) == (409, "last_admin")
    assert operator.patch(f"{USERS}/{admin}", json={"name": "root", "quota_bytes": None}).json()["name"] == "root"


def test_settings_without_an_audience_stop_the_start(tmp_path: Path) -> None:
    service = Service(
        tmp_path / "data",
        settings={"MEDIAWORKS_TOKENS_JWKS_URL": "https://auth.example.org/jwks", "MEDIAWORKS_TOKENS_ISSUER": "x"},
    )
    ended = subprocess.run(service.command(), env=service.environment(), capture_output=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert b"MEDIAWORKS_TOKENS_AUDIENCE" in ended.stderr
