"""tus 1.0 and its extensions, by the rules of its own text (tus.io/protocols/resumable-upload)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest

from mediaworks.testing import media
from mediaworks.testing.service import Service, wait_until
from mediaworks.testing.tus import PATH, VERSION, Tus, checksum, metadata

PDF = media.PDF + bytes(20_000)


@pytest.fixture
def tus(client: httpx.Client) -> Tus:
    return Tus(client)


def test_options_tell_version_extensions_limit_and_algorithms_without_a_key(service: Service) -> None:
    answer = httpx.options(service.url + PATH, trust_env=False)
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == answer.headers["tus-resumable"] == "1.0.0"
    assert set(answer.headers["tus-extension"].split(",")) == {
        "creation", "creation-with-upload", "creation-defer-length", "expiration", "checksum", "termination",
        "concatenation",
    }  # fmt: skip
    assert answer.headers["tus-max-size"] == str(32 << 20)
    assert answer.headers["tus-checksum-algorithm"] == "sha1,sha256,md5"


def test_a_file_in_two_pieces_becomes_a_media_object(tus: Tus) -> None:
    created = tus.post(upload_length=str(len(PDF)), upload_metadata=metadata(filename="Übersicht 1.pdf"))
    assert (created.status_code, created.headers["upload-offset"]) == (201, "0")
    address = created.headers["location"]
    first = tus.patch(address, 0, PDF[:9_000])
    assert (first.status_code, first.headers["upload-offset"], first.content) == (204, "9000", b"")
    assert "upload-media-id" not in first.headers
    last = tus.patch(address, 9_000, PDF[9_000:])
    assert (last.status_code, last.headers["upload-offset"]) == (204, str(len(PDF)))
    found = tus.client.get(f"/api/v1/media/{last.headers['upload-media-id']}").json()
    assert (found["original_name"], found["size_bytes"]) == ("Übersicht 1.pdf", len(PDF))
    assert found["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert tus.content(address) == PDF


def test_head_tells_offset_length_and_metadata_and_is_not_stored(tus: Tus) -> None:
    told = metadata(filename="a.pdf", tags="x") + ",is_confidential"
    address = tus.create(len(PDF), upload_metadata=told)
    tus.patch(address, 0, PDF[:5_000])
    answer = tus.head(address)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert (answer.headers["upload-offset"], answer.headers["upload-length"]) == ("5000", str(len(PDF)))
    assert answer.headers["upload-metadata"] == told
    assert "upload-defer-length" not in answer.headers


def test_head_of_a_finished_upload_tells_that_it_is_whole(tus: Tus) -> None:
    address = tus.create(len(PDF))
    tus.patch(address, 0, PDF)
    answer = tus.head(address)
    assert answer.headers["upload-offset"] == answer.headers["upload-length"] == str(len(PDF))
    assert "upload-expires" not in answer.headers


def test_creation_with_upload_takes_the_first_bytes_or_all(tus: Tus) -> None:
    body = {"content_type": "application/offset+octet-stream"}
    first = tus.post(PDF[:6_000], upload_length=str(len(PDF)), **body)
    assert (first.status_code, first.headers["upload-offset"]) == (201, "6000")
    assert tus.patch(first.headers["location"], 6_000, PDF[6_000:]).status_code == 204
    whole = tus.post(PDF, upload_length=str(len(PDF)), **body)
    assert (whole.status_code, whole.headers["upload-offset"]) == (201, str(len(PDF)))
    assert tus.content(first.headers["location"]) == tus.content(whole.headers["location"]) == PDF


def test_a_length_that_was_deferred_is_told_with_a_later_piece(tus: Tus) -> None:
    address = tus.create(None)
    tus.patch(address, 0, PDF[:5_000])
    before = tus.head(address).headers
    assert (before["upload-defer-length"], before["upload-offset"]) == ("1", "5000")
    assert "upload-length" not in before
    tus.patch(address, 5_000, PDF[5_000:8_000], upload_length=str(len(PDF)))
    after = tus.head(address).headers
    assert (after["upload-length"], after["upload-offset"]) == (str(len(PDF)), "8000")
    assert "upload-defer-length" not in after
    tus.patch(address, 8_000, PDF[8_000:])
    assert tus.content(address) == PDF


def test_a_length_that_was_deferred_is_told_without_bytes_at_the_end(tus: Tus) -> None:
    address = tus.create(None)
    tus.patch(address, 0, PDF)
    assert "upload-media-id" not in tus.head(address).headers
    assert tus.patch(address, len(PDF), b"", upload_length=str(len(PDF))).status_code == 204
    assert tus.content(address) == PDF


def test_a_length_once_told_does_not_change(tus: Tus) -> None:
    address = tus.create(None)
    tus.patch(address, 0, PDF[:5_000], upload_length=str(len(PDF)))
    for length in (len(PDF) + 1, 4_000):
        refused = tus.patch(address, 5_000, PDF[5_000:], upload_length=str(length))
        assert (refused.status_code, refused.json()["field"]) == (400, "Upload-Length")
    short = tus.create(None)
    tus.patch(short, 0, PDF[:5_000])
    assert tus.patch(short, 5_000, b"", upload_length="4999").status_code == 400
    assert tus.offset(short) == 5_000


def test_a_terminated_upload_is_gone_and_so_are_its_bytes(tus: Tus, service: Service) -> None:
    address = tus.create(len(PDF))
    tus.patch(address, 0, PDF[:9_000])
    upload_id = address.rpartition("/")[2]
    assert list((service.data_dir / "blobs" / "incoming").glob(f"*{upload_id}"))
    gone = tus.delete(address)
    assert (gone.status_code, gone.headers["tus-resumable"]) == (204, "1.0.0")
    assert not list((service.data_dir / "blobs").rglob(f"*{upload_id}"))
    answers = (tus.head(address), tus.patch(address, 9_000, PDF[9_000:]), tus.delete(address))
    assert [answer.status_code for answer in answers] == [410, 410, 410]


def test_a_finished_upload_is_not_terminated_because_it_is_a_media_object_by_now(tus: Tus) -> None:
    address = tus.create(len(PDF))
    tus.patch(address, 0, PDF)
    assert (tus.delete(address).status_code, tus.content(address)) == (409, PDF)


def test_each_answer_tells_until_when_the_upload_may_go_on(tus: Tus) -> None:
    created = tus.post(upload_length=str(len(PDF)))
    patched = tus.patch(created.headers["location"], 0, PDF[:5_000])
    asked = tus.head(created.headers["location"])
    for answer in (created, patched, asked):
        until = parsedate_to_datetime(answer.headers["upload-expires"])
        assert answer.headers["upload-expires"].endswith("GMT")
        assert timedelta(hours=23) < until - datetime.now(UTC) < timedelta(hours=25)


def test_an_expired_upload_is_gone_and_its_bytes_are_removed(own_service: Service) -> None:
    own_service.settings = {
        "MEDIAWORKS_UPLOADS_UNFINISHED_HOURS": "0.0003",
        "MEDIAWORKS_UPLOADS_SWEEP_SECONDS": "0.2",
        "MEDIAWORKS_PROCESSING_DECODERS": "1",
    }
    own_service.start()
    with own_service.client() as client:
        tus = Tus(client)
        address = tus.create(len(PDF))
        tus.patch(address, 0, PDF[:5_000])
        wait_until(lambda: tus.head(address).status_code == 410)
        assert tus.patch(address, 5_000, PDF[5_000:]).status_code == 410
        wait_until(lambda: not list((own_service.data_dir / "blobs" / "incoming").iterdir()))
        assert tus.head(address).status_code == 410


def test_an_expired_upload_is_gone_before_anybody_swept_it(idle_service: Service) -> None:
    idle_service.settings = {"MEDIAWORKS_UPLOADS_UNFINISHED_HOURS": "0.0003"}
    idle_service.start()
    with idle_service.client() as client:
        tus = Tus(client)
        address = tus.create(len(PDF))
        wait_until(lambda: tus.head(address).status_code == 410)
        answer = tus.patch(address, 0, PDF)
        assert (answer.status_code, answer.json()["state"]) == (410, "expired")
        assert tus.delete(address).status_code == 410


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
def test_a_piece_with_a_wrong_checksum_counts_for_nothing_and_the_right_one_goes_on(tus: Tus, algorithm: str) -> None:
    address = tus.create(len(PDF))
    begun = tus.patch(address, 0, PDF[:3_000], upload_checksum=checksum(algorithm, PDF[:3_000]))
    assert (begun.status_code, begun.headers["upload-offset"]) == (204, "3000")
    wrong = tus.patch(address, 3_000, PDF[3_001:9_001], upload_checksum=checksum(algorithm, b"another"))
    assert (wrong.status_code, wrong.json()["code"]) == (460, "checksum_mismatch")
    assert tus.offset(address) == 3_000
    last = tus.patch(address, 3_000, PDF[3_000:], upload_checksum=checksum(algorithm, PDF[3_000:]))
    assert last.status_code == 204
    found = tus.client.get(f"/api/v1/media/{last.headers['upload-media-id']}").json()
    assert (found["sha256"], tus.content(address)) == (hashlib.sha256(PDF).hexdigest(), PDF)


def test_a_wrong_checksum_of_the_last_piece_publishes_nothing(tus: Tus) -> None:
    address = tus.create(len(PDF))
    assert tus.patch(address, 0, bytes(len(PDF)), upload_checksum=checksum("md5", PDF)).status_code == 460
    assert tus.offset(address) == 0
    assert tus.patch(address, 0, PDF, upload_checksum=checksum("md5", PDF)).status_code == 204
    assert tus.content(address) == PDF


@pytest.mark.parametrize(
    "told", ["crc32 AAAAAA==", "SHA1 2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "sha1", "sha1 !!", "sha1 AAAA", ""]
)
def test_a_checksum_that_cannot_be_is_refused_and_nothing_is_kept(tus: Tus, told: str) -> None:
    address = tus.create(len(PDF))
    answer = tus.patch(address, 0, PDF, upload_checksum=told)
    assert answer.status_code == 400
    assert tus.offset(address) == 0


def test_another_method_may_stand_for_those_that_a_network_lacks(tus: Tus) -> None:
    address = tus.create(len(PDF))
    body = {"content-type": "application/offset+octet-stream", "upload-offset": "0"}

    def post(method: str, content: bytes = b"", **more: str) -> httpx.Response:
        return tus.client.post(address, content=content, headers=VERSION | {"x-http-method-override": method} | more)

    assert post("PATCH", PDF[:7_000], **body).headers["upload-offset"] == "7000"
    assert post("HEAD").headers["upload-offset"] == "7000"
    assert post("DELETE").status_code == 204
    assert tus.head(address).status_code == 410
    assert post("GET").status_code == 400
    assert tus.client.post(address, headers=VERSION).status_code == 400


def test_tags_and_visibility_of_the_metadata_arrive(tus: Tus) -> None:
    told = metadata(filename="a.pdf", tags="red,blue", visibility="public", description="Résumé", relativePath="null")
    address = tus.create(len(PDF), upload_metadata=told)
    media_id = tus.patch(address, 0, PDF).headers["upload-media-id"]
    found = tus.client.get(f"/api/v1/media/{media_id}").json()
    assert (found["tags"], found["visibility"]) == (["red", "blue"], "public")
    assert found["metadata"]["description"] == "Résumé"


def test_the_upload_of_another_is_as_good_as_none(tus: Tus, new_client: Callable[..., httpx.Client]) -> None:
    address = tus.create(len(PDF))
    tus.patch(address, 0, PDF[:5_000])
    other = Tus(new_client())
    answers = (other.head(address), other.patch(address, 5_000, PDF[5_000:]), other.delete(address))
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert other.head(f"{PATH}/00000000-0000-7000-8000-000000000000").status_code == 404
    assert tus.offset(address) == 5_000
