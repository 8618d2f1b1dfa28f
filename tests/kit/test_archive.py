from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections.abc import AsyncIterator

from hypothesis import given
from hypothesis import strategies as st

from mediaworks.kit.archive import PIECE_BYTES, Entry, json_list, zipped


async def each(*items: object) -> AsyncIterator[object]:
    for item in items:
        yield item


async def pieces_of(*entries: Entry) -> list[bytes]:
    return [piece async for piece in zipped(each(*entries))]  # type: ignore[arg-type]


def opened(pieces: list[bytes]) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(pieces)))


@given(st.dictionaries(st.text("abä/. ", min_size=1, max_size=8), st.lists(st.binary(max_size=40)), max_size=4))
def test_every_file_comes_out_as_it_went_in(files: dict[str, list[bytes]]) -> None:
    entries = [Entry(name, each(*chunks)) for name, chunks in files.items()]  # type: ignore[arg-type]
    found = opened(asyncio.run(pieces_of(*entries)))
    assert found.namelist() == list(files)
    for entry, chunks in zip(found.infolist(), files.values(), strict=True):
        assert found.read(entry) == b"".join(chunks)


def test_records_become_a_json_list() -> None:
    found = opened(asyncio.run(pieces_of(json_list("some.json", each({"a": 1}, {"b": "ä"})), json_list("no", each()))))
    assert json.loads(found.read("some.json")) == [{"a": 1}, {"b": "ä"}]
    assert json.loads(found.read("no")) == []


def test_no_more_than_some_pieces_are_held_back() -> None:
    chunk = bytes(10_000)
    pieces = asyncio.run(pieces_of(Entry("large", each(*[chunk] * 100))))  # type: ignore[arg-type]
    assert max(map(len, pieces)) < PIECE_BYTES + 2 * len(chunk)
