"""Types are told by content alone: what is ours is known, what is not is refused, and nothing takes long or raises."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaworks.processing import HEAD_BYTES, TYPES, Kind, sniff
from mediaworks.testing import media


def box(major: bytes, *compatible: bytes) -> bytes:
    brands = b"".join(compatible)
    return (16 + len(brands)).to_bytes(4) + b"ftyp" + major + b"\x00\x00\x02\x00" + brands


def mime_of(head: bytes) -> str | None:
    found = sniff(head[:HEAD_BYTES])
    return None if found is None else found.mime


@pytest.mark.parametrize(
    ("suffix", "mime"),
    [
        (".jpg", "image/jpeg"), (".png", "image/png"), (".webp", "image/webp"), (".gif", "image/gif"),
        (".tiff", "image/tiff"), (".avif", "image/avif"),
    ],
)  # fmt: skip
def test_pictures_are_known(suffix: str, mime: str) -> None:
    assert mime_of(media.image(suffix)) == mime


@pytest.mark.parametrize(
    ("container", "mime"),
    [
        ("mp4", "video/mp4"), ("mov", "video/quicktime"), ("matroska", "video/x-matroska"), ("webm", "video/webm"),
        ("avi", "video/x-msvideo"),
    ],
)  # fmt: skip
def test_videos_are_known(container: str, mime: str) -> None:
    assert mime_of(media.video(container, seconds=0.2)) == mime


@pytest.mark.parametrize(
    ("container", "mime"),
    [
        ("mp3", "audio/mpeg"), ("adts", "audio/aac"), ("flac", "audio/flac"), ("wav", "audio/wav"),
        ("ogg", "audio/ogg"), ("opus", "audio/opus"), ("ipod", "audio/mp4"),
    ],
)  # fmt: skip
def test_sounds_are_known(container: str, mime: str) -> None:
    assert mime_of(media.audio(container, seconds=0.2)) == mime


@pytest.mark.parametrize(
    ("head", "mime"),
    [
        (box(b"mif1", b"mif1", b"avif", b"miaf"), "image/avif"), (box(b"mif1", b"mif1", b"heic"), "image/heif"),
        (box(b"heic", b"mif1"), "image/heif"), (box(b"msf1", b"avis"), "image/avif"),
        (box(b"qt  ", b"qt  "), "video/quicktime"), (box(b"M4A ", b"isom"), "audio/mp4"),
        (box(b"odd!", b"isom"), "video/mp4"), (box(b"odd!", b"odd?"), None),
        (b"\x00\x00\x00\x08wide\x00\x00\x10\x00mdat", "video/quicktime"),
        (b"\x00\x00\x10\x00moov\x00\x00\x00\x6cmvhd", "video/quicktime"),
    ],
)  # fmt: skip
def test_the_brands_of_an_iso_file_decide(head: bytes, mime: str | None) -> None:
    assert mime_of(head) == mime


@pytest.mark.parametrize(
    "head",
    [
        media.SVG, b"\xef\xbb\xbf" + media.SVG, b"<svg>", b" \n<!-- a --><!-- b -->\n<svg/>",
        b'<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd"><svg >',
        b"<!DOCTYPE svg [ <!ENTITY a 'b'> ] ><svg\n>",
    ],
)  # fmt: skip
def test_a_drawing_is_a_document_whatever_stands_before_its_root(head: bytes) -> None:
    found = sniff(head)
    assert found is not None
    assert (found.mime, found.kind) == ("image/svg+xml", Kind.DOCUMENT)


@pytest.mark.parametrize(
    "head",
    [
        b"", b"\x00", b"\x7fELF\x02\x01\x01", b"MZ\x90\x00", b"#!/bin/sh\n", b"PK\x03\x04", b"<!DOCTYPE html><svg>",
        b"<html><svg>", b"<svgx>", b"push graphic-context", b"#EXTM3U\n", b"MATLAB 5.0 MAT-file", b"ffconcat version 1.0",
        b"RIFF\x00\x00\x00\x00ACON", b"OggS\x00" + bytes(40), b"BMW is a car maker", b"\x1a\x45\xdf\xa3 no doctype",
        b"\xff\xfb\x90\x64" + b"no second frame" * 100,
    ],
)  # fmt: skip
def test_what_is_not_ours_is_refused(head: bytes) -> None:
    assert sniff(head) is None


@pytest.mark.parametrize(
    "piece", [b"<!---->", b"<!-- ", b"\n", b"<?xml?>", b"<!DOCTYPE svg>", b"<!DOCTYPE svg ", b"<!DOCTYPE svg [", b"-->"]
)
def test_no_preamble_takes_long(piece: bytes) -> None:
    head = (piece * HEAD_BYTES)[:HEAD_BYTES]
    padded = b"<!DOCTYPE svg" + b" " * HEAD_BYTES
    began = time.process_time()
    assert sniff(head) is None
    assert sniff(padded[:HEAD_BYTES]) is None
    assert time.process_time() - began < 0.1


@given(st.binary(max_size=600))
def test_no_bytes_make_it_raise(head: bytes) -> None:
    assert sniff(head) is None or sniff(head) in TYPES


@given(
    st.sampled_from([media.SVG, media.PDF, box(b"mif1", b"avif"), media.bmp(), b"RIFF____WAVE", b"\xff\xf1\x50\x80"]),
    st.binary(max_size=40),
)
def test_no_broken_beginning_makes_it_raise(begun: bytes, tail: bytes) -> None:
    for end in range(0, len(begun), 3):
        assert sniff(begun[:end] + tail) is None or sniff(begun[:end] + tail) in TYPES
