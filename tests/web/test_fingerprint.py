"""Fingerprints of bodies do not depend on how the bytes come, nor on the boundary of a form."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mediaworks.web.fingerprint import BodyFingerprint

FORM = "multipart/form-data; boundary="


def taken(content_type: str, *chunks: bytes) -> bytes:
    fingerprint = BodyFingerprint(content_type)
    for chunk in chunks:
        fingerprint.update(chunk)
    return fingerprint.digest()


def cut(body: bytes, places: list[int]) -> list[bytes]:
    ends = [0, *sorted(place % (len(body) + 1) for place in places), len(body)]
    return [body[start:end] for start, end in pairwise(ends)]


def form(boundary: str, parts: list[bytes]) -> bytes:
    return b"".join(f"--{boundary}\r\n\r\n".encode() + part + b"\r\n" for part in parts) + f"--{boundary}--".encode()


boundaries = st.text("ab1'", min_size=1, max_size=6)
parts = st.lists(st.binary(max_size=30), max_size=4)
places = st.lists(st.integers(0, 10_000), max_size=8)


@given(st.binary(max_size=200), places)
def test_however_the_bytes_come_they_are_the_same(body: bytes, cuts: list[int]) -> None:
    assert taken("application/json", *cut(body, cuts)) == taken("application/json", body)


@given(boundaries, st.lists(st.text("ab1'\r\n-", max_size=20).map(str.encode), max_size=5), places)
def test_however_a_form_comes_it_is_the_same(boundary: str, content: list[bytes], cuts: list[int]) -> None:
    kind, body = f'{FORM}"{boundary}"', form(boundary, content)
    assert taken(kind, *cut(body, cuts)) == taken(kind, body)


@given(st.text("XYZ", min_size=8, max_size=20), st.text("QRS", min_size=8, max_size=20), parts, places)
def test_the_same_form_with_another_boundary_is_the_same(
    one: str, other: str, content: list[bytes], cuts: list[int]
) -> None:
    content = [part.replace(b"X", b"").replace(b"Q", b"") for part in content]
    assert taken(FORM + one, *cut(form(one, content), cuts)) == taken(FORM + other, form(other, content))


@given(st.text("XYZ", min_size=8, max_size=20), parts, parts)
def test_another_form_is_another(boundary: str, one: list[bytes], other: list[bytes]) -> None:
    same = taken(FORM + boundary, form(boundary, one)) == taken(FORM + boundary, form(boundary, other))
    assert same == (one == other)


@given(st.binary(max_size=50), st.binary(max_size=50))
def test_another_body_is_another(one: bytes, other: bytes) -> None:
    assert (taken("text/plain", one) == taken("text/plain", other)) == (one == other)
