"""`s3://bucket/prefix?endpoint=…&region=…&path_style=…&sse=…&sse_key=…&storage_class=…`"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote

from mediaworks.errors import SetupError

OPTIONS = ("endpoint", "region", "path_style", "sse", "sse_key", "storage_class")
ENCRYPTIONS = ("AES256", "aws:kms")
_TRUTH = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class S3Address:
    """`prefix` ends with a slash unless it is empty. `kept_as` are the parameters of every request that makes an object."""

    bucket: str
    prefix: str = ""
    endpoint: str | None = None
    region: str | None = None
    path_style: bool = False
    kept_as: Mapping[str, str] = field(default_factory=dict)


def parse(url: SplitResult) -> S3Address:
    """Raises SetupError that names the part of the address which is wrong and what is allowed.

    Without `path_style` an endpoint of one's own is addressed by path, AWS by host.
    """
    if not url.hostname or "@" in url.netloc or ":" in url.netloc:
        raise _wrong("it names a bucket only, s3://bucket/prefix; credentials come from AWS_ACCESS_KEY_ID and its like")
    given = dict(parse_qsl(url.query, keep_blank_values=True))
    if unknown := given.keys() - set(OPTIONS):
        raise _wrong(f"unknown option {min(unknown)!r}; known are {', '.join(OPTIONS)}")
    endpoint = given.get("endpoint") or None
    if endpoint and not endpoint.startswith(("http://", "https://")):
        raise _wrong(f"endpoint {endpoint!r} must begin with http:// or https://")
    path_style = given.get("path_style", "true" if endpoint else "false")
    if path_style not in _TRUTH:
        raise _wrong(f"path_style {path_style!r} must be true or false")
    prefix = unquote(url.path).strip("/")
    return S3Address(
        bucket=url.netloc,
        prefix=f"{prefix}/" if prefix else "",
        endpoint=endpoint,
        region=given.get("region") or None,
        path_style=_TRUTH[path_style],
        kept_as=_kept_as(given),
    )


def _kept_as(given: Mapping[str, str]) -> Mapping[str, str]:
    encryption, key = given.get("sse"), given.get("sse_key")
    if encryption and encryption not in ENCRYPTIONS:
        raise _wrong(f"sse {encryption!r} must be {' or '.join(ENCRYPTIONS)}")
    if key and encryption != "aws:kms":
        raise _wrong("sse_key needs sse=aws:kms")
    named = {"ServerSideEncryption": encryption, "SSEKMSKeyId": key, "StorageClass": given.get("storage_class")}
    return {name: value for name, value in named.items() if value}


def _wrong(what: str) -> SetupError:
    return SetupError(f"The storage address s3://…: {what}")
