"""What every check meets: a running service, files to send, and the media objects that come of them."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from mediaworks.testing import media
from mediaworks.testing.service import Service, wait_until

SIZE = 9_300_007


class Skipped(Exception):
    """Something that a check needs is not on this machine; the message says what."""


@dataclass(frozen=True, slots=True)
class World:
    """`storage` is where the service keeps blobs: local or s3. `folder` is empty, for the checks to write in. Pages of
    the port `page_port` of this machine may call the service."""

    service: Service
    storage: str
    folder: Path
    page_port: int

    @property
    def url(self) -> str:
        return self.service.url

    @property
    def key(self) -> str:
        return self.service.admin_key

    @property
    def headers(self) -> dict[str, str]:
        return {"X-API-Key": self.key}

    def file(self, name: str, size: int = SIZE) -> Path:
        """A file that no other check has sent."""
        path = self.folder / name
        path.write_bytes(media.PDF + os.urandom(size - len(media.PDF)))
        return path

    def ask(self, method: str, path: str, **request: Any) -> Any:
        """The JSON of an answer of the service."""
        answer = httpx.request(
            method, self.url + path, headers=self.headers | request.pop("headers", {}), trust_env=False, timeout=60,
            **request,
        )  # fmt: skip
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:300]}"
        return answer.json()

    def media_of(self, location: str) -> str:
        """The id of the media object that an upload became; `location` is the address that a client was given."""
        upload_id = location.rstrip("/").rpartition("/")[2]

        def done() -> dict[str, Any] | None:
            upload: dict[str, Any] = self.ask("GET", f"/api/v1/uploads/{upload_id}")
            return upload if upload["state"] != "open" else None

        upload = wait_until(done)
        assert upload["state"] == "done", upload
        return str(upload["media_id"])

    def require_same(self, media_id: str, path: Path) -> None:
        """Raise AssertionError unless the media object is the file, byte for byte."""
        sent = path.read_bytes()
        stored = self.ask("GET", f"/api/v1/media/{media_id}")
        assert stored["size_bytes"] == len(sent), f"{stored['size_bytes']} bytes are stored of {len(sent)}"
        assert stored["sha256"] == hashlib.sha256(sent).hexdigest(), "the stored SHA-256 is not that of the file"
        assert stored["original_name"] == path.name, f"the name became {stored['original_name']!r}"
        read = httpx.get(
            f"{self.url}/api/v1/media/{media_id}/download", headers=self.headers, trust_env=False, timeout=60
        )
        assert read.content == sent, "what is read back is not what was sent"
