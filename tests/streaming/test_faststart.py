from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from tests.processing.video.filming import filmed, pictures_of_file
from tests.processing.video.test_faststart import as_sent, box, pictures_through_a_pipe
from tests.streaming.test_http import uploaded

from mediaworks.testing.service import Service


@pytest.fixture(scope="module")
def viewer(service: Service) -> Iterator[httpx.Client]:
    with service.user() as client:
        yield client


@pytest.fixture(scope="module")
def behind() -> bytes:
    """A recording whose index lies behind its pictures."""
    return filmed(seconds=2)


@pytest.fixture(scope="module")
def address(viewer: httpx.Client, behind: bytes) -> str:
    return f"/api/v1/stream/{uploaded(viewer, behind)}"


def test_a_recording_plays_while_it_comes(viewer: httpx.Client, address: str, behind: bytes) -> None:
    answer = viewer.get(address)
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["content-length"] == str(len(behind))
    assert answer.content == as_sent(behind)
    assert pictures_through_a_pipe(answer.content) == pictures_of_file(behind)


def test_a_range_may_begin_and_end_in_either(viewer: httpx.Client, address: str, behind: bytes) -> None:
    whole = as_sent(behind)
    seams = (whole.index(b"moov") - 4, whole.index(b"mdat") - 4)
    for first, last in [*((seam - 3, seam + 4) for seam in seams), (seams[0] - 1, seams[1] + 1), (0, 0)]:
        part = viewer.get(address, headers={"range": f"bytes={first}-{last}"})
        assert part.headers["content-range"] == f"bytes {first}-{last}/{len(whole)}"
        assert (part.status_code, part.content) == (206, whole[first : last + 1])
    assert viewer.get(address, headers={"range": "bytes=-20"}).content == whole[-20:]
    assert viewer.get(address, headers={"range": f"bytes={len(whole)}-"}).status_code == 416


def test_what_is_asked_before_is_told_of_these_very_bytes(viewer: httpx.Client, address: str, behind: bytes) -> None:
    head = viewer.head(address)
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(len(behind)), b"")
    tag = head.headers["etag"]
    assert viewer.get(address, headers={"if-none-match": tag}).status_code == 304
    assert viewer.get(address, headers={"if-match": '"other"'}).status_code == 412
    assert viewer.get(address, headers={"range": "bytes=4-7", "if-range": tag}).status_code == 206
    file = address.replace("/stream/", "/media/") + "/download"
    of_the_file = viewer.get(file)
    assert of_the_file.content == behind
    other = {"range": "bytes=4-7", "if-range": of_the_file.headers["etag"]}
    assert viewer.get(address, headers=other).status_code == 200


def test_what_is_fast_already_or_not_understood_is_sent_as_it_is(viewer: httpx.Client) -> None:
    fast = filmed("-movflags", "+faststart", seconds=1)
    torn = filmed(seconds=1).replace(b"mvhd", b"iloc")
    for content in (fast, torn + box(b"free")):
        address = f"/api/v1/stream/{uploaded(viewer, content, 'other.mp4')}"
        assert viewer.get(address).content == content
        assert viewer.get(address, headers={"range": "bytes=10-19"}).content == content[10:20]
