"""A tus 1.0 client that says just what a test tells it to."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import dataclass

import httpx

from mediaworks.testing.sending import Sending
from mediaworks.testing.service import Service

PATH = "/api/v1/uploads"
VERSION = {"tus-resumable": "1.0.0"}
BYTES = {"content-type": "application/offset+octet-stream"}


@dataclass(frozen=True, slots=True)
class Tus:
    """Requests of one user to one service."""

    client: httpx.Client

    def post(self, content: bytes = b"", /, **headers: str) -> httpx.Response:
        """A creation; `upload_length="3"` is the header Upload-Length."""
        return self.client.post(PATH, content=content, headers=VERSION | shown(headers))

    def create(self, length: int | None, /, **headers: str) -> str:
        """The address of a new upload."""
        known = {"upload_defer_length": "1"} if length is None else {"upload_length": str(length)}
        answer = self.post(b"", **(known | headers))
        assert answer.status_code == 201, answer.text
        return str(answer.headers["location"])

    def head(self, address: str) -> httpx.Response:
        return self.client.head(address, headers=VERSION)

    def offset(self, address: str) -> int:
        answer = self.head(address)
        assert answer.status_code == 200, answer.status_code
        return int(answer.headers["upload-offset"])

    def patch(self, address: str, offset: int, content: bytes, /, **headers: str) -> httpx.Response:
        told = VERSION | BYTES | {"upload-offset": str(offset)} | shown(headers)
        return self.client.patch(address, content=content, headers=told)

    def delete(self, address: str) -> httpx.Response:
        return self.client.delete(address, headers=VERSION)

    def part(self, content: bytes) -> str:
        """The address of a whole partial upload."""
        address = self.create(len(content), upload_concat="partial")
        assert not content or self.patch(address, 0, content).status_code == 204
        return address

    def sending(self, service: Service, address: str, offset: int, size: int | None, **headers: str) -> Sending:
        """A PATCH whose body the test sends itself; its size None: in chunks."""
        length = {"transfer-encoding": "chunked"} if size is None else {"content-length": str(size)}
        told = {"x-api-key": self.client.headers["x-api-key"], "upload-offset": str(offset)} | length
        return Sending(service, "PATCH", address, VERSION | BYTES | told | shown(headers))

    def content(self, address: str) -> bytes:
        """The bytes of the media object that the upload became."""
        media_id = self.head(address).headers["upload-media-id"]
        return self.client.get(f"/api/v1/media/{media_id}/download").content


def metadata(**values: str | bytes) -> str:
    """The header Upload-Metadata."""
    encoded = {key: value if isinstance(value, bytes) else value.encode() for key, value in values.items()}
    return ",".join(f"{key} {b64encode(value).decode()}" for key, value in encoded.items())


def checksum(algorithm: str, content: bytes) -> str:
    """The header Upload-Checksum."""
    digest = hashlib.new(algorithm, content, usedforsecurity=False).digest()
    return f"{algorithm} {b64encode(digest).decode()}"


def shown(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
