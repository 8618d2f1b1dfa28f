"""Files that arrive over bad lines from servers that are wrong in every way, over real HTTP."""

from __future__ import annotations

import asyncio
import gzip
import os
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import httpx
import pytest

from mediaworks.errors import EgressRefused, FetchFailed, Invalid, TooLarge, TooSlow
from mediaworks.kit.deadline import Deadline
from mediaworks.kit.egress import Egress, EgressConfig
from mediaworks.testing.origin import Heard, Origin, always, answer
from mediaworks.uploads.fetching import Begun, NotModified, Transfer
from mediaworks.uploads.fetching.inflating import PIECE, inflated
from mediaworks.uploads.fetching.transfer import Patience

CONTENT = os.urandom(300_000)
QUICK = Patience(tries=4, pause=0.001)


@asynccontextmanager
async def client_of(origin: Origin) -> AsyncIterator[httpx.AsyncClient]:
    egress = Egress(EgressConfig(allow=("127.0.0.1",)))
    async with origin, egress.client(idle_seconds=5) as client:
        yield client


class Receiver:
    """Holds what an import would hold: the bytes that stand, and every beginning that it was told of."""

    def __init__(self, held: bytes = b"") -> None:
        self.content = bytearray(held)
        self.begun: list[Begun] = []
        self.unchanged: NotModified | None = None

    async def take(self, transfer: Transfer) -> None:
        async with aclosing(transfer.pieces()) as pieces:
            async for piece in pieces:
                match piece:
                    case Begun():
                        self.begun.append(piece)
                        del self.content[piece.start :]
                    case NotModified():
                        self.unchanged = piece
                    case bytes():
                        self.content += piece


def receive(
    origin: Origin, path: str = "/file.bin", *, held: bytes = b"", seconds: float = 20, **options: Any
) -> Receiver:
    """Runs a whole transfer from `origin` and returns what arrived."""
    receiver = Receiver(held)

    async def steps() -> None:
        async with client_of(origin) as client:
            settings = {"limit": 1 << 30, "patience": QUICK, "start": len(held), **options}
            deadline = Deadline(seconds, "url: the fetch")
            await receiver.take(Transfer(client, origin.url + path, deadline=deadline, **settings))

    asyncio.run(steps())
    return receiver


class FileServer:
    """Serves CONTENT as a server should, with ranges; `break_after` cuts each of its answers short but the last."""

    def __init__(self, *, etag: str | None = '"one"', break_after: tuple[int, ...] = ()) -> None:
        self.etag = etag
        self.content = CONTENT
        self.left = list(break_after)

    async def __call__(self, heard: Heard, writer: asyncio.StreamWriter) -> None:
        start = self.wanted(heard)
        body = self.content[start:]
        range_line = f"Content-Range: bytes {start}-{len(self.content) - 1}/{len(self.content)}\r\n" if start else ""
        etag_line = f"ETag: {self.etag}\r\n" if self.etag else ""
        status = "206 Partial Content" if start else "200 OK"
        writer.write(f"HTTP/1.1 {status}\r\n{range_line}{etag_line}Content-Length: {len(body)}\r\n\r\n".encode())
        writer.write(body[: self.left.pop(0)] if self.left else body)
        await writer.drain()

    def wanted(self, heard: Heard) -> int:
        if "range" not in heard.headers or heard.headers.get("if-range") != self.etag:
            return 0
        return int(heard.headers["range"].removeprefix("bytes=").removesuffix("-"))


def test_a_file_arrives_with_what_its_server_says_of_it() -> None:
    headers = {
        "etag": '"one"',
        "content_type": "Image/PNG; charset=x",
        "content_disposition": 'attachment; filename="a b.png"',
    }
    received = receive(Origin(always(answer("200 OK", CONTENT, **headers))))
    assert received.content == CONTENT
    begun = received.begun[0]
    assert (begun.start, begun.size, begun.validator, begun.etag) == (0, len(CONTENT), '"one"', '"one"')
    assert (begun.name, begun.mime_type, len(received.begun)) == ("a b.png", "image/png", 1)


def test_a_broken_transfer_goes_on_where_it_broke() -> None:
    server = FileServer(break_after=(100_000, 50_000, 0))
    origin = Origin(server)
    received = receive(origin)
    assert received.content == CONTENT
    assert len(received.begun) == 1
    assert [heard.headers.get("range") for heard in origin.heard] == [
        None,
        "bytes=100000-",
        "bytes=150000-",
        "bytes=150000-",
    ]
    assert {heard.headers.get("if-range") for heard in origin.heard[1:]} == {'"one"'}


def test_a_file_that_cannot_be_told_from_another_is_begun_again() -> None:
    for etag in (None, 'W/"weak"'):
        origin = Origin(FileServer(etag=etag, break_after=(100_000,)))
        received = receive(origin)
        assert received.content == CONTENT
        assert [begun.start for begun in received.begun] == [0, 0]
        assert "range" not in origin.heard[1].headers


def test_a_file_that_changes_in_the_middle_is_begun_again() -> None:
    server = FileServer(break_after=(100_000,))
    changed = os.urandom(200_000)

    async def respond(heard: Heard, writer: asyncio.StreamWriter) -> None:
        if "range" in heard.headers:
            server.etag, server.content = '"two"', changed
        await server(heard, writer)

    received = receive(Origin(respond))
    assert received.content == changed
    assert [begun.etag for begun in received.begun] == ['"one"', '"two"']


def test_what_an_earlier_run_brought_is_gone_on_with() -> None:
    origin = Origin(FileServer())
    received = receive(origin, held=CONTENT[:1000], validator='"one"')
    assert received.content == CONTENT
    assert ([begun.start for begun in received.begun], len(origin.heard)) == ([1000], 1)


def test_what_an_earlier_run_brought_of_another_file_is_void() -> None:
    received = receive(Origin(FileServer()), held=b"x" * 1000, validator='"old"')
    assert received.content == CONTENT
    assert [begun.start for begun in received.begun] == [0]


def test_nothing_is_missing_when_the_earlier_run_brought_everything() -> None:
    whole = always(answer("416 Range Not Satisfiable", content_range=f"bytes */{len(CONTENT)}"))
    assert receive(Origin(whole), held=CONTENT, validator='"one"').content == CONTENT


def test_an_unchanged_file_is_not_sent_again() -> None:
    origin = Origin(always(answer("304 Not Modified", etag='"one"')))
    received = receive(origin, if_none_match='"one"')
    assert (received.unchanged, received.begun) == (NotModified('"one"'), [])
    assert origin.heard[0].headers["if-none-match"] == '"one"'


def test_only_a_file_of_which_nothing_has_come_yet_can_be_unchanged() -> None:
    """A server that goes back to the file that the receiver knows, in the middle of another one."""
    server = FileServer(etag='"new"', break_after=(1000,))

    async def respond(heard: Heard, writer: asyncio.StreamWriter) -> None:
        if heard.headers.get("if-none-match") == server.etag:
            writer.write(answer("304 Not Modified", etag='"old"'))
        elif "range" in heard.headers:
            server.etag = '"old"'
            writer.write(answer("206 Partial Content", b"x", etag='"old"', content_range="bytes 1000-1000/1001"))
        else:
            await server(heard, writer)

    received = receive(Origin(respond), if_none_match='"old"')
    assert (received.content == CONTENT, received.unchanged, len(received.begun)) == (True, None, 2)


LIES = {
    "another range": {"content_range": f"bytes 0-{len(CONTENT) - 1}/{len(CONTENT)}"},
    "beyond the end": {"content_range": f"bytes 1000-{len(CONTENT)}/{len(CONTENT)}"},
    "no range": {},
    "nonsense": {"content_range": "bytes first-last/all"},
    "another file": {"content_range": f"bytes 1000-{len(CONTENT) - 1}/{len(CONTENT)}", "etag": '"two"'},
    "a coding": {"content_range": f"bytes 1000-{len(CONTENT) - 1}/{len(CONTENT)}", "content_encoding": "gzip"},
    "another length": {"content_range": "bytes 1000-1009/1010"},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_server_that_lies_about_ranges_is_asked_for_the_whole(lie: str) -> None:
    async def respond(heard: Heard, writer: asyncio.StreamWriter) -> None:
        lying = answer("206 Partial Content", CONTENT[:-1000], **{"etag": '"one"', **LIES[lie]})
        writer.write(lying if "range" in heard.headers else answer("200 OK", CONTENT, etag='"one"'))
        await writer.drain()

    received = receive(Origin(respond), held=os.urandom(1000), validator='"one"')
    assert received.content == CONTENT


def test_a_shorter_range_than_asked_for_is_taken_and_the_rest_asked_for() -> None:
    async def respond(heard: Heard, writer: asyncio.StreamWriter) -> None:
        start = int(heard.headers["range"][6:-1])
        end = min(start + 100_000, len(CONTENT))
        told = f"bytes {start}-{end - 1}/{len(CONTENT)}"
        writer.write(answer("206 Partial Content", CONTENT[start:end], etag='"one"', content_range=told))
        await writer.drain()

    received = receive(Origin(respond), held=CONTENT[:10], validator='"one"')
    assert received.content == CONTENT
    assert [begun.start for begun in received.begun] == [10]


def test_a_range_that_ends_before_its_own_end_is_gone_on_with() -> None:
    """Where neither Content-Length nor a total says how much is missing."""

    async def respond(heard: Heard, writer: asyncio.StreamWriter) -> None:
        start = int(heard.headers["range"][6:-1])
        told = f"bytes {start}-{len(CONTENT) - 1}/*"
        body = CONTENT[start:][: 200_000 if start == 10 else None]
        writer.write(answer("206 Partial Content", body, etag='"one"', content_range=told, content_length=""))
        await writer.drain()

    received = receive(Origin(respond), held=CONTENT[:10], validator='"one"')
    assert received.content == CONTENT


def test_a_size_that_changes_in_the_middle_makes_another_file() -> None:
    async def respond(heard: Heard, writer: asyncio.StreamWriter) -> None:
        told = f"bytes 1000-{len(CONTENT) + 4}/{len(CONTENT) + 5}"
        if "range" in heard.headers:
            writer.write(answer("206 Partial Content", CONTENT[1000:] + b"extra", etag='"one"', content_range=told))
        elif len(origin.heard) == 1:
            length = str(len(CONTENT))
            writer.write(answer("200 OK", CONTENT[:1000], etag='"one"', content_length=length))
        else:
            writer.write(answer("200 OK", CONTENT, etag='"one"'))
        await writer.drain()

    origin = Origin(respond)
    received = receive(origin)
    assert (received.content == CONTENT, len(received.begun), len(origin.heard)) == (True, 2, 3)


def test_a_range_that_was_not_asked_for_is_no_file() -> None:
    told = {"content_range": f"bytes 0-{len(CONTENT) - 1}/{len(CONTENT)}"}
    with pytest.raises(FetchFailed, match="status 206"):
        receive(Origin(always(answer("206 Partial Content", CONTENT, **told))))


def test_a_server_that_always_breaks_off_is_given_up() -> None:
    origin = Origin(always(answer("200 OK", CONTENT, content_length=str(len(CONTENT) + 1))))
    with pytest.raises(FetchFailed, match="given up after 4 tries") as failed:
        receive(origin)
    assert (failed.value.status, failed.value.code, failed.value.facts["host"]) == (422, "fetch_failed", "127.0.0.1")
    assert len(origin.heard) == 4


def test_a_long_file_may_break_off_more_often_as_long_as_it_goes_on() -> None:
    server = FileServer(break_after=(1 << 20,) * 8)
    server.content = os.urandom(10 << 20)
    assert receive(Origin(server)).content == server.content


def test_a_server_that_goes_on_and_begins_anew_for_ever_is_given_up() -> None:
    server = FileServer(break_after=(1 << 20,) * 1000)
    server.content = os.urandom(4 << 20)
    count = iter(range(1000))

    async def respond(heard: Heard, writer: asyncio.StreamWriter) -> None:
        server.etag = f'"{next(count) // 3}"'
        await server(heard, writer)

    origin = Origin(respond)
    with pytest.raises(FetchFailed, match="given up"):
        receive(origin)
    assert len(origin.heard) < 20


@pytest.mark.parametrize(
    ("status", "asked"),
    [("404 Not Found", 1), ("403 No", 1), ("204 No Content", 1), ("302 Found", 1), ("500 Oh", 4), ("429 Wait", 4)],
)
def test_an_answer_without_a_file_names_host_and_status(status: str, asked: int) -> None:
    origin = Origin(always(answer(status)))
    with pytest.raises(FetchFailed, match=status[:3]) as failed:
        receive(origin)
    assert failed.value.facts == {"host": "127.0.0.1", "upstream_status": int(status[:3])}
    assert len(origin.heard) == asked


def test_a_server_that_is_busy_is_asked_again() -> None:
    statuses = ["503 Busy", "429 Wait", "200 OK"]

    async def respond(heard: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(statuses.pop(0), CONTENT, retry_after="0"))
        await writer.drain()

    assert receive(Origin(respond)).content == CONTENT


def test_a_server_says_how_long_to_wait() -> None:
    with pytest.raises(TooSlow):
        receive(Origin(always(answer("503 Busy", retry_after="30"))), seconds=0.3)


async def fetch_from(url: str) -> None:
    async with Egress(EgressConfig(allow=("127.0.0.1",))).client() as client:
        deadline = Deadline(20, "url: the fetch")
        await Receiver().take(Transfer(client, url, limit=1000, deadline=deadline, patience=QUICK))


def test_nobody_listening_is_a_failed_fetch() -> None:
    async def steps() -> None:
        async with Origin(always(b"")) as origin:
            pass
        await fetch_from(origin.url)

    with pytest.raises(FetchFailed, match="no connection could be made"):
        asyncio.run(steps())


def test_something_else_than_http_is_a_failed_fetch() -> None:
    with pytest.raises(FetchFailed, match="the connection broke"):
        receive(Origin(always(b"SSH-2.0-OpenSSH_9.2\r\n")))


def test_broken_tls_is_a_failed_fetch_that_is_not_tried_again() -> None:
    came: list[bytes] = []

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(await reader.read(65_536))
        writer.write(b"\x15\x03\x03\x00\x02\x02\x28")  # the alert handshake_failure of RFC 8446
        writer.close()

    async def steps() -> None:
        async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
            await fetch_from(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/")

    with pytest.raises(FetchFailed, match="no trusted connection"):
        asyncio.run(steps())
    assert len(came) == 1


def test_a_file_that_is_announced_over_the_limit_is_refused_before_a_byte_of_it() -> None:
    async def announce(heard: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(60)

    origin = Origin(announce)
    with pytest.raises(TooLarge, match=r"9\.766 KiB are allowed"):
        receive(origin, limit=10_000)
    assert len(origin.heard) == 1


def test_a_file_without_end_is_refused_at_the_limit() -> None:
    async def endless(heard: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x" * 1000)
            await writer.drain()
            await asyncio.sleep(0)

    origin = Origin(endless)
    with pytest.raises(TooLarge, match=r"9\.766 KiB are allowed"):
        receive(origin, limit=10_000)
    assert len(origin.heard) == 1


def test_a_file_of_just_the_limit_is_taken() -> None:
    assert receive(Origin(FileServer()), limit=len(CONTENT)).content == CONTENT


def test_a_limit_holds_for_what_is_gone_on_with() -> None:
    with pytest.raises(TooLarge):
        receive(Origin(FileServer()), held=CONTENT[:1000], validator='"one"', limit=len(CONTENT) - 1)


def test_a_server_that_trickles_for_ever_is_ended_by_the_deadline() -> None:
    async def trickle(heard: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    with pytest.raises(TooSlow, match=r"took longer than 0\.3 s"):
        receive(Origin(trickle), seconds=0.3)


def test_gzip_that_was_not_asked_for_is_taken_off() -> None:
    for coding in ("gzip", "X-GZIP"):
        packed = gzip.compress(CONTENT[:150_000]) + gzip.compress(CONTENT[150_000:])
        origin = Origin(always(answer("200 OK", packed, content_encoding=coding, etag='"one"')))
        received = receive(origin)
        assert received.content == CONTENT
        assert (received.begun[0].size, received.begun[0].validator) == (None, None)
        assert origin.heard[0].headers["accept-encoding"] == "identity"


def test_a_gzip_bomb_meets_the_limit() -> None:
    with pytest.raises(TooLarge):
        receive(
            Origin(always(answer("200 OK", gzip.compress(bytes(50 << 20)), content_encoding="gzip"))), limit=1 << 20
        )


def test_gzip_is_taken_off_in_pieces_of_bounded_size() -> None:
    async def packed() -> AsyncIterator[bytes]:
        yield gzip.compress(bytes(10 << 20))

    async def steps() -> list[int]:
        return [len(piece) async for piece in inflated(packed(), "host")]

    sizes = asyncio.run(steps())
    assert (sum(sizes), max(sizes)) == (10 << 20, PIECE)


@pytest.mark.parametrize("packed", [gzip.compress(CONTENT)[:-9], b"no gzip"])
def test_broken_gzip_is_a_failed_fetch(packed: bytes) -> None:
    with pytest.raises(FetchFailed, match="the gzip data"):
        receive(Origin(always(answer("200 OK", packed, content_encoding="gzip"))))


def test_a_coding_that_is_not_understood_is_a_failed_fetch() -> None:
    with pytest.raises(FetchFailed, match="Content-Encoding br"):
        receive(Origin(always(answer("200 OK", CONTENT, content_encoding="br"))))


def test_a_redirect_is_followed_and_the_file_named_after_its_end() -> None:
    async def respond(heard: Heard, writer: asyncio.StreamWriter) -> None:
        there = answer("200 OK", CONTENT)
        writer.write(there if "there" in heard.target else answer("302 Found", location="/there/b%C3%A4r.png?x=/y"))
        await writer.drain()

    received = receive(Origin(respond))
    assert (bytes(received.content), received.begun[0].name) == (CONTENT, "bär.png")


def test_redirects_without_end_are_a_failed_fetch() -> None:
    with pytest.raises(FetchFailed, match="more than 5 redirects"):
        receive(Origin(always(answer("302 Found", location="/again"))))


def test_a_redirect_to_the_inside_is_refused_and_not_tried_again() -> None:
    origin = Origin(always(answer("302 Found", location="http://169.254.169.254/")))
    with pytest.raises(EgressRefused):
        receive(origin)
    assert origin.connections == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "inner"},
        {"range": "bytes=0-"},
        {"X": "a\r\nY: b"},
        {"X Y": "a"},
        {"X": "\u20ac"},
        {"proxy-authorization": "x"},
        {"X": "a" * 9000},
    ],
)
def test_headers_that_could_break_the_exchange_are_refused(headers: dict[str, str]) -> None:
    origin = Origin(FileServer())
    with pytest.raises(Invalid, match="headers: "):
        receive(origin, headers=headers)
    assert origin.connections == 0


def test_headers_of_the_caller_are_sent() -> None:
    origin = Origin(FileServer())
    receive(origin, headers={"Authorization": "Bearer x", "User-Agent": "mine", "Cookie": "a=b"})
    sent = origin.heard[0].headers
    assert (sent["authorization"], sent["user-agent"], sent["cookie"]) == ("Bearer x", "mine", "a=b")
