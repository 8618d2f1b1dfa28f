"""What goes wrong between us and an S3, in the words of the project's errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError

from mediaworks.errors import (
    Conflict,
    MediaworksError,
    NotFound,
    PreconditionFailed,
    RangeNotSatisfiable,
    StorageFull,
    Unavailable,
)

UNAVAILABLE = "storage_unavailable"
_MISSING = {"NoSuchKey", "NoSuchUpload", "NotFound", "404"}
_CHANGED = {"PreconditionFailed", "412"}
_OTHER_PARTS = {"InvalidPart", "InvalidPartOrder"}
_FULL = {"InsufficientStorage", "QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "507"}
_CREDENTIALS = {
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "InvalidToken",
    "ExpiredToken",
    "AuthorizationHeaderMalformed",
}


@contextmanager
def translated(bucket: str) -> Iterator[None]:
    """Raise NotFound, PreconditionFailed, Conflict, RangeNotSatisfiable, StorageFull or Unavailable (code storage_unavailable) instead."""
    try:
        yield
    except ClientError as error:
        raise _of(error, bucket) from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        text = "No credentials for the S3 storage: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        raise Unavailable(text, code=UNAVAILABLE) from error
    except (BotoCoreError, aiohttp.ClientError, OSError, TimeoutError) as error:
        raise Unavailable(
            f"The S3 storage does not answer: {error or type(error).__name__}", code=UNAVAILABLE
        ) from error


def code_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _of(error: ClientError, bucket: str) -> MediaworksError:
    code = code_of(error)
    if code in _MISSING:
        return NotFound("The stored file is missing", code="blob_missing")
    if code in _CHANGED:
        return PreconditionFailed("The stored file is another one by now", code="blob_changed")
    if code in _OTHER_PARTS:
        return Conflict("The parts are not those that the storage has", code="parts_missing")
    if code == "EntityTooSmall":
        return Conflict("A part before the last one has less than 5 MiB", code="part_too_small")
    if code in {"InvalidRange", "416"}:
        return RangeNotSatisfiable()
    if code in _FULL:
        return StorageFull()
    return Unavailable(_explained(error, code, bucket), code=UNAVAILABLE)


def _explained(error: ClientError, code: str, bucket: str) -> str:
    if code in _CREDENTIALS:
        return f"The S3 storage does not accept our credentials ({code}): look at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    if code in {"AccessDenied", "403"}:
        return f"The credentials may not {error.operation_name} in the bucket {bucket} (docs/storage.md names what is needed)"
    if code == "NoSuchBucket":
        return f"The S3 storage has no bucket {bucket}"
    return f"The S3 storage refused {error.operation_name} ({code})"
