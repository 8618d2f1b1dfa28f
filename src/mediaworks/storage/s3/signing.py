"""Addresses by which clients send bytes straight to S3 (AWS Signature Version 4 in the query)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mediaworks.errors import Invalid
from mediaworks.storage.s3.bucket import Bucket
from mediaworks.storage.s3.failures import translated

PARAMETERS = {
    "content-type": "ContentType",
    "content-length": "ContentLength",
    "content-md5": "ContentMD5",
    "x-amz-checksum-sha256": "ChecksumSHA256",
    "if-none-match": "IfNoneMatch",
}
_KEPT_AS = {
    "ServerSideEncryption": "x-amz-server-side-encryption",
    "SSEKMSKeyId": "x-amz-server-side-encryption-aws-kms-key-id",
    "StorageClass": "x-amz-storage-class",
}


def headers_kept_as(bucket: Bucket) -> Mapping[str, str]:
    """What the address of the storage asks of every object, as headers that a client must send."""
    return {_KEPT_AS[name]: value for name, value in bucket.kept_as.items() if name in _KEPT_AS}


async def presign_put(bucket: Bucket, key: str, headers: Mapping[str, str], seconds: int) -> str:
    """Raises Invalid for a header that cannot be signed."""
    given = {name.lower(): value for name, value in headers.items()}
    own = headers_kept_as(bucket)
    if unknown := given.keys() - PARAMETERS.keys() - own.keys():
        raise Invalid(f"{min(unknown)}: cannot be signed; allowed are {', '.join(PARAMETERS)}", field=min(unknown))
    parameters: dict[str, Any] = {PARAMETERS[name]: value for name, value in given.items() if name in PARAMETERS}
    if "ContentLength" in parameters:
        parameters["ContentLength"] = int(parameters["ContentLength"])
    kept_as = {name: value for name, value in bucket.kept_as.items() if name in _KEPT_AS}
    return await _signed(bucket, "put_object", seconds, Key=bucket.names.of(key), **parameters, **kept_as)


async def presign_part(bucket: Bucket, key: str, session: str, number: int, size: int, seconds: int) -> str:
    where = {"Key": bucket.names.of(key), "UploadId": session, "PartNumber": number}
    return await _signed(bucket, "upload_part", seconds, **where, ContentLength=size)


async def _signed(bucket: Bucket, operation: str, seconds: int, **parameters: Any) -> str:
    client = await bucket.client()
    with translated(bucket.name):
        address: str = await client.generate_presigned_url(
            operation, Params={"Bucket": bucket.name, **parameters}, ExpiresIn=seconds
        )
    return address
