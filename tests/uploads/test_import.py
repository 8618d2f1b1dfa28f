"""Import from addresses, by a real service from a real server that breaks whenever a test likes."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine, make_url, text
from standardwebhooks.webhooks import Webhook
from tests.conftest import CALLBACK_SECRET, FETCHING

from mediaworks.testing import media
from mediaworks.testing.origin import Heard, Origin, always, answer
from mediaworks.testing.service import Service, running, wait_until

pytestmark = pytest.mark.long

ROOT = "/api/v1/media/import"
Beside = Callable[[Any], Any]


@pytest.fixture
def user(fetching: Service) -> Iterator[httpx.Client]:
    with fetching.user() as client:
        yield client


@dataclass
class Files:
    """Serves `content` with ranges and a strong ETag. `slices`: how many bytes each answer has before it breaks;
    `pause`: seconds between pieces of 4 KiB."""

    content: bytes
    slices: list[int] = field(default_factory=list)
    pause: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)
    etag: str = '"one"'

    async def __call__(self, heard: Heard, writer: asyncio.StreamWriter) -> None:
        if heard.headers.get("if-none-match") == self.etag:
            writer.write(answer("304 Not Modified", ETag=self.etag))
            return
        start = int(heard.headers.get("range", "bytes=0-")[6:-1])
        rest = self.content[start:]
        told = {"ETag": self.etag, "content_length": str(len(rest)), **self.headers}
        if start:
            told["Content_Range"] = f"bytes {start}-{len(self.content) - 1}/{len(self.content)}"
        writer.write(answer("206 Partial Content" if start else "200 OK", b"", **told))
        sent = rest[: self.slices.pop(0)] if self.slices else rest
        for at in range(0, len(sent), 4096):
            writer.write(sent[at : at + 4096])
            await writer.drain()
            await asyncio.sleep(self.pause)


def order(client: httpx.Client, url: str, **more: Any) -> dict[str, Any]:
    told = client.post(ROOT, json={"url": url} | more)
    assert told.status_code == 202, told.text
    upload: dict[str, Any] = told.json()
    return upload


def ended(client: httpx.Client, upload_id: str, seconds: float = 30) -> dict[str, Any]:
    def over() -> dict[str, Any] | None:
        found: dict[str, Any] = client.get(f"/api/v1/uploads/{upload_id}").json()
        return None if found["state"] == "open" else found

    return wait_until(over, seconds)


def imported(client: httpx.Client, url: str, **more: Any) -> dict[str, Any]:
    """The media object that the import of `url` became."""
    upload = ended(client, order(client, url, **more)["id"])
    assert upload["state"] == "done", upload
    made: dict[str, Any] = client.get(f"/api/v1/media/{upload['media_id']}").json()
    return made


def failed(client: httpx.Client, url: str, **more: Any) -> dict[str, Any]:
    """The error with which the import of `url` failed."""
    upload = ended(client, order(client, url, **more)["id"])
    assert (upload["state"], upload["media_id"]) == ("failed", None)
    error: dict[str, Any] = upload["error"]
    return error


def blobs(service: Service) -> set[str]:
    return {path.name for path in (service.data_dir / "blobs").rglob("*") if path.is_file()}


def refusal(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), answer.text
    return problem


def test_a_file_is_fetched_with_the_headers_that_were_given(user: httpx.Client, beside: Beside) -> None:
    files = Files(media.PDF + os.urandom(50_000), headers={"Content_Disposition": 'attachment; filename="tax.pdf"'})
    origin = beside(Origin(files))
    told = order(
        user, f"{origin.url}/x?y=1", headers={"Authorization": "Bearer abc", "X-Mine": "1"}, tags=["a"],
        visibility="unlisted", metadata={"why": "test"},
    )  # fmt: skip
    assert (told["state"], told["protocol"]) == ("open", "import")
    upload = ended(user, told["id"])
    made = user.get(f"/api/v1/media/{upload['media_id']}").json()
    assert (made["original_name"], made["sha256"]) == ("tax.pdf", hashlib.sha256(files.content).hexdigest())
    assert (made["tags"], made["visibility"], made["metadata"]) == (["a"], "unlisted", {"why": "test"})
    assert (upload["offset"], upload["length"]) == (len(files.content), len(files.content))
    heard = origin.heard[0]
    assert heard.target == "/x?y=1"
    assert (heard.headers["authorization"], heard.headers["x-mine"]) == ("Bearer abc", "1")
    assert user.get(f"/api/v1/media/{made['id']}/download").content == files.content


def test_the_headers_that_were_given_are_forgotten_when_the_import_has_ended(
    fetching: Service, user: httpx.Client, beside: Beside
) -> None:
    origin = beside(Origin(always(answer("404 Not Found", b""))))
    upload = ended(user, order(user, f"{origin.url}/x", headers={"Authorization": "Bearer abc"})["id"])
    engine = create_engine(make_url(fetching.database_url).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT source FROM uploads WHERE id = :id"), {"id": upload["id"]}).scalar_one()
    engine.dispose()
    assert (kept["url"], "headers" in kept) == (f"{origin.url}/x", False)


def test_a_name_of_ours_wins_and_else_the_path_tells(user: httpx.Client, beside: Beside) -> None:
    origin = beside(Origin(always(answer("200 OK", media.PDF))))
    assert imported(user, f"{origin.url}/holiday.pdf")["original_name"] == "holiday.pdf"
    assert imported(user, f"{origin.url}/holiday.pdf", filename="mine.pdf")["original_name"] == "mine.pdf"


def test_an_unchanged_file_is_not_fetched_twice(fetching: Service, user: httpx.Client, beside: Beside) -> None:
    files = Files(media.PDF + os.urandom(50_000))
    origin = beside(Origin(files))
    first = imported(user, f"{origin.url}/a.pdf")
    before = blobs(fetching)
    assert imported(user, f"{origin.url}/a.pdf")["id"] == first["id"]
    assert origin.heard[-1].headers["if-none-match"] == '"one"'
    assert blobs(fetching) == before
    assert imported(fetching.user(), f"{origin.url}/a.pdf")["id"] != first["id"]
    files.etag, files.content = '"two"', media.PDF + os.urandom(1000)
    assert imported(user, f"{origin.url}/a.pdf")["sha256"] == hashlib.sha256(files.content).hexdigest()


@pytest.mark.parametrize("purge", ["true", "false"])
def test_an_unchanged_file_whose_object_was_deleted_is_fetched_again(
    user: httpx.Client, beside: Beside, purge: str
) -> None:
    origin = beside(Origin(Files(media.PDF + os.urandom(1000))))
    first = imported(user, f"{origin.url}/a.pdf")
    user.delete(f"/api/v1/media/{first['id']}", params={"purge": purge})
    second = imported(user, f"{origin.url}/a.pdf")
    assert (second["id"] != first["id"], second["status"]) == (True, "active")


def test_a_broken_transfer_goes_on_by_range(user: httpx.Client, beside: Beside) -> None:
    files = Files(media.PDF + os.urandom(600_000), slices=[200_000, 150_000])
    origin = beside(Origin(files))
    assert imported(user, f"{origin.url}/a.pdf")["sha256"] == hashlib.sha256(files.content).hexdigest()
    assert [heard.headers.get("range") for heard in origin.heard] == [None, "bytes=200000-", "bytes=350000-"]


def test_a_file_that_changes_in_the_middle_is_begun_again(user: httpx.Client, beside: Beside) -> None:
    new = media.PDF + os.urandom(300_000)

    class Changing(Files):
        async def __call__(self, heard: Heard, writer: asyncio.StreamWriter) -> None:
            if "range" in heard.headers:
                self.content, self.etag = new, '"new"'
                heard.headers.pop("range")
            await super().__call__(heard, writer)

    origin = beside(Origin(Changing(media.PDF + os.urandom(300_000), slices=[100_000])))
    assert imported(user, f"{origin.url}/a.pdf")["sha256"] == hashlib.sha256(new).hexdigest()


def test_after_kill_9_in_the_middle_an_import_goes_on_where_it_was(own_service: Service, beside: Beside) -> None:
    files = Files(media.PDF + os.urandom(1_000_000), pause=0.005)
    origin = beside(Origin(files))
    own_service.settings = FETCHING
    own_service.start()
    with own_service.client() as client:
        upload_id = order(client, f"{origin.url}/a.pdf")["id"]
        wait_until(lambda: client.get(f"/api/v1/uploads/{upload_id}").json()["offset"] > 100_000)
    own_service.kill()
    files.pause = 0
    own_service.start()
    with own_service.client() as client:
        upload = ended(client, upload_id, 60)
        assert upload["state"] == "done", upload
        found = client.get(f"/api/v1/media/{upload['media_id']}").json()
        assert found["sha256"] == hashlib.sha256(files.content).hexdigest()
    assert int(origin.heard[-1].headers["range"][6:-1]) >= 100_000


def test_a_file_over_the_limit_is_not_fetched(fetching: Service, user: httpx.Client, beside: Beside) -> None:
    told = beside(Origin(always(answer("200 OK", media.PDF, content_length=str(9 << 20)))))
    assert failed(user, told.url)["code"] == "too_large"
    untold = beside(Origin(always(answer("200 OK", content_length="") + media.PDF + bytes(9 << 20))))
    error = failed(user, untold.url)
    assert (error["code"], error["limit"]) == ("too_large", 8 << 20)
    wait_until(lambda: not list((fetching.data_dir / "blobs" / "incoming").iterdir()))


def test_a_policy_limits_what_is_fetched(fetching: Service, beside: Beside) -> None:
    origin = beside(Origin(Files(media.PDF + bytes(3000))))
    with fetching.user(policy={"max_file_size": 2000}) as poor:
        assert failed(poor, origin.url)["code"] == "too_large"
    with fetching.user(policy={"quota_bytes": 2000}) as poor:
        assert failed(poor, origin.url)["code"] == "quota_exceeded"
    with fetching.user(policy={"allowed_types": ["image/png"]}) as poor:
        assert failed(poor, origin.url)["code"] == "unsupported_type"


def test_a_policy_sets_the_pace_of_an_import(fetching: Service, beside: Beside) -> None:
    origin = beside(Origin(Files(media.PDF + os.urandom(300_000))))
    with fetching.user(policy={"bytes_per_second": 150_000}) as slow:
        began = time.monotonic()
        imported(slow, origin.url)
        assert time.monotonic() - began > 1.2


def test_what_is_no_media_is_refused_by_its_first_bytes(user: httpx.Client, beside: Beside) -> None:
    """Long before its end, which never comes."""

    async def endless(heard: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(answer("200 OK", content_length="") + b"\x7fELF")
        while True:
            writer.write(bytes(4096))
            await writer.drain()
            await asyncio.sleep(0.01)

    assert failed(user, beside(Origin(endless)).url)["code"] == "unsupported_type"


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/a", "http://10.1.2.3/a", "http://[::1]/a", "http://169.254.169.254/latest"],
)
def test_an_address_inside_is_refused(client: httpx.Client, url: str) -> None:
    """On the service with default settings."""
    refusal(client.post(ROOT, json={"url": url}), 400, "address_not_allowed")
    refusal(client.post(ROOT, json={"url": "https://example.org/", "callback": url}), 400, "address_not_allowed")
    assert client.get("/api/v1/uploads").json()["items"] == []


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f.1"])
def test_a_name_that_leads_inside_fails(client: httpx.Client, host: str) -> None:
    assert failed(client, f"http://{host}/a.pdf")["code"] == "address_not_allowed"


def test_a_redirect_that_leads_inside_fails(user: httpx.Client, beside: Beside) -> None:
    origin = beside(Origin(always(answer("302 Found", Location="http://10.0.0.1/a.pdf"))))
    assert failed(user, origin.url)["code"] == "address_not_allowed"


def test_what_the_other_side_does_not_have_fails_with_its_reason(user: httpx.Client, beside: Beside) -> None:
    error = failed(user, beside(Origin(always(answer("404 Not Found")))).url)
    assert (error["code"], error["upstream_status"]) == ("fetch_failed", 404)


def test_a_data_url_is_taken_in_at_once(user: httpx.Client) -> None:
    content = media.image(".png")
    upload = order(user, f"data:image/png;base64,{base64.b64encode(content).decode()}", filename="dot.png")
    assert upload["state"] == "done"
    made = user.get(f"/api/v1/media/{upload['media_id']}").json()
    assert (made["sha256"], made["original_name"]) == (hashlib.sha256(content).hexdigest(), "dot.png")


def test_a_data_url_that_cannot_be_is_refused(user: httpx.Client) -> None:
    assert user.post(ROOT, json={"url": "data:image/png;base64,@@"}).status_code == 400
    refusal(user.post(ROOT, json={"url": "data:text/plain,hello"}), 415, "unsupported_type")
    refusal(user.post(ROOT, json={"url": "data:image/png;base64,"}), 400, "empty_file")


def test_a_batch_is_found_by_its_number(user: httpx.Client, beside: Beside) -> None:
    origin = beside(Origin(Files(media.PDF + os.urandom(1000))))
    gone = beside(Origin(always(answer("410 Gone"))))
    data = f"data:application/pdf;base64,{base64.b64encode(media.PDF).decode()}"
    batch = user.post(ROOT, json={"urls": [f"{origin.url}/1", data, gone.url]}).json()
    assert [item["batch_id"] for item in batch["items"]] == [batch["batch_id"]] * 3
    states = [ended(user, item["id"])["state"] for item in batch["items"]]
    assert states == ["done", "done", "failed"]
    listed = user.get("/api/v1/uploads", params={"batch": batch["batch_id"]}).json()["items"]
    assert {item["id"] for item in listed} == {item["id"] for item in batch["items"]}


def test_of_a_batch_that_is_too_many_nothing_is_fetched(fetching: Service, beside: Beside) -> None:
    origin = beside(Origin(always(answer("200 OK", media.PDF))))
    with fetching.user(policy={"uploads_at_once": 2}) as limited:
        answered = limited.post(ROOT, json={"urls": [f"{origin.url}/{n}" for n in range(3)]})
        refusal(answered, 429, "too_many_uploads")
        assert limited.get("/api/v1/uploads").json()["items"] == []
    assert origin.heard == []


class Listener:
    """What a callback hears, if it is signed; `statuses` are its answers."""

    def __init__(self, statuses: list[str]) -> None:
        self._statuses = statuses
        self.told: list[dict[str, Any]] = []
        self.ids: list[str] = []

    async def __call__(self, heard: Heard, writer: asyncio.StreamWriter) -> None:
        self.told.append(Webhook(CALLBACK_SECRET).verify(heard.body, heard.headers))
        self.ids.append(heard.headers["webhook-id"])
        writer.write(answer(self._statuses.pop(0) if self._statuses else "204 No Content"))


def test_a_callback_hears_how_it_ended(user: httpx.Client, beside: Beside) -> None:
    listener = Listener(["500 Oops"])
    hook = beside(Origin(listener)).url + "/hook"
    good, bad = beside(Origin(Files(media.PDF))), beside(Origin(always(answer("404 Not Found"))))
    made = imported(user, f"{good.url}/a.pdf", callback=hook)
    wait_until(lambda: len(listener.told) == 2)
    assert listener.told[0] == listener.told[1]
    assert listener.ids == [f"import_{listener.told[0]['id']}"] * 2
    assert (listener.told[1]["state"], listener.told[1]["media_id"]) == ("done", made["id"])
    failed(user, bad.url, callback=hook)
    wait_until(lambda: len(listener.told) == 3)
    assert (listener.told[2]["state"], listener.told[2]["error"]["code"]) == ("failed", "fetch_failed")
    again = imported(user, f"{good.url}/a.pdf", callback=hook)
    wait_until(lambda: len(listener.told) == 4)
    assert (listener.told[3]["media_id"], again["id"]) == (made["id"], made["id"])


def test_a_running_import_is_ended_by_its_owner(fetching: Service, user: httpx.Client, beside: Beside) -> None:
    listener = Listener([])
    hook = beside(Origin(listener)).url
    origin = beside(Origin(Files(media.PDF + os.urandom(1_000_000), pause=0.05)))
    upload_id = order(user, f"{origin.url}/a.pdf", callback=hook)["id"]
    wait_until(lambda: user.get(f"/api/v1/uploads/{upload_id}").json()["offset"] > 0)
    began = time.monotonic()
    assert user.delete(f"/api/v1/uploads/{upload_id}").status_code == 204
    assert time.monotonic() - began < 5
    assert ended(user, upload_id)["state"] == "aborted"
    wait_until(lambda: not [name for name in blobs(fetching) if upload_id in name])
    wait_until(lambda: [told["state"] for told in listener.told] == ["aborted"])
    assert user.get("/api/v1/media").json()["items"] == []


def test_an_import_of_somebody_else_is_not_ended(fetching: Service, user: httpx.Client, beside: Beside) -> None:
    origin = beside(Origin(Files(media.PDF + os.urandom(200_000), pause=0.02)))
    upload_id = order(user, origin.url)["id"]
    wait_until(lambda: user.get(f"/api/v1/uploads/{upload_id}").json()["offset"] > 0)
    with fetching.user() as other:
        refusal(other.delete(f"/api/v1/uploads/{upload_id}"), 404, "upload_not_found")
        refusal(other.get(f"/api/v1/uploads/{upload_id}"), 404, "upload_not_found")
    assert ended(user, upload_id)["state"] == "done"


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({}, "invalid"),
        ({"url": "https://example.org", "urls": ["https://example.org"]}, "invalid"),
        ({"urls": []}, "invalid"),
        ({"urls": ["https://example.org"] * 1001}, "invalid"),
        ({"url": "ftp://example.org/a"}, "address_not_allowed"),
        ({"url": "file:///etc/passwd"}, "address_not_allowed"),
        ({"url": "https://"}, "address_not_allowed"),
        ({"url": "https://example.org/", "headers": {"Host": "x"}}, "invalid"),
        ({"url": "https://example.org/", "headers": {"A": "b\r\nc: d"}}, "invalid"),
        ({"url": "https://example.org/", "callback": "gopher://x"}, "address_not_allowed"),
        ({"url": "https://example.org/", "tags": ["x" * 101]}, "invalid"),
    ],
)
def test_what_cannot_be_fetched_is_refused_at_once(client: httpx.Client, wish: dict[str, Any], code: str) -> None:
    refusal(client.post(ROOT, json=wish), 400, code)
    assert client.get("/api/v1/uploads").json()["items"] == []


def test_an_unknown_member_is_refused(client: httpx.Client) -> None:
    assert client.post(ROOT, json={"url": "https://example.org/", "Url": "x"}).status_code == 400


def test_the_time_of_an_import_is_limited(new_database: Callable[[], str], beside: Beside, tmp_path: Path) -> None:
    origin = beside(Origin(Files(media.PDF + os.urandom(1_000_000), pause=0.05)))
    settings = FETCHING | {"MEDIAWORKS_UPLOADS_IMPORT_SECONDS": "1"}
    with running(Service(tmp_path / "data", new_database(), settings=settings)) as own, own.client() as client:
        assert failed(client, origin.url)["code"] == "too_slow"
