"""A PNG may carry text, as much as anyone means to write; what unpacks to more is refused before it is unpacked."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.processing.conftest import as_descriptor

from mediaworks.errors import Unprocessable
from mediaworks.processing.image.comments import TEXT_BYTES, refuse_too_much_text
from mediaworks.testing import bombs, media

PACKED = zlib.compress(bytes(TEXT_BYTES), 9)
INTERNATIONAL = b"\x01\x00en\x00title\x00"


def looked_at(content: bytes) -> None:
    with as_descriptor(content) as descriptor:
        refuse_too_much_text(descriptor)


@pytest.mark.parametrize(
    "chunk",
    [
        (b"tEXt", b"prompt\x00" + b"a cat " * 100_000),
        (b"zTXt", b"prompt\x00\x00" + zlib.compress(b"a cat " * 1_000_000)),
        (b"iTXt", b"prompt\x00" + INTERNATIONAL + zlib.compress(b"eine Katze")),
        (b"zTXt", b"what is not packed\x00\x00at all"),
        (b"iTXt", b""),
        (b"IDAT", bytes(1000)),
    ],
)
def test_what_somebody_wrote_passes(chunk: tuple[bytes, bytes]) -> None:
    looked_at(bombs.png(8, 8, chunk))


@pytest.mark.parametrize(
    "chunks",
    [
        [(b"zTXt", b"k\x00\x00" + PACKED), (b"tEXt", b"k\x00and more")],
        [(b"iTXt", b"k\x00" + INTERNATIONAL + PACKED), (b"tEXt", b"k\x00and more")],
        [(b"tEXt", b"k\x00" + bytes(TEXT_BYTES))],
        [(b"tEXt", b"k\x00" + bytes(TEXT_BYTES // 10))] * 10,
    ],
)
def test_more_than_that_is_refused_whichever_way_it_is_spread(chunks: list[tuple[bytes, bytes]]) -> None:
    with pytest.raises(Unprocessable, match="16 MiB are allowed") as refusal:
        looked_at(bombs.png(8, 8, *chunks))
    assert (refusal.value.code, refusal.value.facts) == ("too_much_text", {"limit": TEXT_BYTES})


def test_other_types_pass() -> None:
    looked_at(media.image(".jpg"))
    looked_at(b"")


@given(st.binary(max_size=200))
def test_no_broken_chunk_stops_it(rest: bytes) -> None:
    looked_at(bombs.PNG + rest)
