"""Presigned uploads on a local disk and on S3: what was promised arrives under a signed address, or nothing does."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import re
import socket
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from mediaworks import settings as configuration
from mediaworks.accounts import Caller
from mediaworks.accounts.keys import make_first_admin
from mediaworks.app import App, build
from mediaworks.errors import PreconditionFailed
from mediaworks.kit.clock import now
from mediaworks.media import Media
from mediaworks.settings import Settings
from mediaworks.testing import media
from mediaworks.testing.s3server import S3Server
from mediaworks.testing.service import Service, running, wait_until
from mediaworks.uploads import sweeping
from mediaworks.uploads.model import Labels
from mediaworks.uploads.presigning import staging_key
from mediaworks.uploads.slots import Wish

ROOT = "/api/v1/media/presign"
PDF = {"filename": "a.pdf", "fileType": "application/pdf"}


def presign(client: httpx.Client, **wish: Any) -> dict[str, Any]:
    answer = client.post(ROOT, json=PDF | wish)
    assert answer.status_code == 200, answer.text
    slot: dict[str, Any] = answer.json()
    return slot


def put(slot: dict[str, Any], content: bytes, **headers: str) -> httpx.Response:
    """As a page in a browser does it: no key, just the headers that were told."""
    sent = {name: value for name, value in slot["headers"].items() if name != "content-length"}
    return httpx.put(slot["uploadUrl"], content=content, headers=sent | headers, timeout=60, trust_env=False)


def confirm(client: httpx.Client, slot: dict[str, Any], parts: list[dict[str, Any]] | None = None) -> httpx.Response:
    return client.post(f"{ROOT}/{slot['id']}/confirm", json=None if parts is None else {"parts": parts})


def refusal(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), answer.text
    return problem


def download(client: httpx.Client, media_id: str) -> bytes:
    return client.get(f"/api/v1/media/{media_id}/download").content


def test_a_file_that_was_promised_and_sent_is_a_media_object_once_it_is_confirmed(sender: httpx.Client) -> None:
    content = media.PDF + os.urandom(50_000)
    sha256 = hashlib.sha256(content)
    slot = presign(
        sender, sizeBytes=len(content), checksum=sha256.hexdigest(), tags=["a"], visibility="unlisted",
        metadata={"why": "test"},
    )  # fmt: skip
    assert slot["id"] in slot["key"]
    assert slot["headers"]["content-type"] == "application/pdf"
    assert slot["headers"]["content-length"] == str(len(content))
    assert slot["headers"]["x-amz-checksum-sha256"] == base64.b64encode(sha256.digest()).decode()
    assert slot["id"] in slot["publicUrl"]
    assert put(slot, content).status_code == 200
    assert sender.get("/api/v1/media").json()["items"] == []
    made = confirm(sender, slot).json()
    assert (made["id"], made["sha256"], made["status"]) == (slot["id"], sha256.hexdigest(), "active")
    assert (made["tags"], made["visibility"], made["metadata"]) == (["a"], "unlisted", {"why": "test"})
    assert download(sender, made["id"]) == content
    assert confirm(sender, slot).json()["id"] == made["id"]
    assert len(sender.get("/api/v1/media").json()["items"]) == 1


def test_the_first_contract_s_names_and_an_unknown_size_do(sender: httpx.Client) -> None:
    answer = sender.post(ROOT, json={"fileName": "b.pdf", "mimeType": "application/pdf"})
    slot = answer.json()
    assert put(slot, media.PDF).status_code == 200
    made = confirm(sender, slot).json()
    assert (made["original_name"], made["size_bytes"]) == ("b.pdf", len(media.PDF))


def in_parts(client: httpx.Client, content: bytes) -> dict[str, Any]:
    slot = presign(client, sizeBytes=len(content), multipart=True)
    assert "uploadUrl" not in slot
    assert slot["totalParts"] == -(-len(content) // slot["partSize"])
    return slot


def part_slots(client: httpx.Client, slot: dict[str, Any], numbers: list[int]) -> list[dict[str, Any]]:
    answer = client.post(f"{ROOT}/{slot['id']}/parts", json={"partNumbers": numbers})
    assert answer.status_code == 200, answer.text
    slots: list[dict[str, Any]] = answer.json()["parts"]
    assert [one["partNumber"] for one in slots] == list(dict.fromkeys(numbers))
    return slots


def put_part(slot: dict[str, Any], part: dict[str, Any], content: bytes) -> httpx.Response:
    start = (part["partNumber"] - 1) * slot["partSize"]
    return httpx.put(part["url"], content=content[start : start + slot["partSize"]], timeout=60, trust_env=False)


@pytest.mark.parametrize("told", ["with etags", "without"])
def test_a_large_file_goes_in_parts_in_any_order(sender: httpx.Client, told: str) -> None:
    content = media.PDF + os.urandom(18 << 20)
    slot = in_parts(sender, content)
    etags: list[dict[str, Any]] = []
    refusal(confirm(sender, slot), 409, "parts_missing")
    for number in (2, 1):
        (part,) = part_slots(sender, slot, [number])
        answer = put_part(slot, part, content)
        assert answer.status_code == 200, answer.text
        etags.append({"partNumber": number, "etag": answer.headers["etag"]})
        if number == 2:
            assert refusal(confirm(sender, slot), 409, "parts_missing")["missing"] == [1]
    assert len(part_slots(sender, slot, [1, 2, 2])) == 2
    if told == "with etags":
        wrong = [{"partNumber": 1, "etag": '"0123"'}]
        refusal(confirm(sender, slot, wrong), 409, "part_differs")
        refusal(confirm(sender, slot, [{"partNumber": 7, "etag": '"0123"'}]), 409, "part_differs")
    made = confirm(sender, slot, etags if told == "with etags" else None)
    assert made.status_code == 200, made.text
    assert made.json()["sha256"] == hashlib.sha256(content).hexdigest()
    assert confirm(sender, slot).json()["id"] == slot["id"]


def test_a_part_number_that_cannot_be_gets_no_address(sender: httpx.Client) -> None:
    slot = in_parts(sender, media.PDF + bytes(1000))
    for numbers in ([], [0], [2], list(range(1, 1002))):
        answer = sender.post(f"{ROOT}/{slot['id']}/parts", json={"partNumbers": numbers})
        assert refusal(answer, 400, "invalid")["field"] == "partNumbers"


def test_parts_need_a_size(sender: httpx.Client) -> None:
    answer = sender.post(ROOT, json=PDF | {"multipart": True})
    assert refusal(answer, 400, "invalid")["field"] == "sizeBytes"


def test_a_batch_answers_each_by_itself(sender: httpx.Client) -> None:
    wishes: list[dict[str, Any]] = [
        PDF,
        PDF | {"sizeBytes": 1 << 40},
        PDF | {"fileType": "text/x-evil"},
        {"filename": "a"},
        PDF,
    ]
    items = sender.post(f"{ROOT}/batch", json={"items": wishes}).json()["items"]
    codes = [item["error"]["code"] if "error" in item else None for item in items]
    assert codes == [None, "too_large", "unsupported_type", "invalid", None]
    for slot in (items[0], items[4]):
        assert put(slot, media.PDF).status_code == 200
        assert confirm(sender, slot).status_code == 200
    for many in (0, 1001):
        refusal(sender.post(f"{ROOT}/batch", json={"items": [PDF] * many}), 400, "invalid")


def changed(slot: dict[str, Any], pattern: str, by: str) -> dict[str, Any]:
    url, count = re.subn(pattern, by, slot["uploadUrl"], count=1)
    assert count == 1
    return slot | {"uploadUrl": url}


def tamper_signature(slot: dict[str, Any]) -> dict[str, Any]:
    return changed(slot, r"(?i)(signature=)(.)", lambda m: m[1] + ("a" if m[2] != "a" else "b"))  # type: ignore[arg-type]


TAMPERED: dict[str, Callable[[dict[str, Any], bytes], httpx.Response]] = {
    "type": lambda slot, content: put(slot, content, **{"content-type": "image/png"}),
    "length": lambda slot, content: put(slot, content + b"x"),
    "shorter": lambda slot, content: put(slot, content[:-1]),
    "path": lambda slot, content: put(changed(slot, slot["id"], str(uuid4())), content),
    "expiry": lambda slot, content: put(changed(slot, r"(?i)(expires=)\d", r"\g<1>9"), content),
    "signature": lambda slot, content: put(tamper_signature(slot), content),
    "none": lambda slot, content: put(slot | {"uploadUrl": slot["uploadUrl"].partition("?")[0]}, content),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_an_address_with_something_changed_takes_nothing(sender: httpx.Client, what: str) -> None:
    content = media.PDF + bytes(1000)
    slot = presign(sender, sizeBytes=len(content))
    answer = TAMPERED[what](slot, content)
    assert answer.status_code in {400, 401, 403}, answer.text
    refusal(confirm(sender, slot), 409, "not_uploaded")
    assert put(slot, content).status_code == 200
    assert confirm(sender, slot).status_code == 200


def test_a_body_without_a_length_is_counted(service: Service) -> None:
    with service.user() as client:
        slot = presign(client, sizeBytes=1000)
        for size in (999, 1001):
            answer = httpx.put(
                slot["uploadUrl"], content=iter([media.PDF + bytes(size - len(media.PDF))]),
                headers={"content-type": "application/pdf"}, trust_env=False,
            )  # fmt: skip
            assert answer.status_code in {400, 413}
        refusal(confirm(client, slot), 409, "not_uploaded")


def test_a_part_s_address_with_something_changed_takes_nothing(sender: httpx.Client) -> None:
    content = media.PDF + os.urandom(18 << 20)
    slot = in_parts(sender, content)
    first, second = part_slots(sender, slot, [1, 2])
    pattern, other = (r"partNumber=1", "partNumber=2") if "partNumber=1" in first["url"] else (r"/parts/1", "/parts/2")
    url = re.sub(pattern, other, first["url"])
    assert httpx.put(url, content=content[: slot["partSize"]], trust_env=False).status_code in {400, 403}
    short = httpx.put(second["url"], content=b"too short", trust_env=False)
    assert short.status_code in {400, 403}
    assert refusal(confirm(sender, slot), 409, "parts_missing")["missing"] == [1, 2]


def test_an_address_expires(place: Service, s3_server: S3Server, tmp_path: Path) -> None:
    settings = dict(place.settings) | {"MEDIAWORKS_UPLOADS_PRESIGN_SECONDS": "1"}
    own = Service(tmp_path / "data", place.database_url, settings=settings, arguments=("--no-worker",))
    with running(own), place.user() as owner, own.client(owner.headers["x-api-key"]) as client:
        slot = presign(client)
        wait_until(lambda: put(slot, b"").status_code in {401, 403})


def test_nothing_is_confirmed_before_anything_came(sender: httpx.Client) -> None:
    slot = presign(sender)
    refusal(confirm(sender, slot), 409, "not_uploaded")
    assert put(slot, media.PDF).status_code == 200
    assert confirm(sender, slot).status_code == 200


def test_other_bytes_than_were_promised_are_not_confirmed(sender: httpx.Client) -> None:
    promised = media.PDF + os.urandom(1000)
    slot = presign(sender, sizeBytes=len(promised), checksum=hashlib.sha256(promised).hexdigest())
    answer = put(slot, media.PDF + os.urandom(1000))
    if answer.status_code == 200:
        refusal(confirm(sender, slot), 409, "checksum_mismatch")
    assert put(slot, promised).status_code == 200
    assert confirm(sender, slot).json()["sha256"] == hashlib.sha256(promised).hexdigest()


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"\x7fELF" + bytes(500), "unsupported_type"), (media.image(), "type_mismatch"), (b"", "empty_file")],
)
def test_another_kind_of_content_than_was_announced_is_not_confirmed(
    sender: httpx.Client, content: bytes, code: str
) -> None:
    slot = presign(sender)
    assert put(slot, content).status_code == 200
    answer = confirm(sender, slot)
    assert (answer.status_code in {400, 415}, answer.json()["code"]) == (True, code)
    assert sender.get("/api/v1/media").json()["items"] == []


def test_what_is_sent_after_the_confirmation_changes_nothing(sender: httpx.Client) -> None:
    content, other = media.PDF + os.urandom(1000), media.PDF + os.urandom(1000)
    slot = presign(sender, sizeBytes=len(content))
    put(slot, content)
    made = confirm(sender, slot).json()
    assert put(slot, other).status_code in {200, 410}
    assert confirm(sender, slot).json()["sha256"] == made["sha256"]
    assert download(sender, made["id"]) == content


def test_what_is_sent_again_before_the_confirmation_counts(sender: httpx.Client) -> None:
    first, second = media.PDF + os.urandom(1000), media.PDF + os.urandom(2000)
    slot = presign(sender)
    for content in (first, second):
        assert put(slot, content).status_code == 200
    assert confirm(sender, slot).json()["sha256"] == hashlib.sha256(second).hexdigest()


def test_a_slow_put_beside_a_confirmed_one_writes_into_nothing(service: Service) -> None:
    """Both to one address: the slow one begins last, so it is not to take over the file of the quick one."""
    content = media.PDF + os.urandom(200_000)
    with service.user() as client:
        slot = presign(client)
        path = slot["uploadUrl"].removeprefix(service.url)
        quick, slow = (socket.create_connection(("127.0.0.1", service.port)) for _ in range(2))
        head = (
            f"PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/pdf\r\nContent-Length: {len(content)}\r\n\r\n"
        )

        def files() -> list[Path]:
            return list((service.data_dir / "blobs" / "incoming").glob(f"*{slot['id']}*"))

        quick.sendall(head.encode() + content[:100_000])
        wait_until(lambda: len(files()) == 1)
        slow.sendall(head.encode() + content[:100_000])
        wait_until(lambda: len(files()) == 2 and all(path.stat().st_size for path in files()))
        quick.sendall(content[100_000:])
        assert quick.recv(1000).split()[1] == b"200"
        made = confirm(client, slot).json()
        assert made["sha256"] == hashlib.sha256(content).hexdigest()
        slow.sendall(bytes(len(content) - 100_000))
        slow.recv(1000)
        assert download(client, made["id"]) == content
        for one in (quick, slow):
            one.close()


def test_a_slot_of_somebody_else_is_not_to_be_found(place: Service, sender: httpx.Client) -> None:
    slot = presign(sender)
    put(slot, media.PDF)
    with place.user() as other:
        refusal(confirm(other, slot), 404, "upload_not_found")
        refusal(other.post(f"{ROOT}/{slot['id']}/parts", json={"partNumbers": [1]}), 404, "upload_not_found")
        refusal(other.post(f"{ROOT}/{uuid4()}/confirm"), 404, "upload_not_found")
    session = sender.post("/api/v1/media/upload/multipart/init", json={"filename": "a", "file_size": 10}).json()
    refusal(confirm(sender, {"id": session["upload_id"]}), 404, "upload_not_found")


def test_an_aborted_one_is_over(sender: httpx.Client) -> None:
    slot = presign(sender)
    put(slot, media.PDF)
    assert sender.delete(f"/api/v1/uploads/{slot['id']}").status_code == 204
    refusal(confirm(sender, slot), 410, "upload_gone")


@pytest.mark.parametrize(
    ("wish", "status", "field"),
    [
        ({"filename": ""}, 400, "filename"),
        ({"fileType": ""}, 400, "fileType"),
        ({"sizeBytes": -1}, 400, "length"),
        ({"sizeBytes": 33 << 20}, 413, "file"),
        ({"fileType": "text/html"}, 415, "fileType"),
        ({"checksum": "abc"}, 400, "checksum"),
        ({"tags": ["x" * 101]}, 400, "tags"),
    ],
)
def test_what_cannot_be_taken_gets_no_address(
    client: httpx.Client, wish: dict[str, Any], status: int, field: str
) -> None:
    answer = client.post(ROOT, json=PDF | wish)
    assert (answer.status_code, answer.json()["field"]) == (status, field)


def test_a_policy_limits_what_was_announced_and_what_came(place: Service) -> None:
    with place.user(policy={"max_file_size": 2000, "allowed_types": ["application/pdf"]}) as poor:
        assert poor.post(ROOT, json=PDF | {"sizeBytes": 2001}).status_code == 413
        assert poor.post(ROOT, json=PDF | {"fileType": "image/png"}).status_code == 415
        slot = presign(poor)
        put(slot, media.PDF + bytes(3000))
        answer = confirm(poor, slot)
        assert answer.status_code in {409, 413}
        put(slot, media.PDF)
        assert confirm(poor, slot).status_code == 200


# Without HTTP: moments that it cannot reach, and the passing of time.


@pytest.fixture(params=["local", "s3"])
def settings(request: pytest.FixtureRequest, new_database: Callable[[], str], tmp_path: Path) -> Settings:
    found = configuration.load(data_dir=tmp_path).with_database(new_database())
    if request.param == "s3":
        found = replace(found, storage=replace(found.storage, url=request.getfixturevalue("s3_url")))
    return found


def with_app(settings: Settings, steps: Callable[[App, Caller], Awaitable[Any]]) -> None:
    async def whole() -> None:
        async with build(settings, decoders=1) as app:
            key = await make_first_admin(app.database, settings.admin_key_file)
            await steps(app, await app.accounts.authenticate(key or ""))

    asyncio.run(whole())


async def stage(app: App, upload_id: UUID, content: bytes) -> None:
    writer = await app.store.create(staging_key(upload_id))
    await writer.write(content)
    await writer.commit()


WISH = Wish(name="a.pdf", mime_type="application/pdf", checksum={}, labels=Labels())


@pytest.mark.parametrize("moment", ["while it is read", "just before the move"])
def test_what_is_swapped_after_it_was_read_does_not_become_the_object(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    async def steps(app: App, caller: Caller) -> None:
        slot = await app.uploads.slots.open(caller, WISH)
        upload_id = slot.upload.id
        good, evil = media.PDF + os.urandom(1000), media.PDF + os.urandom(1000)
        await stage(app, upload_id, good)
        presigned = app.uploads.presigned
        if moment == "while it is read":
            unchanged = presigned._require_kind

            def swap_soon(*arguments: Any) -> None:
                unchanged(*arguments)
                monkeypatch.setattr(app.store, "adopt", swapped)

            monkeypatch.setattr(presigned, "_require_kind", swap_soon)
        adopt = app.store.adopt

        async def swapped(source: str, key: str, tag: str) -> None:
            await stage(app, upload_id, evil)
            await adopt(source, key, tag)

        monkeypatch.setattr(app.store, "adopt", swapped)
        with pytest.raises(PreconditionFailed):
            await presigned.confirm(caller, upload_id, {})
        monkeypatch.undo()
        assert await app.store.stat(slot.upload.storage_key) is None
        made = await presigned.confirm(caller, upload_id, {})
        assert isinstance(made, Media)
        assert made.sha256 == hashlib.sha256(evil).hexdigest()

    with_app(settings, steps)


async def pass_time(app: App, hours: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records and files become older, as the sweeper sees it."""
    async with app.database.transaction() as connection:
        await connection.execute(
            text("UPDATE uploads SET expires_at = expires_at - make_interval(hours => :hours)"), {"hours": hours}
        )
    monkeypatch.setattr(sweeping, "now", lambda: now() + timedelta(hours=hours))


async def in_storage(app: App) -> list[str]:
    return [blob.key async for blob in app.store.list()] + [one.draft.key async for one in app.store.unfinished()]


@pytest.mark.parametrize("in_parts", [False, True])
def test_abandoned_ones_are_reaped_and_awaited_ones_are_not(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, in_parts: bool
) -> None:
    async def chunks() -> Any:
        yield media.PDF

    async def steps(app: App, caller: Caller) -> None:
        slot = await app.uploads.slots.open(caller, replace(WISH, in_parts=in_parts, size=len(media.PDF)))
        if in_parts:
            draft = (await app.uploads.records.get(caller, slot.upload.id)).so_far
            await app.store.put_part(draft, 1, 0, chunks(), len(media.PDF))
        else:
            await stage(app, slot.upload.id, media.PDF)
        await pass_time(app, 2, monkeypatch)
        await app.uploads.sweeper.expire()
        assert await app.uploads.sweeper.collect() == 0
        assert await in_storage(app)
        await pass_time(app, 30, monkeypatch)
        assert await app.uploads.sweeper.expire() == 1
        assert await in_storage(app) == []

    with_app(settings, steps)


def test_what_comes_after_the_end_is_collected(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    async def steps(app: App, caller: Caller) -> None:
        slot = await app.uploads.slots.open(caller, WISH)
        await stage(app, slot.upload.id, media.PDF)
        made = await app.uploads.presigned.confirm(caller, slot.upload.id, {})
        await stage(app, slot.upload.id, media.PDF)
        assert await app.uploads.sweeper.collect() == 0
        await pass_time(app, 2, monkeypatch)
        assert await app.uploads.sweeper.collect() == 1
        assert isinstance(made, Media)
        assert await in_storage(app) == [made.storage_key]

    with_app(settings, steps)
