"""What owners may write on a media object: names, tags and metadata, within limits that the errors name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

import msgspec

from mediaworks.errors import Invalid

NAME_LENGTH = 255
TAGS = 64
TAG_LENGTH = 100
METADATA_BYTES = 32 * 1024
_SEPARATORS = re.compile(r"[/\\]")
_EXTENSION = re.compile(r"(?<=.)\.[A-Za-z][A-Za-z0-9]{0,4}$")


def clean_name(name: str, fallback: str = "file") -> str:
    """The last part of a file name without control characters, at most 255 characters; never empty."""
    base = _SEPARATORS.split(name)[-1]
    shown = "".join(c for c in unicodedata.normalize("NFC", base) if unicodedata.category(c)[0] != "C").strip()
    if shown in {"", ".", ".."}:
        return fallback
    if len(shown) <= NAME_LENGTH:
        return shown
    stem, dot, ending = shown.rpartition(".")
    keep = ending if dot and len(ending) <= 16 else ""
    return (stem if keep else shown)[: NAME_LENGTH - len(keep) - bool(keep)] + (f".{keep}" if keep else "")


def retyped(name: str, extension: str) -> str:
    """The name of a file that has become one of another type: `beach.jpg` as `beach.webp`."""
    return clean_name(f"{_EXTENSION.sub('', name)}.{extension}")


def check_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Tags trimmed and without repeats, in their order. Raises Invalid over 64 tags or 100 characters."""
    kept = tuple(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))
    if len(kept) > TAGS:
        raise Invalid(f"tags: {len(kept)} are too many; at most {TAGS} are allowed", field="tags", limit=TAGS)
    for tag in kept:
        if len(tag) > TAG_LENGTH or "\x00" in tag:
            raise Invalid(f"tags: a tag has at most {TAG_LENGTH} characters and no NUL", field="tags", limit=TAG_LENGTH)
    return kept


def parse_tags(text: str) -> tuple[str, ...]:
    """Tags as a JSON list or separated by commas."""
    if not text.lstrip().startswith("["):
        return check_tags(text.split(","))
    try:
        return check_tags(msgspec.json.decode(text, type=list[str]))
    except msgspec.MsgspecError as error:
        raise Invalid("tags: must be a JSON list of texts, or texts separated by commas", field="tags") from error


def check_metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    """Raises Invalid when the object is over 32 KiB of JSON or holds what PostgreSQL cannot keep."""
    size = len(text := msgspec.json.encode(metadata))
    if size > METADATA_BYTES:
        raise Invalid(
            f"metadata: {size} bytes of JSON are too many; at most {METADATA_BYTES} are allowed",
            field="metadata",
            limit=METADATA_BYTES,
        )
    if b"\\u0000" in text:
        raise Invalid("metadata: a text may not contain NUL", field="metadata")
    return metadata


def parse_metadata(text: str) -> dict[str, Any]:
    """Metadata as a JSON object."""
    try:
        return check_metadata(msgspec.json.decode(text, type=dict[str, Any]))
    except msgspec.MsgspecError as error:
        raise Invalid(f"metadata: must be a JSON object ({error})", field="metadata") from error
