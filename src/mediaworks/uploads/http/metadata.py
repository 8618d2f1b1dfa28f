"""`Upload-Metadata`, what tus clients say of a file; tus-js-client sends it in the IETF's protocol too."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from mediaworks.errors import Invalid, TooLarge
from mediaworks.uploads.model import Labels

METADATA_BYTES = 16 * 1024


def parse_metadata(header: str) -> dict[str, str]:
    """Keys and base64 of UTF-8, separated by commas; a key may stand alone. Raises Invalid, TooLarge."""
    if len(header) > METADATA_BYTES:
        raise TooLarge(
            f"Upload-Metadata: has at most {METADATA_BYTES} bytes", field="Upload-Metadata", limit=METADATA_BYTES
        )
    pairs = [pair.strip().partition(" ") for pair in header.split(",") if pair.strip()]
    try:
        return {key: base64.b64decode(value, validate=True).decode("utf-8") for key, _, value in pairs}
    except (binascii.Error, ValueError) as error:
        raise Invalid(
            "Upload-Metadata: must be keys with values in base64 of UTF-8", field="Upload-Metadata"
        ) from error


def name_of(metadata: Mapping[str, str]) -> str | None:
    return metadata.get("filename") or metadata.get("name") or None


def labels_of(metadata: Mapping[str, str]) -> Labels:
    """Raises Invalid for a label over its limits."""
    labels = Labels()
    for key, value in metadata.items():
        labels = labels.with_field(key, value)
    return labels
