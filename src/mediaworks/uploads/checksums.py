"""Checksums that senders give: of one request (tus `Upload-Checksum`, RFC 9530 `Content-Digest`) or of the whole file
(`Repr-Digest`)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

from mediaworks.errors import ChecksumMismatch, Invalid

TUS_ALGORITHMS = ("sha1", "sha256", "md5")
RFC_ALGORITHMS = {"sha-256": "sha256", "sha-512": "sha512"}
_MEMBER = re.compile(r"([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/=]*):")


class Checksum:
    """What the bytes of one request are to hash to."""

    def __init__(self, algorithm: str, expected: bytes) -> None:
        self._algorithm = algorithm
        self._digest = hashlib.new(algorithm, usedforsecurity=False)
        self._expected = expected
        if len(expected) != self._digest.digest_size:
            raise Invalid(
                f"checksum: a {algorithm} has {self._digest.digest_size} bytes, not {len(expected)}", field="checksum"
            )

    def update(self, chunk: bytes) -> None:
        self._digest.update(chunk)

    @property
    def fits(self) -> bool:
        return self._digest.digest() == self._expected

    def verify(self) -> None:
        """Raises ChecksumMismatch."""
        if not self.fits:
            raise ChecksumMismatch(
                f"The {self._algorithm} of what came is another one: nothing of this request was kept",
                algorithm=self._algorithm,
            )


def from_tus(header: str | None) -> Checksum | None:
    """`Upload-Checksum: sha1 base64` (tus 1.0, checksum). Raises Invalid."""
    if header is None:
        return None
    algorithm, _, encoded = header.strip().partition(" ")
    if algorithm not in TUS_ALGORITHMS:
        raise Invalid(
            f"Upload-Checksum: {algorithm} is not one of {', '.join(TUS_ALGORITHMS)}",
            field="Upload-Checksum",
            allowed=list(TUS_ALGORITHMS),
        )
    return Checksum(algorithm, _decoded(encoded, "Upload-Checksum"))


def from_content_digest(header: str | None) -> Checksum | None:
    """The strongest digest of `Content-Digest` (RFC 9530 section 2) that we know, None without one. Raises Invalid."""
    found = _digests(header, "Content-Digest")
    return next((Checksum(name, found[name]) for name in ("sha512", "sha256") if name in found), None)


def from_repr_digest(header: str | None) -> dict[str, str]:
    """The digests of the whole file that `Repr-Digest` (RFC 9530 section 3) names and we know, in hex. Raises Invalid."""
    return {name: value.hex() for name, value in _digests(header, "Repr-Digest").items()}


def from_text(algorithm: str, text: str) -> dict[str, str]:
    """A digest of the whole file in hex or base64, with its name before it or without: `sha256:…`. Raises Invalid."""
    size = hashlib.new(algorithm, usedforsecurity=False).digest_size
    given = re.sub(rf"^{algorithm}[:=-]", "", text.strip(), flags=re.IGNORECASE)
    value = bytes.fromhex(given) if re.fullmatch(rf"[0-9a-fA-F]{{{size * 2}}}", given) else _decoded(given, "checksum")
    return {algorithm: Checksum(algorithm, value)._expected.hex()}


def _digests(header: str | None, field: str) -> dict[str, bytes]:
    if not header:
        return {}
    members = [_MEMBER.fullmatch(member.strip()) for member in header.split(",")]
    if not all(members):
        raise Invalid(f"{field}: is not a dictionary of digests such as sha-256=:…: (RFC 9530)", field=field)
    named = {match[1]: match[2] for match in members if match}
    found = {RFC_ALGORITHMS[name]: _decoded(value, field) for name, value in named.items() if name in RFC_ALGORITHMS}
    for algorithm, value in found.items():
        Checksum(algorithm, value)
    return found


def _decoded(encoded: str, field: str) -> bytes:
    try:
        return base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid(f"{field}: is not base64", field=field) from error
