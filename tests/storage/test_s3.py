from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from mediaworks.errors import Conflict, Invalid, MediaworksError, SetupError, StorageFull, Unavailable
from mediaworks.storage import BlobStore, BlobWriter, Draft, Part, StorageConfig, open_store
from mediaworks.storage.s3 import S3Store
from mediaworks.storage.s3.multipart import MOST_PARTS, PART_BYTES, part_bytes
from mediaworks.testing.s3server import S3Server
from mediaworks.testing.service import free_port
from mediaworks.testing.storage import StorageContract, get, put
from mediaworks.testing.storage_drafts import KEY, MIB, pieces
from mediaworks.testing.waiting import until

Steps = Callable[[S3Store], Awaitable[None]]


class TestS3Store(StorageContract):
    @pytest.fixture
    def stores(self, s3_url: str) -> tuple[BlobStore, BlobStore]:
        return open_store(StorageConfig(url=s3_url)), open_store(StorageConfig(url=s3_url))


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[S3Store]:
    store = open_store(StorageConfig(url=url))
    assert isinstance(store, S3Store)
    try:
        yield store
    finally:
        await store.close()


def run(url: str, steps: Steps) -> None:
    async def whole() -> None:
        async with opened(url) as store:
            await steps(store)

    asyncio.run(whole())


def everything(server: S3Server, url: str) -> list[str]:
    """The names of all objects and multipart uploads in the bucket, asked without the store."""
    bucket = url.removeprefix("s3://").partition("/")[0]
    answers = [server.request("GET", f"/{bucket}"), server.request("GET", f"/{bucket}?uploads=")]
    return [name for answer in answers for name in re.findall(r"<Key>(.*?)</Key>", answer.text)]


async def send(url: str, content: bytes, **headers: str) -> int:
    async with httpx.AsyncClient(trust_env=False) as client:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return (await client.put(url, content=content, headers=named)).status_code


async def is_refused(address: str) -> bool:
    return await send(address, b"x") != 200


async def has_stored(writer: BlobWriter, size: int) -> bool:
    return (await writer.checkpoint()).size >= size


def test_blobs_lie_under_the_prefix_and_nothing_else_stays(s3_server: S3Server, s3_url: str) -> None:
    async def steps(store: S3Store) -> None:
        await put(store, "a/small", b"x")
        await put(store, "a/large", os.urandom(17 * MIB))
        writer = await store.resume(Draft("a/kept"), None)
        await writer.write(os.urandom(9 * MIB))
        await (await store.resume(await writer.keep(), None)).commit()
        await store.check()

    run(s3_url, steps)
    assert everything(s3_server, s3_url) == [f"some/prefix/a/{name}" for name in ("kept", "large", "small")]


@pytest.mark.parametrize("size", [100, 9 * MIB, 40 * MIB])
def test_an_aborted_upload_leaves_nothing_in_the_bucket(s3_server: S3Server, s3_url: str, size: int) -> None:
    async def steps(store: S3Store) -> None:
        writer = await store.create(KEY)
        await writer.write(os.urandom(size))
        await writer.abort()

    run(s3_url, steps)
    assert everything(s3_server, s3_url) == []


def test_a_deleted_key_takes_unfinished_uploads_and_their_tails_along(s3_server: S3Server, s3_url: str) -> None:
    async def steps(store: S3Store) -> None:
        for size in (100, 9 * MIB):
            writer = await store.resume(Draft(KEY), None)
            await writer.write(os.urandom(size))
            await writer.keep()
        await put(store, f"{KEY}/below", b"stays")
        await store.delete(KEY)

    run(s3_url, steps)
    assert everything(s3_server, s3_url) == [f"some/prefix/{KEY}/below"]


def test_a_cancelled_commit_can_still_be_taken_back(s3_server: S3Server, s3_url: str) -> None:
    async def steps(store: S3Store) -> None:
        writer = await store.create(KEY)
        await writer.write(os.urandom(17 * MIB))
        committing = asyncio.create_task(writer.commit())
        await asyncio.sleep(0)
        committing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await committing
        await writer.abort()
        await store.delete(KEY)

    run(s3_url, steps)
    assert everything(s3_server, s3_url) == []


def test_a_writer_that_lost_its_draft_to_another_cannot_mix_its_bytes_in(s3_url: str) -> None:
    """Its parts have the same numbers but other tags."""

    async def steps(store: S3Store) -> None:
        async with opened(s3_url) as other:
            writer = await store.resume(Draft(KEY), None)
            await writer.write(b"x")
            draft = await writer.keep()
            first, second = await store.resume(draft, None), await other.resume(draft, None)
            await second.write(os.urandom(9 * MIB))
            await second.keep()
            await first.write(os.urandom(9 * MIB))
            kept = await first.keep()
            stale = replace(kept, parts=(replace(kept.parts[0], tag="0" * 32), *kept.parts[1:]))
            with pytest.raises(Conflict):
                await (await other.resume(stale, None)).commit()
            assert await store.stat(KEY) is None

    run(s3_url, steps)


def test_many_small_appends_leave_one_tail_at_most(s3_server: S3Server, s3_url: str) -> None:
    content = os.urandom(12 * MIB)

    async def steps(store: S3Store) -> None:
        draft = Draft(KEY)
        for start in range(0, len(content), MIB):
            writer = await store.resume(draft, None)
            await writer.write(content[start : start + MIB])
            draft = await writer.keep()
        assert [part.size for part in draft.parts] == [5 * MIB, 5 * MIB]
        await (await store.resume(draft, None)).keep()
        tails = [name for name in everything(s3_server, s3_url) if "tail-" in name]
        assert len(tails) == 1
        await (await store.resume(draft, None)).commit()
        assert await get(store, KEY) == content

    run(s3_url, steps)


def test_ten_thousand_parts_hold_more_than_any_file() -> None:
    assert [part_bytes(number) for number in (1, 2_000, 2_001, 10_000)] == [
        PART_BYTES, PART_BYTES, 2 * PART_BYTES, 16 * PART_BYTES,
    ]  # fmt: skip
    assert sum(map(part_bytes, range(1, MOST_PARTS + 1))) > 480 << 30


HEADERS = {"content_type": "image/png", "content_length": "5"}


def presigned(url: str, check: Callable[[S3Store, str], Awaitable[None]]) -> None:
    async def steps(store: S3Store) -> None:
        headers = {name.replace("_", "-"): value for name, value in HEADERS.items()}
        await check(store, await store.presign_put(KEY, headers=headers, seconds=60))

    run(url, steps)


def test_a_presigned_put_stores_the_file(s3_url: str) -> None:
    async def check(store: S3Store, address: str) -> None:
        assert await send(address, b"hello", content_type="image/png") == 200
        assert await get(store, KEY) == b"hello"

    presigned(s3_url, check)


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        pytest.param(b"hello", {"content_type": "text/html"}, id="another type"),
        pytest.param(b"hello", {}, id="no type"),
        pytest.param(b"hello, world", {"content_type": "image/png"}, id="longer"),
        pytest.param(b"hi", {"content_type": "image/png"}, id="shorter"),
    ],
)
def test_a_presigned_put_with_anything_else_is_refused(s3_url: str, content: bytes, headers: dict[str, str]) -> None:
    async def check(store: S3Store, address: str) -> None:
        assert await send(address, content, **headers) == 403
        assert await store.stat(KEY) is None

    presigned(s3_url, check)


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        pytest.param("aa/one", "aa/two", id="another key"),
        pytest.param("Expires=60", "Expires=6000", id="longer validity"),
        pytest.param("content-length%3B", "", id="fewer signed headers"),
        pytest.param("Signature=.", "Signature=-", id="another signature"),
    ],
)
def test_a_presigned_address_that_was_tampered_with_is_refused(s3_url: str, pattern: str, replacement: str) -> None:
    async def check(store: S3Store, address: str) -> None:
        tampered = re.sub(pattern, replacement, address)
        assert tampered != address
        assert await send(tampered, b"hello", content_type="image/png") == 403
        assert [blob async for blob in store.list()] == []

    presigned(s3_url, check)


def test_a_presigned_address_expires(s3_url: str) -> None:
    async def steps(store: S3Store) -> None:
        address = await store.presign_put(KEY, headers={}, seconds=1)
        await until(lambda: is_refused(address))
        assert await send(address, b"x") == 403

    run(s3_url, steps)


def test_a_presigned_put_cannot_be_made_to_copy_another_object(s3_server: S3Server, s3_url: str) -> None:
    async def steps(store: S3Store) -> None:
        await put(store, "secret", b"not yours")
        address = await store.presign_put(KEY, headers={"content-length": "0"}, seconds=60)
        bucket = s3_url.removeprefix("s3://").partition("/")[0]
        assert await send(address, b"", x_amz_copy_source=f"/{bucket}/some/prefix/secret") == 403
        assert await store.stat(KEY) is None

    run(s3_url, steps)


@pytest.mark.parametrize("name", ["content-md5", "x-amz-checksum-sha256"])
def test_a_presigned_checksum_is_the_only_one_that_is_taken(s3_url: str, name: str) -> None:
    digests = {"content-md5": hashlib.md5, "x-amz-checksum-sha256": hashlib.sha256}
    right = base64.b64encode(digests[name](b"hello").digest()).decode()
    wrong = base64.b64encode(digests[name](b"evil!").digest()).decode()

    async def steps(store: S3Store) -> None:
        address = await store.presign_put(KEY, headers={name: right}, seconds=60)
        assert await send(address, b"evil!", **{name: wrong}) == 403
        assert await send(address, b"evil!", **{name: right}) == 400
        assert await send(address, b"hello") == 403
        assert await store.stat(KEY) is None
        assert await send(address, b"hello", **{name: right}) == 200

    run(s3_url, steps)


def test_a_header_that_cannot_be_signed_is_named(s3_url: str) -> None:
    async def steps(store: S3Store) -> None:
        with pytest.raises(Invalid, match="x-amz-acl"):
            await store.presign_put(KEY, headers={"x-amz-acl": "public-read"}, seconds=60)

    run(s3_url, steps)


def test_what_the_address_asks_of_every_object_is_signed_too(s3_server: S3Server) -> None:
    async def steps(store: S3Store) -> None:
        asked = {"x-amz-server-side-encryption": "aws:kms", "x-amz-server-side-encryption-aws-kms-key-id": "k1",
                 "x-amz-storage-class": "STANDARD_IA"}  # fmt: skip
        assert store.upload_headers == asked
        address = await store.presign_put(KEY, headers={}, seconds=60)
        signed = httpx.URL(address).params["X-Amz-SignedHeaders"].split(";")
        assert signed == ["host", *sorted(asked)]

    run(s3_server.new_url(sse="aws:kms", sse_key="k1", storage_class="STANDARD_IA"), steps)


def test_presigned_parts_are_seen_and_assembled(s3_url: str) -> None:
    content = os.urandom(5 * MIB + 100)

    async def steps(store: S3Store) -> None:
        draft = await store.begin(KEY, len(content))
        first = await store.presign_part(draft, 1, size=5 * MIB, seconds=60)
        second = await store.presign_part(draft, 2, size=100, seconds=60)
        assert await send(first, content[: 5 * MIB]) == 200
        assert [part.number for part in await store.parts_of(draft)] == [1]
        assert await send(second, content) == 403
        assert await send(second.replace("partNumber=2", "partNumber=3"), content[5 * MIB :]) == 403
        assert await send(second, content[5 * MIB :]) == 200
        await store.assemble(draft, await store.parts_of(draft))
        assert await get(store, KEY) == content

    run(s3_url, steps)


def test_parts_that_came_through_us_are_seen_as_well(s3_url: str) -> None:
    async def steps(store: S3Store) -> None:
        draft = await store.begin(KEY, 5 * MIB + 100)
        first = await store.put_part(draft, 1, 0, pieces(os.urandom(5 * MIB)), 5 * MIB)
        second = await store.put_part(draft, 2, 5 * MIB, pieces(b"x" * 100), 100)
        assert await store.parts_of(draft) == [first, second]
        await store.discard(draft)

    run(s3_url, steps)


@pytest.mark.parametrize("size", [100, 6 * MIB])
def test_a_part_that_was_replaced_meanwhile_is_a_conflict(s3_url: str, size: int) -> None:
    async def steps(store: S3Store) -> None:
        draft = await store.begin(KEY, size)
        old = await store.put_part(draft, 1, 0, pieces(os.urandom(size)), size)
        await store.put_part(draft, 1, 0, pieces(os.urandom(size)), size)
        with pytest.raises(Conflict):
            await store.assemble(draft, [old])
        with pytest.raises(Conflict):
            await store.assemble(draft, [Part(2, size, old.tag)])
        assert await store.stat(KEY) is None

    run(s3_url, steps)


def test_wrong_credentials_are_told_as_such(s3_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def steps(store: S3Store) -> None:
        with pytest.raises(Unavailable, match=r"credentials.*AWS_SECRET_ACCESS_KEY") as caught:
            await store.check()
        assert caught.value.code == "storage_unavailable"

    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    run(s3_url, steps)
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    run(s3_url, steps)


def test_a_bucket_that_is_not_there_is_named(s3_server: S3Server) -> None:
    async def steps(store: S3Store) -> None:
        with pytest.raises(Unavailable, match="no bucket nowhere"):
            await store.check()

    run(s3_server.url("nowhere"), steps)


def test_a_storage_that_is_down_is_unavailable_whatever_is_asked(tmp_path: Path) -> None:
    down = S3Server(tmp_path, port=free_port()).url("bucket")

    async def steps(store: S3Store) -> None:
        calls = (store.check(), store.stat(KEY), get(store, KEY), put(store, KEY, b"x"), store.delete(KEY))
        failures = await asyncio.gather(*calls, return_exceptions=True)
        assert [getattr(failure, "code", failure) for failure in failures] == ["storage_unavailable"] * len(calls)

    run(down, steps)


class Broken:
    """A line to the server that breaks off after so many bytes of each of the first answers."""

    def __init__(self, port: int, *, after: int, times: int) -> None:
        self.server_port, self.after, self.times, self.port = port, after, times, 0

    async def __aenter__(self) -> Broken:
        self._server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        theirs, ours = await asyncio.open_connection("127.0.0.1", self.server_port)
        upwards = asyncio.create_task(self._copy(reader, ours))
        try:
            passed = 0
            while chunk := await theirs.read(65536):
                if self.times and passed + len(chunk) > self.after:
                    self.times -= 1
                    break
                writer.write(chunk)
                await writer.drain()
                passed += len(chunk)
        except ConnectionError:
            pass
        finally:
            upwards.cancel()
            writer.transport.abort()
            ours.close()

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()


@pytest.mark.parametrize("times", [3, 50])
def test_a_read_goes_on_where_it_broke_off(s3_server: S3Server, s3_url: str, times: int) -> None:
    content = os.urandom(8 * MIB)

    async def steps(store: S3Store) -> None:
        await put(store, KEY, content)
        async with (
            Broken(s3_server.port, after=MIB, times=times) as line,
            opened(s3_url.replace(str(s3_server.port), str(line.port))) as far,
        ):
            assert await get(far, KEY) == content
            assert await get(far, KEY, 3 * MIB, 2 * MIB) == content[3 * MIB : 5 * MIB]

    run(s3_url, steps)


def test_a_read_gives_up_where_nothing_comes_through(s3_server: S3Server, s3_url: str) -> None:
    async def steps(store: S3Store) -> None:
        await put(store, KEY, os.urandom(MIB))
        async with (
            Broken(s3_server.port, after=0, times=1000) as line,
            opened(s3_url.replace(str(s3_server.port), str(line.port))) as far,
        ):
            with pytest.raises(Unavailable):
                await get(far, KEY)

    run(s3_url, steps)


def test_a_full_storage_is_told_as_such() -> None:
    from botocore.exceptions import ClientError

    from mediaworks.storage.s3.failures import translated

    for code in ("InsufficientStorage", "QuotaExceeded", "XMinioStorageFull"):
        with pytest.raises(StorageFull), translated("bucket"):
            raise ClientError({"Error": {"Code": code, "Message": ""}}, "PutObject")


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("s3://", "bucket"),
        ("s3://key:secret@bucket/x", "AWS_ACCESS_KEY_ID"),
        ("s3://bucket?endpiont=http://x", "endpiont"),
        ("s3://bucket?endpoint=127.0.0.1:9000", "http://"),
        ("s3://bucket?path_style=yes", "true or false"),
        ("s3://bucket?sse=none", "AES256"),
        ("s3://bucket?sse_key=1", "aws:kms"),
    ],
)
def test_an_address_that_cannot_be_names_what_is_wrong(url: str, named: str) -> None:
    with pytest.raises(SetupError, match=re.escape(named)):
        open_store(StorageConfig(url=url))


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    for name in [name for name in sys.modules if name.startswith("mediaworks.storage.s3")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "aiobotocore.config", None)
    with pytest.raises(SetupError, match=r"mediaworks\[s3\]"):
        open_store(StorageConfig(url="s3://bucket"))


def test_when_the_storage_goes_away_what_it_has_is_told_and_the_rest_is_sent_when_it_is_back(
    s3_server: S3Server, tmp_path: Path
) -> None:
    """Its own server: others have tests under way."""
    server = S3Server(tmp_path).start()
    content = os.urandom(30 * MIB)

    async def steps(store: S3Store) -> None:
        writer = await store.resume(Draft(KEY), None)
        await writer.write(content[: 20 * MIB])
        await until(lambda: has_stored(writer, 16 * MIB))
        await asyncio.to_thread(server.stop)
        await writer.write(content[20 * MIB :])
        with pytest.raises(Unavailable):
            await writer.keep()
        draft = await writer.checkpoint()
        assert draft.size == 16 * MIB
        await asyncio.to_thread(server.start)
        async with opened(url) as again:
            writer = await again.resume(draft, None)
            await writer.write(content[16 * MIB :])
            await writer.commit()
            assert await get(again, KEY) == content

    try:
        url = server.new_url()
        run(url, steps)
    finally:
        server.stop()


def test_every_failure_is_one_of_ours(s3_url: str) -> None:
    async def steps(store: S3Store) -> None:
        with pytest.raises(MediaworksError):
            await store.resume(Draft(KEY, 5, "no such session", (), 5), None)

    run(s3_url, steps)
