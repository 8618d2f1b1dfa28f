"""A client of tus 1.0 (https://tus.io/protocols/resumable-upload): one call for each request of the protocol."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from threading import Event
from typing import Any

import httpx

from mediaworks.cli.asking import ask, interruption
from mediaworks.cli.client import answer_of, problem_of
from mediaworks.errors import MediaworksError

ENDPOINT = "/api/v1/uploads"
MISPLACED = 409
GONE = frozenset({404, 410})


class Gone(MediaworksError):
    code, title = "upload_gone", "The service does not know this upload any more"


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an upload is: `offset` bytes are safe of `length`, None while nobody told the service how many."""

    offset: int
    length: int | None
    media_id: str | None = None

    @property
    def is_whole(self) -> bool:
        return self.offset == self.length


class Tus:
    """Every call raises Interrupted, Gone, or the refusal as ServiceError; what a body raises goes through. `met` is set
    as soon as the service has answered."""

    def __init__(self, client: httpx.Client, met: Event, endpoint: str = ENDPOINT) -> None:
        self._client = client
        self._met = met
        self._endpoint = endpoint

    def create(self, metadata: Mapping[str, str], *, length: int | None, partial: bool = False) -> tuple[str, Standing]:
        """Begin an upload and return its address; a `partial` one is a part for `join`. Without `length` it is told later."""
        size = {"upload-defer-length": "1"} if length is None else {"upload-length": str(length)}
        return self._create(size | _metadata(metadata) | ({"upload-concat": "partial"} if partial else {}), length)

    def join(self, addresses: Iterable[str], metadata: Mapping[str, str], *, length: int) -> tuple[str, Standing]:
        """Make one upload of whole partial ones, in this order."""
        return self._create({"upload-concat": "final;" + " ".join(addresses)} | _metadata(metadata), length)

    def standing(self, address: str) -> Standing:
        return _standing(self._ask("HEAD", address, {}), None)

    def append(
        self, address: str, at: Standing, body: Iterator[bytes], *, size: int | None, length: int | None
    ) -> Standing:
        """Send `body` after the bytes that are there. `size`: its length where it is known; `length`: that of the whole
        upload, to be told where `at` says that the service does not know it."""
        headers = {"content-type": "application/offset+octet-stream", "upload-offset": str(at.offset)}
        if size is not None:
            headers["content-length"] = str(size)
        if at.length is None and length is not None:
            headers["upload-length"] = str(length)
        return _standing(self._ask("PATCH", address, headers, body), length)

    def state(self, address: str) -> dict[str, Any]:
        """The upload as JSON: state, media_id, error."""
        found: dict[str, Any] = answer_of(self._ask("GET", address, {}))
        return found

    def terminate(self, address: str) -> None:
        self._ask("DELETE", address, {})

    def _create(self, headers: Mapping[str, str], length: int | None) -> tuple[str, Standing]:
        answer = self._ask("POST", self._endpoint, {**headers, "content-length": "0"})
        name = answer.headers.get("location", "").rstrip("/").rpartition("/")[2]
        return f"{self._endpoint}/{name}", _standing(answer, length)

    def _ask(
        self, method: str, address: str, headers: Mapping[str, str], body: Iterator[bytes] | None = None
    ) -> httpx.Response:
        headers = {"tus-resumable": "1.0.0", **headers}
        answer = ask(self._client, self._met, method, address, headers=headers, content=body)
        if answer.status_code in GONE and address != self._endpoint:
            raise Gone
        if answer.status_code == MISPLACED and method == "PATCH":
            raise interruption(answer)
        if not answer.is_success:
            raise problem_of(answer)
        return answer


def _standing(answer: httpx.Response, length: int | None) -> Standing:
    given = answer.headers
    known = int(given["upload-length"]) if "upload-length" in given else length
    offset = (
        known if "upload-offset" not in given and "upload-media-id" in given else int(given.get("upload-offset", 0))
    )
    return Standing(offset or 0, known, given.get("upload-media-id"))


def _metadata(fields: Mapping[str, str]) -> dict[str, str]:
    pairs = (f"{name} {b64encode(value.encode('utf-8', 'replace')).decode()}" for name, value in fields.items())
    return {"upload-metadata": ",".join(pairs)} if fields else {}
