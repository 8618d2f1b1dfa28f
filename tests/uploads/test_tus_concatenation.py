"""tus 1.0, concatenation: many partial uploads become one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from mediaworks.testing import media
from mediaworks.testing.service import Service
from mediaworks.testing.tus import PATH, Tus, metadata

PDF = media.PDF + bytes(range(256)) * 100


@pytest.fixture
def tus(client: httpx.Client) -> Tus:
    return Tus(client)


def concat(*addresses: str) -> str:
    return f"final;{' '.join(addresses)}"


def test_the_final_upload_is_its_parts_in_the_order_that_was_told(tus: Tus, service: Service) -> None:
    with ThreadPoolExecutor(3) as threads:
        second, first, third = threads.map(tus.part, (PDF[5_000:9_000], PDF[:5_000], PDF[9_000:]))
    told = concat(service.url + first, second, third)
    answer = tus.post(upload_concat=told, upload_metadata=metadata(filename="whole.pdf"))
    assert (answer.status_code, answer.headers["upload-offset"]) == (201, str(len(PDF)))
    found = tus.client.get(f"/api/v1/media/{answer.headers['upload-media-id']}").json()
    assert (found["original_name"], found["sha256"]) == ("whole.pdf", hashlib.sha256(PDF).hexdigest())
    assert tus.content(answer.headers["location"]) == PDF


def test_head_of_parts_and_whole_tells_what_they_are(tus: Tus) -> None:
    first, second = tus.part(PDF[:5_000]), tus.part(PDF[5_000:])
    asked = tus.head(first).headers
    assert (asked["upload-concat"], asked["upload-offset"], asked["upload-length"]) == ("partial", "5000", "5000")
    told = concat(first, second)
    location = tus.post(upload_concat=told, upload_metadata=metadata(filename="a.pdf")).headers["location"]
    whole = tus.head(location).headers
    assert (whole["upload-concat"], whole["upload-metadata"]) == (told, metadata(filename="a.pdf"))
    assert whole["upload-offset"] == whole["upload-length"] == str(len(PDF))


def test_a_part_is_no_media_object_and_is_used_up_by_the_whole(tus: Tus, service: Service) -> None:
    parts = [tus.part(PDF[:5_000]), tus.part(PDF[5_000:])]
    assert tus.client.get("/api/v1/media").json()["items"] == []
    tus.post(upload_concat=concat(*parts))
    assert len(tus.client.get("/api/v1/media").json()["items"]) == 1
    assert [tus.head(part).status_code for part in parts] == [410, 410]
    for part in parts:
        assert not list((service.data_dir / "blobs").rglob(f"*{part.rpartition('/')[2]}"))


def test_asked_for_again_the_final_upload_is_the_same(tus: Tus) -> None:
    told = concat(tus.part(PDF[:5_000]), tus.part(PDF[5_000:]))
    first, again = tus.post(upload_concat=told), tus.post(upload_concat=told)
    assert (again.status_code, again.headers["location"]) == (201, first.headers["location"])
    assert again.headers["upload-media-id"] == first.headers["upload-media-id"]
    assert len(tus.client.get("/api/v1/media").json()["items"]) == 1


def test_a_part_may_come_twice_and_be_empty(tus: Tus) -> None:
    head, body, nothing = tus.part(PDF), tus.part(b"again" * 9), tus.part(b"")
    answer = tus.post(upload_concat=concat(nothing, head, body, nothing, body))
    assert answer.status_code == 201
    assert tus.content(answer.headers["location"]) == PDF + b"again" * 18


def test_parts_without_bytes_make_no_file(tus: Tus) -> None:
    answer = tus.post(upload_concat=concat(tus.part(b""), tus.part(b"")))
    assert (answer.status_code, answer.json()["code"]) == (400, "empty_file")


def test_a_part_of_deferred_length_is_whole_once_it_was_told(tus: Tus) -> None:
    part = tus.create(None, upload_concat="partial")
    tus.patch(part, 0, PDF)
    assert tus.post(upload_concat=concat(part)).status_code == 409
    tus.patch(part, len(PDF), b"", upload_length=str(len(PDF)))
    assert tus.content(tus.post(upload_concat=concat(part)).headers["location"]) == PDF


def test_an_unfinished_part_is_named_and_the_others_stay(tus: Tus) -> None:
    whole, half = tus.part(PDF[:5_000]), tus.create(len(PDF) - 5_000, upload_concat="partial")
    tus.patch(half, 0, PDF[5_000:6_000])
    answer = tus.post(upload_concat=concat(whole, half))
    assert (answer.status_code, answer.json()["code"]) == (409, "part_unfinished")
    assert answer.json()["upload"] in half
    tus.patch(half, 1_000, PDF[6_000:])
    assert tus.content(tus.post(upload_concat=concat(whole, half)).headers["location"]) == PDF


def test_the_part_of_another_is_as_good_as_none(tus: Tus, new_client: Callable[..., httpx.Client]) -> None:
    mine, theirs = tus.part(PDF), Tus(new_client()).part(PDF)
    assert tus.post(upload_concat=concat(mine, theirs)).status_code == 404
    assert tus.post(upload_concat=concat(mine, f"{PATH}/00000000-0000-7000-8000-000000000000")).status_code == 404
    assert tus.post(upload_concat=concat(mine)).status_code == 201


def test_what_is_no_part_is_named(tus: Tus) -> None:
    part, plain, done = tus.part(PDF), tus.create(5), tus.create(len(PDF))
    tus.patch(done, 0, PDF)
    for other in (plain, done):
        answer = tus.post(upload_concat=concat(part, other))
        assert (answer.status_code, answer.json()["field"]) == (400, "Upload-Concat")


@pytest.mark.parametrize("told", ["final;", "final", "whole", "final;/x", "final;https://a.example/", "partial;"])
def test_a_concatenation_of_nothing_is_refused(tus: Tus, told: str) -> None:
    answer = tus.post(upload_concat=told, upload_length="5")
    assert (answer.status_code, answer.json()["field"]) == (400, "Upload-Concat")


def test_more_parts_than_may_be_are_refused(tus: Tus) -> None:
    part = tus.part(PDF)
    shortened = part.rpartition("/")[2]
    assert tus.post(upload_concat=concat(*[shortened] * 1_001)).status_code in {400, 431}


def test_the_final_upload_takes_no_bytes_and_the_parts_none_after_they_are_whole(tus: Tus) -> None:
    part = tus.part(PDF)
    assert tus.patch(part, len(PDF), b"more").status_code == 409
    final = tus.post(upload_concat=concat(part)).headers["location"]
    refused = tus.patch(final, len(PDF), b"more")
    assert (refused.status_code, refused.json()["code"]) == (403, "upload_is_final")
    assert tus.content(final) == PDF


def test_a_whole_of_a_refused_type_fails_and_leaves_the_parts(tus: Tus) -> None:
    parts = [tus.part(b"just text " * 1_000), tus.part(PDF)]
    assert tus.post(upload_concat=concat(*parts)).status_code == 415
    assert [tus.head(part).status_code for part in parts] == [200, 200]
    assert tus.post(upload_concat=concat(*reversed(parts))).status_code == 201


def test_a_whole_over_the_limit_is_refused_before_it_is_made(tus: Tus) -> None:
    part = tus.part(PDF + bytes(20 << 20))
    assert tus.post(upload_concat=concat(part, part)).status_code == 413
    assert tus.head(part).status_code == 200


def test_two_that_ask_for_the_whole_at_once_make_one_media_object(tus: Tus) -> None:
    told = concat(tus.part(PDF + bytes(4 << 20)), tus.part(PDF))
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: tus.post(upload_concat=told), range(4)))
    assert {answer.status_code for answer in answers} <= {201, 410, 423}
    assert 201 in {answer.status_code for answer in answers}
    assert len(tus.client.get("/api/v1/media").json()["items"]) == 1
