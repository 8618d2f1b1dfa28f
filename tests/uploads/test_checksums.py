"""Checksums that senders give, in the notations of tus and RFC 9530, and as text."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaworks.errors import ChecksumMismatch, Invalid
from mediaworks.uploads.checksums import from_content_digest, from_repr_digest, from_text, from_tus

NAMES = {"sha-256": "sha256", "sha-512": "sha512"}


def encoded(algorithm: str, content: bytes) -> str:
    return base64.b64encode(hashlib.new(algorithm, content).digest()).decode()


@given(st.binary(max_size=200), st.integers(0, 200), st.sampled_from(["sha1", "sha256", "md5"]))
def test_bytes_fit_their_checksum_however_they_are_cut(content: bytes, cut: int, algorithm: str) -> None:
    checksum = from_tus(f"{algorithm} {encoded(algorithm, content)}")
    assert checksum is not None
    checksum.update(content[:cut])
    checksum.update(content[cut:])
    checksum.verify()


@given(st.binary(min_size=1, max_size=50), st.sampled_from(sorted(NAMES)))
def test_other_bytes_do_not_fit(content: bytes, name: str) -> None:
    checksum = from_content_digest(f"{name}=:{encoded(NAMES[name], content)}:")
    assert checksum is not None
    checksum.update(content + b"x")
    with pytest.raises(ChecksumMismatch) as refused:
        checksum.verify()
    assert refused.value.facts["algorithm"] == NAMES[name]


def test_the_strongest_of_several_digests_counts() -> None:
    weak, strong = encoded("sha256", b"another"), encoded("sha512", b"this")
    checksum = from_content_digest(f"unixsum=:AAAA:, sha-256=:{weak}:, sha-512=:{strong}:")
    assert checksum is not None
    checksum.update(b"this")
    assert checksum.fits


def test_digests_that_nobody_knows_are_none() -> None:
    assert from_content_digest("crc32c=:AAAAAA==:") is None
    assert from_content_digest(None) is None
    assert from_tus(None) is None
    assert from_repr_digest("") == {}


def test_digests_of_the_whole_file_are_told_in_hex() -> None:
    header = ", ".join(f"{name}=:{encoded(algorithm, b'a')}:" for name, algorithm in NAMES.items())
    assert from_repr_digest(header) == {one: hashlib.new(one, b"a").hexdigest() for one in ("sha256", "sha512")}


@pytest.mark.parametrize("prefix", ["", "sha256:", "SHA256-", "sha256="])
def test_a_digest_as_text_is_hex_or_base64_with_its_name_or_without(prefix: str) -> None:
    digest = hashlib.sha256(b"a")
    expected = {"sha256": digest.hexdigest()}
    assert from_text("sha256", f" {prefix}{digest.hexdigest().upper()} ") == expected
    assert from_text("sha256", prefix + base64.b64encode(digest.digest()).decode()) == expected


@pytest.mark.parametrize(
    "header", ["sha1", "sha1 !!!", "crc32 AAAA", "sha1 AAAA", f"sha256 {encoded('sha1', b'a')}", ""]
)
def test_a_checksum_of_tus_that_cannot_be_is_refused(header: str) -> None:
    with pytest.raises(Invalid):
        from_tus(header)


@pytest.mark.parametrize("header", ["sha-256", "sha-256=abc", "sha-256=:AA:", "sha-512=:AAAA:", "sha-256=:AAAA=A:, x"])
def test_a_digest_that_cannot_be_names_its_header(header: str) -> None:
    for read, field in ((from_content_digest, "Content-Digest"), (from_repr_digest, "Repr-Digest")):
        with pytest.raises(Invalid) as refused:
            read(header)
        assert refused.value.facts["field"] in {field, "checksum"}


@given(st.text(max_size=100))
def test_no_text_is_read_as_anything_but_a_digest_or_a_refusal(text: str) -> None:
    try:
        ((name, value),) = from_text("sha256", text).items()
    except Invalid as refused:
        assert refused.facts["field"] == "checksum"
    else:
        assert (name, len(value)) == ("sha256", 64)
