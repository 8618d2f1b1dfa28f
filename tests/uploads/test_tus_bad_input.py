"""tus requests that are wrong, foreign or hostile: each gets the status of its rule, and the upload goes on after it."""

from __future__ import annotations

import httpx
import pytest

from mediaworks.testing import media
from mediaworks.testing.sending import Sending
from mediaworks.testing.service import Service
from mediaworks.testing.tus import BYTES, PATH, VERSION, Tus, checksum, metadata

PDF = media.PDF + bytes(20_000)
MIB = 1 << 20


@pytest.fixture
def tus(client: httpx.Client) -> Tus:
    return Tus(client)


def raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), text.encode()) for name, text in headers.items()]


def record(tus: Tus, address: str) -> dict[str, object]:
    found: dict[str, object] = tus.client.get(address).json()
    return found


@pytest.mark.parametrize("offset", [0, 4_999, 5_001, 10**17])
def test_a_wrong_offset_is_told_with_the_right_one(tus: Tus, offset: int) -> None:
    address = tus.create(len(PDF))
    tus.patch(address, 0, PDF[:5_000])
    answer = tus.patch(address, offset, PDF[5_000:])
    assert (answer.status_code, answer.json()["code"]) == (409, "offset_mismatch")
    assert answer.json()["expected_offset"] == 5_000
    assert tus.patch(address, 5_000, PDF[5_000:]).status_code == 204
    assert tus.content(address) == PDF


def test_a_finished_upload_takes_no_more(tus: Tus) -> None:
    address = tus.create(len(PDF))
    tus.patch(address, 0, PDF)
    answer = tus.patch(address, len(PDF), b"more")
    assert (answer.status_code, answer.json()["code"]) == (409, "upload_finished")
    assert tus.content(address) == PDF


def test_more_bytes_than_were_announced_are_refused_and_the_upload_goes_on(tus: Tus, service: Service) -> None:
    address = tus.create(len(PDF))
    tus.patch(address, 0, PDF[:5_000])
    declared = tus.patch(address, 5_000, PDF[5_000:] + b"!")
    assert (declared.status_code, declared.json()["limit"]) == (413, len(PDF))
    with tus.sending(service, address, 5_000, None) as sending:
        sending.send_chunked(PDF[5_000:]).send_chunked(b"!").send_chunked(b"")
        assert sending.answer().status == 413
    assert tus.offset(address) == 5_000
    assert tus.patch(address, 5_000, PDF[5_000:]).status_code == 204
    assert tus.content(address) == PDF


def test_an_upload_over_the_limit_is_refused_before_its_bytes(tus: Tus, service: Service) -> None:
    assert tus.post(upload_length=str(32 * MIB + 1)).status_code == 413
    deferred = tus.create(None)
    assert tus.patch(deferred, 0, PDF, upload_length=str(32 * MIB + 1)).status_code == 413
    with tus.sending(service, deferred, 0, None) as sending:
        sending.send_chunked(PDF)
        for _ in range(33):
            sending.send_chunked(bytes(MIB))
        assert sending.answer().status == 413
    assert tus.head(deferred).headers["upload-defer-length"] == "1"


def test_a_declared_length_over_the_announced_one_is_refused_before_the_body(tus: Tus, service: Service) -> None:
    address = tus.create(len(PDF))
    head = {"x-api-key": tus.client.headers["x-api-key"], "content-length": str(1 << 40), "expect": "100-continue"}
    with Sending(service, "PATCH", address, VERSION | BYTES | head | {"upload-offset": "0"}) as sending:
        assert sending.answer().status == 413


@pytest.mark.parametrize("value", ["-1", "+1", "1.0", "", "abc", "1" * 19, "0x10", "1 2", "١"])
def test_numbers_that_are_none_are_named(tus: Tus, value: str) -> None:
    headers = {**VERSION, "upload-length": value}
    created = tus.client.post(PATH, headers=raw(headers))
    assert (created.status_code, created.json()["field"]) == (400, "Upload-Length")
    address = tus.create(len(PDF))
    told = {**VERSION, **BYTES, "upload-offset": value}
    patched = tus.client.patch(address, content=PDF, headers=raw(told))
    assert (patched.status_code, patched.json()["field"]) == (400, "Upload-Offset")
    assert tus.offset(address) == 0


def test_a_creation_says_either_its_length_or_that_it_comes_later(tus: Tus) -> None:
    for told in ({}, {"upload_length": "5", "upload_defer_length": "1"}, {"upload_defer_length": "2"}):
        answer = tus.post(**told)
        assert (answer.status_code, answer.json()["field"]) == (400, "Upload-Length")


def test_a_patch_without_its_offset_or_of_another_type_is_refused(tus: Tus) -> None:
    address = tus.create(len(PDF))
    assert tus.client.patch(address, content=PDF, headers=VERSION | BYTES).status_code == 400
    for kind in ("application/octet-stream", "", "application/offset"):
        answer = tus.patch(address, 0, PDF, content_type=kind)
        assert (answer.status_code, answer.json()["code"]) == (415, "wrong_content_type")
    assert tus.offset(address) == 0


def test_the_type_of_a_patch_is_read_as_types_are(tus: Tus) -> None:
    """RFC 9110 section 8.3.1: neither case nor parameters matter."""
    address = tus.create(len(PDF))
    assert tus.patch(address, 0, PDF, content_type="Application/Offset+Octet-Stream; x=y").status_code == 204


@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH", "DELETE"])
def test_another_version_is_refused_and_ours_is_told(tus: Tus, method: str) -> None:
    address = PATH if method == "POST" else tus.create(len(PDF))
    headers = BYTES | {"tus-resumable": "0.2.2", "upload-length": "5", "upload-offset": "0"}
    answer = tus.client.request(method, address, headers=headers)
    assert (answer.status_code, answer.headers["tus-version"]) == (412, "1.0.0")
    assert answer.headers["tus-resumable"] == "1.0.0"


def test_every_answer_to_a_tus_request_tells_the_version(tus: Tus, service: Service) -> None:
    address = tus.create(len(PDF))
    nobody = httpx.Client(base_url=service.url, trust_env=False)
    answers = [
        tus.head(address),
        tus.patch(address, 7, b""),
        tus.patch(address, 0, PDF[:10], upload_checksum="crc32 AA=="),
        tus.patch(address, 0, PDF[:10], upload_checksum=checksum("md5", b"")),
        tus.patch(address, 0, PDF, content_type="text/plain"),
        tus.post(upload_length="-1"),
        tus.head(f"{PATH}/00000000-0000-7000-8000-000000000000"),
        tus.head(f"{PATH}/nonsense"),
        tus.client.put(address, headers=VERSION),
        nobody.post(PATH, headers=VERSION),
        tus.delete(address),
        tus.head(address),
    ]
    assert [answer.status_code for answer in answers] == [200, 409, 400, 460, 415, 400, 404, 404, 405, 401, 204, 410]
    assert {answer.headers.get("tus-resumable") for answer in answers} == {"1.0.0"}
    assert "tus-resumable" not in tus.client.get(PATH).headers


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ("filename a.pdf", "Upload-Metadata"),
        ("filename ////", "Upload-Metadata"),
        (metadata(visibility="secret"), "visibility"),
        (metadata(tags='["a", 1]'), "tags"),
        (metadata(tags="a\0b"), "tags"),
        (metadata(metadata="[1]"), "metadata"),
        (metadata(metadata='{"a": "\\u0000"}'), "metadata"),
        (metadata(description="a\0b"), "metadata"),
        (metadata(filetype="a\0b"), "type"),
        (metadata(filetype="x" * 300), "type"),
    ],
)
def test_malformed_metadata_is_named(tus: Tus, told: str, field: str) -> None:
    answer = tus.post(upload_length="5", upload_metadata=told)
    assert (answer.status_code, answer.json()["field"]) == (400, field)


def test_metadata_without_end_is_refused(tus: Tus) -> None:
    assert tus.post(upload_length="5", upload_metadata=metadata(a="x" * 13_000)).status_code in {413, 431}


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\r\nSet-Cookie: x=1.pdf", "\0", "‮fdp.exe", "x" * 1_000])
def test_a_hostile_name_becomes_a_harmless_one(tus: Tus, name: str) -> None:
    address = tus.create(len(PDF), upload_metadata=metadata(filename=name))
    media_id = tus.patch(address, 0, PDF).headers["upload-media-id"]
    shown = tus.client.get(f"/api/v1/media/{media_id}").json()["original_name"]
    assert 1 <= len(shown) <= 255
    assert not {"/", "\r", "\n", "\0", "\u202e"} & set(shown)


def test_a_file_of_a_refused_type_is_refused_with_its_first_bytes_and_the_upload_has_failed(tus: Tus) -> None:
    address = tus.create(10 * MIB)
    answer = tus.patch(address, 0, b"just text " * 1_000)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_type")
    assert "application/pdf" in answer.json()["allowed"]
    assert record(tus, address)["state"] == "failed"
    assert tus.head(address).status_code == 410


def test_a_refused_type_that_came_in_small_pieces_is_refused_at_the_end(tus: Tus) -> None:
    address = tus.create(20)
    assert tus.patch(address, 0, b"just text ").status_code == 204
    assert tus.patch(address, 10, b"just text ").status_code == 415
    assert record(tus, address)["state"] == "failed"


def test_a_file_of_no_bytes_is_named_as_empty(tus: Tus, service: Service) -> None:
    answer = tus.post(upload_length="0")
    assert (answer.status_code, answer.json()["code"]) == (400, "empty_file")
    deferred = tus.create(None)
    assert tus.patch(deferred, 0, b"", upload_length="0").status_code == 400
    assert {one["state"] for one in tus.client.get(PATH).json()["items"]} == {"failed"}


def test_a_creation_whose_bytes_are_refused_leaves_no_open_upload(tus: Tus) -> None:
    """Nobody was told its address, so nobody could go on with it."""
    refusals = [
        tus.post(PDF, upload_length="5", **BYTES),
        tus.post(PDF, upload_length=str(len(PDF)), upload_checksum=checksum("sha1", b""), **BYTES),
        tus.post(PDF, upload_length=str(len(PDF)), upload_checksum="crc32 AA==", **BYTES),
        tus.post(b"text" * 2_000, upload_length="8000", **BYTES),
    ]
    assert [answer.status_code for answer in refusals] == [413, 460, 400, 415]
    assert "open" not in {one["state"] for one in tus.client.get(PATH).json()["items"]}


def test_a_request_that_names_no_protocol_is_told_which_there_are(tus: Tus) -> None:
    answer = tus.client.post(PATH, headers={"upload-length": "5"})
    assert (answer.status_code, answer.json()["code"]) == (400, "protocol_missing")


def test_a_key_that_may_only_read_begins_nothing(new_client: object) -> None:
    assert callable(new_client)
    assert Tus(new_client(scopes=["media:read"])).post(upload_length="5").status_code == 403
