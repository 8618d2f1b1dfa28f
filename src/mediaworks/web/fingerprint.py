"""What makes a request the same as another: fingerprints that are taken while the body streams by."""

from __future__ import annotations

import hashlib
from typing import Any

from litestar.types import Scope
from multipart import parse_options_header

from mediaworks.accounts import Caller

BOUNDARY_MARK = b"\0boundary\0"
TELLING = (b"upload-", b"x-http-method-override")


def of_request(scope: Scope, caller: Caller) -> bytes:
    """Of method, path, query, the kind of the body, the headers that say what to make, and of what the caller may: an
    answer goes to nobody who may less."""
    kind = parse_options_header(content_type_of(scope))[0].encode()
    may = ",".join([str(caller.key_id), caller.role, *sorted(caller.scopes)])
    telling = [part for header in sorted(scope["headers"]) if header[0].startswith(TELLING) for part in header]
    parts = (str(scope.get("method")).encode(), scope["raw_path"], scope["query_string"], kind, may.encode(), *telling)
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()


class BodyFingerprint:
    """Of the bytes of a body; of a form without its boundary, which clients choose anew for each try."""

    def __init__(self, content_type: str) -> None:
        self._boundary = _boundary(content_type)
        self._rest = b""
        self._digest = hashlib.sha256()
        self.size = 0

    def update(self, chunk: bytes) -> None:
        if not self._boundary:
            self._take(chunk)
            return
        *before, rest = (self._rest + chunk).split(self._boundary)
        for piece in before:
            self._take(piece)
            self._take(BOUNDARY_MARK)
        held = min(len(rest), len(self._boundary) - 1)
        self._take(rest[: len(rest) - held])
        self._rest = rest[len(rest) - held :]

    def digest(self) -> bytes:
        """To be taken at the end of the body."""
        self._take(self._rest)
        self._rest = b""
        return self._digest.digest()

    def _take(self, piece: bytes) -> None:
        self.size += len(piece)
        self._digest.update(piece)


def _boundary(content_type: str) -> bytes:
    kind, parameters = parse_options_header(content_type)
    return parameters.get("boundary", "").encode("latin-1") if kind.startswith("multipart/") else b""


def content_type_of(scope: Any) -> str:
    return str(dict(scope["headers"]).get(b"content-type", b"").decode("latin-1"))
