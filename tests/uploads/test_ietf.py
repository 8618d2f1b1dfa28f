"""Resumable Uploads for HTTP (draft-ietf-httpbis-resumable-upload), interop versions 8, 6, 5 and 3."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx
import pytest

from mediaworks.testing import media
from mediaworks.testing.sending import Sending
from mediaworks.testing.service import Service, wait_until

PATH = "/api/v1/uploads"
PDF = media.PDF + bytes(range(256)) * 100
PROBLEM = "https://iana.org/assignments/http-problem-types#"


@dataclass(frozen=True, slots=True)
class Dialect:
    """A client that speaks one interop version."""

    client: httpx.Client
    version: int

    def headers(self, *, complete: bool, **more: str) -> dict[str, str]:
        told = {"upload-complete": "?1" if complete else "?0"}
        if self.version == 3:
            told = {"upload-incomplete": "?0" if complete else "?1"}
        shown = {name.replace("_", "-"): value for name, value in more.items()}
        return {"upload-draft-interop-version": str(self.version)} | told | shown

    def create(self, content: bytes = b"", /, *, complete: bool = False, **more: str) -> httpx.Response:
        return self.client.post(PATH, content=content, headers=self.headers(complete=complete, **more))

    def append(self, at: str, offset: int, content: bytes, /, *, complete: bool, **more: str) -> httpx.Response:
        kind = "application/partial-upload" if self.version >= 6 else "application/octet-stream"
        headers = {"content-type": kind, "upload-offset": str(offset)} | self.headers(complete=complete, **more)
        return self.client.patch(at, content=content, headers=headers)

    def look(self, at: str) -> httpx.Response:
        return self.client.head(at, headers={"upload-draft-interop-version": str(self.version)})

    def is_complete(self, answer: httpx.Response) -> bool:
        if self.version == 3:
            return answer.headers["upload-incomplete"] == "?0"
        return answer.headers["upload-complete"] == "?1"

    def content(self, media_id: str) -> bytes:
        return self.client.get(f"/api/v1/media/{media_id}/download").content


@pytest.fixture(params=[8, 6, 5, 3])
def dialect(request: pytest.FixtureRequest, client: httpx.Client) -> Dialect:
    return Dialect(client, request.param)


@pytest.fixture
def newest(client: httpx.Client) -> Dialect:
    return Dialect(client, 8)


def digest(algorithm: str, content: bytes) -> str:
    value = b64encode(hashlib.new(algorithm.replace("-", ""), content).digest()).decode()
    return f"{algorithm}=:{value}:"


def test_a_whole_file_in_one_request_is_answered_with_its_media_object(dialect: Dialect) -> None:
    name = "attachment; filename*=UTF-8''%C3%9Cbersicht.pdf"
    answer = dialect.create(PDF, complete=True, content_disposition=name)
    assert (answer.status_code, answer.headers["upload-offset"]) == (201, str(len(PDF)))
    assert dialect.is_complete(answer)
    assert answer.json()["original_name"] == "Übersicht.pdf"
    assert answer.json()["sha256"] == hashlib.sha256(PDF).hexdigest()


def test_a_file_in_three_requests(dialect: Dialect) -> None:
    created = dialect.create(PDF[:5_000], upload_length=str(len(PDF)))
    at = created.headers["location"]
    assert (created.status_code, created.headers["upload-offset"]) == (201, "5000")
    assert "max-size=33554432" in created.headers["upload-limit"]
    assert not dialect.is_complete(created)
    more = dialect.append(at, 5_000, PDF[5_000:9_000], complete=False)
    assert (more.status_code, more.headers["upload-offset"], dialect.is_complete(more)) == (204, "9000", False)
    last = dialect.append(at, 9_000, PDF[9_000:], complete=True)
    assert (last.status_code, dialect.is_complete(last)) == (200, True)
    assert dialect.content(last.json()["id"]) == PDF


def test_an_upload_without_bytes_or_length_learns_its_length_at_the_end(dialect: Dialect) -> None:
    at = dialect.create().headers["location"]
    looked = dialect.look(at)
    assert (looked.status_code, looked.headers["upload-offset"]) == (204, "0")
    assert "upload-length" not in looked.headers
    dialect.append(at, 0, PDF[:7_000], complete=False)
    last = dialect.append(at, 7_000, PDF[7_000:], complete=True)
    assert dialect.content(last.json()["id"]) == PDF


def test_the_offset_is_told_with_all_there_is_to_know_and_not_stored(dialect: Dialect) -> None:
    at = dialect.create(PDF[:5_000], upload_length=str(len(PDF))).headers["location"]
    looked = dialect.look(at)
    assert (looked.headers["upload-offset"], looked.headers["upload-length"]) == ("5000", str(len(PDF)))
    assert looked.headers["cache-control"] == "no-store"
    assert "max-age=" in looked.headers["upload-limit"]
    assert looked.headers["upload-draft-interop-version"] == str(dialect.version)
    assert not dialect.is_complete(looked)
    dialect.append(at, 5_000, PDF[5_000:], complete=True)
    whole = dialect.look(at)
    assert (whole.headers["upload-offset"], dialect.is_complete(whole)) == (str(len(PDF)), True)


def test_a_body_of_unknown_length_may_be_the_whole(dialect: Dialect) -> None:
    def chunks() -> Iterator[bytes]:
        yield PDF[:5_000]
        yield PDF[5_000:]

    answer = dialect.client.post(PATH, content=chunks(), headers=dialect.headers(complete=True))
    assert answer.status_code == 201
    assert dialect.content(answer.json()["id"]) == PDF


def test_the_last_request_may_be_empty(dialect: Dialect) -> None:
    at = dialect.create(PDF).headers["location"]
    last = dialect.append(at, len(PDF), b"", complete=True)
    assert dialect.content(last.json()["id"]) == PDF


def test_a_cancelled_upload_is_gone(dialect: Dialect) -> None:
    at = dialect.create(PDF[:5_000]).headers["location"]
    assert dialect.client.delete(at, headers=dialect.headers(complete=False)).status_code == 204
    assert dialect.look(at).status_code == 410
    assert dialect.append(at, 5_000, PDF[5_000:], complete=True).status_code == 410


def test_a_wrong_offset_is_a_problem_that_tells_both(dialect: Dialect) -> None:
    at = dialect.create(PDF[:5_000]).headers["location"]
    answer = dialect.append(at, 4_000, PDF[4_000:], complete=True)
    problem = answer.json()
    assert (answer.status_code, answer.headers["upload-offset"]) == (409, "5000")
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert problem["type"] == PROBLEM + "mismatching-upload-offset"
    assert (problem["expected-offset"], problem["provided-offset"]) == (5_000, 4_000)
    assert not dialect.is_complete(answer)
    assert dialect.append(at, 5_000, PDF[5_000:], complete=True).status_code == 200


@pytest.mark.parametrize(("complete", "length"), [(True, len(PDF) - 1), (False, len(PDF) + 1), (False, 10)])
def test_an_inconsistent_length_is_a_problem(dialect: Dialect, complete: bool, length: int) -> None:
    at = dialect.create(PDF[:5_000], upload_length=str(len(PDF))).headers["location"]
    answer = dialect.append(at, 5_000, PDF[5_000:-1], complete=complete, upload_length=str(length))
    assert (answer.status_code, answer.json()["type"]) == (400, PROBLEM + "inconsistent-upload-length")
    assert not dialect.is_complete(answer)
    assert dialect.look(at).headers["upload-offset"] == "5000"


def test_a_last_request_that_ends_before_the_length_is_inconsistent(dialect: Dialect) -> None:
    at = dialect.create(PDF[:5_000], upload_length=str(len(PDF))).headers["location"]
    answer = dialect.append(at, 5_000, PDF[5_000:-1], complete=True)
    assert (answer.status_code, answer.json()["type"]) == (400, PROBLEM + "inconsistent-upload-length")
    assert dialect.append(at, 5_000, PDF[5_000:], complete=True).status_code == 200


def test_a_creation_whose_lengths_differ_is_inconsistent(dialect: Dialect) -> None:
    answer = dialect.create(PDF, complete=True, upload_length=str(len(PDF) + 1))
    assert (answer.status_code, answer.json()["type"]) == (400, PROBLEM + "inconsistent-upload-length")
    assert "open" not in {one["state"] for one in dialect.client.get(PATH).json()["items"]}


def test_a_last_chunked_request_that_ends_before_the_length_is_inconsistent(dialect: Dialect) -> None:
    at = dialect.create(PDF[:5_000], upload_length=str(len(PDF))).headers["location"]

    def chunks() -> Iterator[bytes]:
        yield PDF[5_000:-1]

    kind = {"content-type": "application/partial-upload", "upload-offset": "5000"}
    answer = dialect.client.patch(at, content=chunks(), headers=dialect.headers(complete=True) | kind)
    assert (answer.status_code, answer.json()["type"]) == (400, PROBLEM + "inconsistent-upload-length")
    assert dialect.append(at, 5_000, PDF[5_000:], complete=True).status_code == 200


def test_a_completed_upload_takes_no_more(dialect: Dialect) -> None:
    at = dialect.create(PDF, complete=True).headers["location"]
    answer = dialect.append(at, len(PDF), b"more", complete=True)
    assert (answer.status_code, answer.json()["type"]) == (400, PROBLEM + "completed-upload")


def test_more_bytes_than_the_length_are_refused(dialect: Dialect) -> None:
    at = dialect.create(PDF[:5_000], upload_length=str(len(PDF))).headers["location"]
    assert dialect.append(at, 5_000, PDF[5_000:] + b"!", complete=False).status_code == 413
    assert dialect.look(at).headers["upload-offset"] == "5000"
    assert dialect.create(upload_length=str((32 << 20) + 1)).status_code == 413


@pytest.mark.parametrize("algorithm", ["sha-256", "sha-512"])
def test_the_digest_of_the_whole_is_verified_at_the_end(newest: Dialect, algorithm: str) -> None:
    told = digest(algorithm, PDF)
    at = newest.create(PDF[:5_000], repr_digest=f"unixsum=:AA==:, {told}").headers["location"]
    assert newest.append(at, 5_000, PDF[5_000:], complete=True).status_code == 200
    wrong = newest.create(PDF[:5_000], repr_digest=told).headers["location"]
    answer = newest.append(wrong, 5_000, PDF[5_000:-1] + b"!", complete=True)
    assert (answer.status_code, answer.json()["code"]) == (460, "checksum_mismatch")
    assert newest.look(wrong).status_code == 410
    assert len(newest.client.get("/api/v1/media").json()["items"]) == 1


@pytest.mark.parametrize("algorithm", ["sha-256", "sha-512"])
def test_the_digest_of_a_request_is_verified_and_a_wrong_one_keeps_nothing(newest: Dialect, algorithm: str) -> None:
    at = newest.create(PDF[:5_000], content_digest=digest(algorithm, PDF[:5_000])).headers["location"]
    damaged = PDF[5_000:-1] + b"!"
    refused = newest.append(at, 5_000, damaged, complete=True, content_digest=digest(algorithm, PDF[5_000:]))
    assert (refused.status_code, refused.json()["code"]) == (460, "checksum_mismatch")
    assert newest.look(at).headers["upload-offset"] == "5000"
    last = newest.append(at, 5_000, PDF[5_000:], complete=True, content_digest=digest(algorithm, PDF[5_000:]))
    assert newest.content(last.json()["id"]) == PDF


@pytest.mark.parametrize("field", ["Repr-Digest", "Content-Digest"])
@pytest.mark.parametrize("told", ["sha-256=abc", "sha-256=:!!!!:", "sha-256=:AAAA:", "nonsense"])
def test_a_digest_that_is_none_is_refused(newest: Dialect, field: str, told: str) -> None:
    answer = newest.create(PDF, complete=True, **{field.lower(): told})
    assert answer.status_code == 400
    assert "open" not in {one["state"] for one in newest.client.get(PATH).json()["items"]}


def test_a_patch_of_another_type_is_refused_from_version_6_on(dialect: Dialect) -> None:
    at = dialect.create(PDF[:5_000]).headers["location"]
    answer = dialect.append(at, 5_000, PDF[5_000:], complete=True, content_type="application/octet-stream")
    assert answer.status_code == (415 if dialect.version >= 6 else 200)


@pytest.mark.parametrize("version", ["4", "7", "9", "", "x", "8.0", "²", "9" * 5_000])
def test_another_version_is_refused_and_ours_are_told(client: httpx.Client, version: str) -> None:
    headers = {"upload-draft-interop-version": version, "upload-complete": "?1"}
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    answer = client.post(PATH, content=PDF, headers=raw)
    assert (answer.status_code, answer.json()["allowed"]) == (400, [3, 5, 6, 8])


@pytest.mark.parametrize("told", ["1", "true", "?2", "", "?1;x"])
def test_a_flag_that_is_none_is_refused(client: httpx.Client, told: str) -> None:
    answer = client.post(PATH, content=PDF, headers={"upload-complete": told})
    assert (answer.status_code, answer.json()["field"]) == (400, "Upload-Complete")


def test_a_request_that_does_not_say_whether_it_is_the_last_is_refused(newest: Dialect) -> None:
    at = newest.create(PDF[:5_000]).headers["location"]
    headers = {"content-type": "application/partial-upload", "upload-offset": "5000"}
    told = {"upload-draft-interop-version": "8"}
    assert newest.client.patch(at, content=PDF[5_000:], headers=headers | told).status_code == 400


def test_without_a_version_the_newest_is_spoken(client: httpx.Client) -> None:
    answer = client.post(PATH, content=PDF, headers={"upload-complete": "?1"})
    assert (answer.status_code, answer.headers["upload-draft-interop-version"]) == (201, "8")


def test_options_tell_the_limits_without_a_key(service: Service) -> None:
    answer = httpx.options(service.url + PATH, trust_env=False)
    assert answer.headers["upload-limit"] == "min-size=0, max-size=33554432, max-age=86400"
    assert answer.headers["accept-patch"] == "application/partial-upload"


def test_the_upload_of_another_is_as_good_as_none(newest: Dialect, new_client: Callable[..., httpx.Client]) -> None:
    at = newest.create(PDF[:5_000]).headers["location"]
    other = Dialect(new_client(), 8)
    assert other.look(at).status_code == 404
    assert other.append(at, 5_000, PDF[5_000:], complete=True).status_code == 404
    assert newest.look(at).headers["upload-offset"] == "5000"


def test_a_file_of_a_refused_type_is_refused_in_its_first_request(dialect: Dialect) -> None:
    assert dialect.create(b"just text " * 1_000, complete=True).status_code == 415
    assert dialect.create(b"", complete=True).status_code == 400
    assert {one["state"] for one in dialect.client.get(PATH).json()["items"]} == {"failed"}


def test_an_answer_to_a_finished_upload_is_told_in_tus_as_well(newest: Dialect) -> None:
    """One record for every protocol."""
    at = newest.create(PDF, complete=True).headers["location"]
    answer = newest.client.head(at, headers={"tus-resumable": "1.0.0"})
    assert (answer.status_code, answer.headers["upload-offset"]) == (200, str(len(PDF)))


def test_looking_at_the_offset_ends_the_running_append_and_keeps_its_bytes(newest: Dialect, service: Service) -> None:
    at = newest.create(PDF[:5_000]).headers["location"]
    headers = newest.headers(complete=True) | {
        "content-type": "application/partial-upload", "upload-offset": "5000", "content-length": str(len(PDF) - 5_000),
        "x-api-key": newest.client.headers["x-api-key"],
    }  # fmt: skip
    upload_id = at.rpartition("/")[2]
    with Sending(service, "PATCH", at, headers) as sending:
        sending.send(PDF[5_000:9_000])
        [path] = (service.data_dir / "blobs" / "incoming").glob(f"*{upload_id}")
        wait_until(lambda: path.stat().st_size == 9_000)
        assert newest.look(at).headers["upload-offset"] == "9000"
        assert sending.answer().status == 499
    assert newest.append(at, 9_000, PDF[9_000:], complete=True).status_code == 200
