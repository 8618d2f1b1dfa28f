from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaworks.errors import Invalid, MalformedBody
from mediaworks.uploads.form import Field, FilePart, Form

BOUNDARY = "b-0"
TYPE = f"multipart/form-data; boundary={BOUNDARY}"

contents = st.lists(
    st.one_of(st.binary(max_size=200), st.sampled_from([b"\r\n", b"\r\n--", b"\r\n--b-", b"--b-0", b"\r\r\n-"])),
    max_size=8,
).map(b"".join)


def body_of(parts: list[tuple[str, str | None, bytes]]) -> bytes:
    body = b""
    for name, filename, content in parts:
        disposition = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename is not None else "")
        body += f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n\r\n".encode() + content + b"\r\n"
    return body + f"--{BOUNDARY}--\r\n".encode()


async def in_pieces(body: bytes, sizes: list[int]) -> AsyncIterator[bytes]:
    at = 0
    while at < len(body):
        size = sizes[at % len(sizes)]
        yield body[at : at + size]
        at += size


def read(body: bytes, sizes: list[int]) -> list[tuple[str, str | None, bytes]]:
    async def collect() -> list[tuple[str, str | None, bytes]]:
        found: list[tuple[str, str | None, bytes]] = []
        async for part in Form(TYPE, in_pieces(body, sizes)).parts():
            match part:
                case Field(name, value):
                    found.append((name, None, value.encode()))
                case FilePart():
                    content = b"".join([chunk async for chunk in part.chunks])
                    found.append((part.name, part.filename, content))
        return found

    return asyncio.run(collect())


@given(
    parts=st.lists(st.tuples(st.just("file"), st.just("a.bin"), contents), max_size=4),
    sizes=st.lists(st.integers(1, 97), min_size=1, max_size=5),
)
def test_however_the_body_is_cut_the_same_parts_come_out(
    parts: list[tuple[str, str | None, bytes]], sizes: list[int]
) -> None:
    if any(f"\r\n--{BOUNDARY}".encode() in b"\r\n" + content for _, _, content in parts):
        return
    assert read(body_of(parts), sizes) == parts


@given(body=st.binary(max_size=600), sizes=st.lists(st.integers(1, 50), min_size=1, max_size=3))
def test_rubbish_is_malformed_and_nothing_worse(body: bytes, sizes: list[int]) -> None:
    with pytest.raises(MalformedBody):
        read(body, sizes)


def test_fields_and_files_keep_their_order() -> None:
    parts: list[tuple[str, str | None, bytes]] = [("tags", None, b"a"), ("file", "x", b"1"), ("metadata", None, b"{}")]
    assert read(body_of(parts), [11]) == parts


def test_a_field_that_is_not_utf_8_is_named() -> None:
    with pytest.raises(MalformedBody, match="tags"):
        read(body_of([("tags", None, b"\xff\xfe")]), [50])


def test_a_field_may_not_be_long() -> None:
    with pytest.raises(Exception, match="metadata"):
        read(body_of([("metadata", None, b"x" * 70_000)]), [5000])


@pytest.mark.parametrize("content_type", ["text/plain", "", "multipart/mixed; boundary=x"])
def test_another_type_of_body_is_told_what_is_expected(content_type: str) -> None:
    with pytest.raises(Invalid, match="multipart/form-data"):
        Form(content_type, in_pieces(b"", [1]))
