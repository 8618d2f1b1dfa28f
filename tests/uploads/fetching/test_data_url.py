from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaworks.errors import Invalid, TooLarge
from mediaworks.uploads.fetching import DataFile, is_data_url, read_data_url


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("data:,A%20brief%20note", DataFile("", "text/plain", b"A brief note")),
        ("DATA:image/PNG;base64,aGVsbG8=", DataFile("", "image/png", b"hello")),
        ("data:image/png;base64,aGVsbG8", DataFile("", "image/png", b"hello")),
        ("data:image/png;base64,aGVs%62G8%3D", DataFile("", "image/png", b"hello")),
        ("data:image/png;base64,aGVs\n bG8=", DataFile("", "image/png", b"hello")),
        ("data:image/png;name=a%20b.png;base64,aGVsbG8=", DataFile("a b.png", "image/png", b"hello")),
        ("data:image/png;name=..%2Fx.png,%00%FF", DataFile("x.png", "image/png", b"\x00\xff")),
        ("data:text/plain;charset=utf-8,ä,b", DataFile("", "text/plain", "ä,b".encode())),
        ("data:image/svg+xml,<svg>100%</svg>", DataFile("", "image/svg+xml", b"<svg>100%</svg>")),
        ("data:;base64,", DataFile("", "text/plain", b"")),
    ],
)
def test_a_file_in_its_address_is_read(url: str, file: DataFile) -> None:
    assert is_data_url(url)
    assert read_data_url(url, 1000) == file


@pytest.mark.parametrize("url", ["data:image/png;base64", "data:", "data:;base64,a", "data:;base64,a*bc", "http://h/,"])
def test_a_broken_one_is_invalid(url: str) -> None:
    with pytest.raises(Invalid) as invalid:
        read_data_url(url, 1000)
    assert invalid.value.code == "invalid_data_url"


@given(content=st.binary(max_size=200), limit=st.integers(0, 200))
def test_the_limit_is_of_decoded_bytes_in_every_coding(content: bytes, limit: int) -> None:
    plain = base64.b64encode(content).decode()
    escaped = "".join(f"%{byte:02x}" for byte in plain.encode())
    hexed = "".join(f"%{byte:02X}" for byte in content)
    for url in (f"data:;base64,{plain}", f"data:;base64,{escaped}", f"data:,{hexed}"):
        if len(content) <= limit:
            assert read_data_url(url, limit).content == content
        else:
            with pytest.raises(TooLarge):
                read_data_url(url, limit)


def test_what_is_plainly_too_long_is_not_decoded_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mediaworks.uploads.fetching.data_url.unquote_to_bytes", None)
    for url in ("data:;base64," + "A" * 5000, "data:," + "%41" * 5000):
        with pytest.raises(TooLarge):
            read_data_url(url, 1000)
