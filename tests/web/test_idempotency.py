"""A POST with an Idempotency-Key has its effect once, however often it comes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Connection, create_engine, make_url, text

from mediaworks.events.idempotency.sealing import hash_of
from mediaworks.testing import media
from mediaworks.testing.sending import Sending
from mediaworks.testing.service import Service, wait_until

pytestmark = pytest.mark.long

NewClient = Callable[..., httpx.Client]
RUNNING = text("SELECT 1 FROM idempotency_keys WHERE key_hash = :key AND holder IS NOT NULL")
UPLOAD = "/api/v1/media/upload"


KIND = {"content-type": "multipart/form-data; boundary=xyz"}
FORM = (
    b'--xyz\r\ncontent-disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    + media.PDF
    + b" " * 4000
    + b"\r\n--xyz--\r\n"
)


@contextmanager
def database(service: Service) -> Iterator[Connection]:
    engine = create_engine(make_url(service.database_url).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@contextmanager
def halfway(
    service: Service, client: httpx.Client, headers: dict[str, str]
) -> Iterator[tuple[Sending, bytes]]:  # fmt: skip
    """An upload that runs, and the rest of its body."""
    told = {"content-length": str(len(FORM)), "x-api-key": client.headers["x-api-key"].strip()}
    with Sending(service, "POST", UPLOAD, headers | KIND | told) as sending:
        sending.send(FORM[:2000])
        with database(service) as connection:
            wait_until(lambda: connection.execute(RUNNING, {"key": hash_of(headers["idempotency-key"])}).first())
        yield sending, FORM[2000:]


def keyed(key: str | None = None) -> dict[str, str]:
    return {"idempotency-key": key or str(uuid4())}


def replayed(answer: httpx.Response) -> bool:
    return "idempotency-replayed" in answer.headers


def post_user(client: httpx.Client, headers: dict[str, str], **body: Any) -> httpx.Response:
    return client.post("/api/v1/users", json={"name": uuid4().hex} | body, headers=headers)


def test_the_first_answer_comes_again(admin: httpx.Client) -> None:
    headers, name = keyed(), uuid4().hex
    first, second = post_user(admin, headers, name=name), post_user(admin, headers, name=name)
    assert (first.status_code, replayed(first)) == (201, False)
    assert (second.status_code, replayed(second), second.content) == (201, True, first.content)
    assert second.headers["content-type"] == first.headers["content-type"]
    assert second.headers["x-request-id"] != first.headers["x-request-id"]


def test_a_file_is_kept_once_though_each_try_has_a_boundary_of_its_own(client: httpx.Client) -> None:
    headers, file = keyed(), ("a.bmp", media.bmp())
    first = client.post(UPLOAD, files={"file": file}, headers=headers)
    second = client.post(UPLOAD, files={"file": file}, headers=headers)
    assert first.request.headers["content-type"] != second.request.headers["content-type"]
    assert (second.status_code, second.json(), replayed(second)) == (201, first.json(), True)
    assert len(client.get("/api/v1/media").json()["items"]) == 1


def test_an_upload_that_can_be_resumed_begins_once(client: httpx.Client) -> None:
    headers = keyed() | {"tus-resumable": "1.0.0", "upload-length": "10"}
    first, second = client.post("/api/v1/uploads", headers=headers), client.post("/api/v1/uploads", headers=headers)
    assert first.headers["location"] == second.headers["location"]
    assert (replayed(second), second.headers["tus-resumable"]) == (True, "1.0.0")
    other = client.post("/api/v1/uploads", headers=headers | {"upload-length": "11"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("path", "kind", "name"),
    [
        ("/api/v1/users", "application/json", "other"),
        ("/api/v1/users?x=1", "application/json", "same"),
        ("/api/v1/keys", "application/json", "same"),
        ("/api/v1/users", "application/msgpack", "same"),
    ],
)
def test_a_key_belongs_to_one_request(admin: httpx.Client, path: str, kind: str, name: str) -> None:
    headers, unique = keyed(), uuid4().hex

    def send(path: str, kind: str, name: str) -> httpx.Response:
        body = json.dumps({"name": unique + name})
        return admin.post(path, content=body, headers=headers | {"content-type": kind})

    assert send("/api/v1/users", "application/json", "same").status_code == 201
    answer = send(path, kind, name)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert replayed(send("/api/v1/users", "application/json", "same"))


def test_another_file_under_the_same_key_is_told_and_not_kept(client: httpx.Client) -> None:
    headers = keyed()
    client.post(UPLOAD, files={"file": ("a.bmp", media.bmp())}, headers=headers)
    other = client.post(UPLOAD, files={"file": ("a.bmp", media.bmp(9, 9))}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len(client.get("/api/v1/media").json()["items"]) == 1


def test_keys_of_two_users_have_nothing_to_do_with_each_other(new_client: NewClient) -> None:
    headers, file = keyed(), {"file": ("a.bmp", media.bmp())}
    one, other = new_client(), new_client()
    first, second = one.post(UPLOAD, files=file, headers=headers), other.post(UPLOAD, files=file, headers=headers)
    assert (second.status_code, replayed(second)) == (201, False)
    assert first.json()["id"] != second.json()["id"]


@pytest.mark.parametrize("scopes", [["media:read"], None])
def test_an_answer_goes_to_no_other_key_of_the_user(client: httpx.Client, scopes: list[str] | None) -> None:
    weak = client.post("/api/v1/keys", json={"name": "weak", "scopes": scopes}).json()["key"]
    headers = keyed()
    made = client.post("/api/v1/keys", json={"name": "strong"}, headers=headers)
    stolen = client.post("/api/v1/keys", json={"name": "strong"}, headers=headers | {"x-api-key": weak})
    assert (stolen.status_code, stolen.json()["code"]) == (422, "idempotency_key_reused")
    assert made.json()["key"] not in stolen.text


def test_a_secret_that_is_shown_once_is_not_to_be_read_in_the_database(service: Service, admin: httpx.Client) -> None:
    headers = keyed()
    made = admin.post("/api/v1/keys", json={"name": "x"}, headers=headers)
    with database(service) as connection:
        kept = connection.execute(text("SELECT string_agg(t::text, '') FROM idempotency_keys t")).scalar_one()
    for secret in (made.json()["key"], headers["idempotency-key"]):
        assert secret not in kept
        assert secret.encode().hex() not in kept
    assert admin.post("/api/v1/keys", json={"name": "x"}, headers=headers).json() == made.json()


def test_of_many_at_once_one_runs(client: httpx.Client) -> None:
    headers, file = keyed(), {"file": ("a.bmp", media.bmp())}
    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(lambda _: client.post(UPLOAD, files=file, headers=headers), range(12)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    assert len(client.get("/api/v1/media").json()["items"]) == 1


def test_while_the_first_runs_the_others_are_asked_to_wait(service: Service, client: httpx.Client) -> None:
    headers = keyed()
    with halfway(service, client, headers) as (first, rest):
        waiting = client.post(UPLOAD, content=FORM, headers=headers | KIND)
        assert (waiting.status_code, waiting.json()["code"]) == (409, "idempotency_in_progress")
        assert waiting.headers["retry-after"] == "1"
        made = json.loads(first.send(rest).answer().read())
    again = client.post(UPLOAD, content=FORM, headers=headers | KIND)
    assert (again.json()["id"], replayed(again)) == (made["id"], True)


def test_a_request_whose_sender_left_may_come_again(service: Service, client: httpx.Client) -> None:
    headers = keyed()
    with halfway(service, client, headers) as (first, _):
        first.break_off()

    def made() -> httpx.Response | None:
        answer = client.post(UPLOAD, content=FORM, headers=headers | KIND)
        return answer if answer.status_code == 201 else None

    assert not replayed(wait_until(made))
    assert len(client.get("/api/v1/media").json()["items"]) == 1


def test_a_plain_no_comes_again_too(admin: httpx.Client) -> None:
    headers, name = keyed(), uuid4().hex
    post_user(admin, {}, name=name)
    first, second = post_user(admin, headers, name=name), post_user(admin, headers, name=name)
    assert (first.status_code, second.status_code, replayed(second)) == (409, 409, True)
    assert second.json() == first.json()


def test_a_no_for_want_of_permission_is_not_kept(client: httpx.Client) -> None:
    headers, name = keyed(), uuid4().hex
    refusals = [post_user(client, headers, name=name) for _ in range(2)]
    assert [(answer.status_code, replayed(answer)) for answer in refusals] == [(403, False)] * 2


def test_who_is_unknown_hears_that_first(service: Service) -> None:
    answer = httpx.post(f"{service.url}{UPLOAD}", headers=keyed(), trust_env=False)
    assert answer.json()["code"] == "missing_key"


@pytest.mark.parametrize("key", ["", '""', '"open', "x" * 256, '"' + "x" * 256 + '"', "two words", "é"])
def test_a_key_that_is_none_is_refused(admin: httpx.Client, key: str) -> None:
    answer = admin.post("/api/v1/users", json={"name": uuid4().hex}, headers=[(b"idempotency-key", key.encode())])
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_invalid")


def test_two_keys_are_refused(admin: httpx.Client) -> None:
    both = [("idempotency-key", "a"), ("idempotency-key", "b")]
    answer = admin.post("/api/v1/users", json={"name": uuid4().hex}, headers=both)
    assert answer.json()["code"] == "idempotency_key_invalid"


def test_a_key_in_quotes_is_the_key_without_them(admin: httpx.Client) -> None:
    key, name = str(uuid4()), uuid4().hex
    assert not replayed(post_user(admin, keyed(f'"{key}"'), name=name))
    assert replayed(post_user(admin, keyed(key), name=name))


def test_a_replay_is_in_the_audit_log_as_one(admin: httpx.Client) -> None:
    headers, name = keyed(), uuid4().hex
    answers = [post_user(admin, headers, name=name) for _ in range(2)]
    rows = admin.get("/api/v1/audit", params={"action": "postApiV1Users"}).json()["items"]
    replays = [row["details"].get("replayed", False) for row in rows if row["target"] == answers[0].json()["id"]]
    assert replays == [True, False]


def test_what_a_process_began_that_died_runs_anew(idle_service: Service) -> None:
    headers = keyed()
    idle_service.start()
    with idle_service.client() as client, halfway(idle_service, client, headers):
        idle_service.kill()
    idle_service.start()
    with idle_service.client() as client:
        again = client.post(UPLOAD, content=FORM, headers=headers | KIND)
        assert (again.status_code, replayed(again)) == (201, False)
        assert len(client.get("/api/v1/media").json()["items"]) == 1


def test_what_a_process_had_made_before_it_died_is_not_made_twice(idle_service: Service) -> None:
    headers = keyed()
    idle_service.start()
    with (
        idle_service.client() as client,
        halfway(idle_service, client, headers) as (first, rest),
        database(idle_service) as connection,
    ):
        connection.execute(text("SELECT FROM idempotency_keys FOR UPDATE"))  # so the answer cannot be kept
        first.send(rest)
        (made,) = wait_until(lambda: client.get("/api/v1/media").json()["items"])
        idle_service.kill()
    idle_service.start()
    with idle_service.client() as client:
        again = client.post(UPLOAD, content=FORM, headers=headers | KIND)
        assert (again.status_code, again.json()["code"]) == (409, "idempotency_outcome_unknown")
        assert {"type": "media.uploaded", "subject": made["id"]} in again.json()["effects"]
        assert len(client.get("/api/v1/media").json()["items"]) == 1
