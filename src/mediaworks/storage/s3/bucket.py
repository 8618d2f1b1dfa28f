"""One bucket, and the client that speaks to it. The client is made at the first call, in the loop that makes it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from typing import Any

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session

from mediaworks.storage.s3.address import S3Address
from mediaworks.storage.s3.bodies import SLICE_BYTES, MemoryBody
from mediaworks.storage.s3.failures import translated
from mediaworks.storage.s3.names import Names

ATTEMPTS = 4
CONNECT_SECONDS = 5
READ_SECONDS = 90
CONNECTIONS = 64
DEFAULT_REGION = "us-east-1"


class Bucket:
    """`call` sends one request, tried again by the client when that makes sense; it raises the project's errors."""

    def __init__(self, address: S3Address) -> None:
        self.name = address.bucket
        self.names = Names(address.prefix)
        self.kept_as: Mapping[str, str] = {"ContentType": "application/octet-stream", **address.kept_as}
        self._address = address
        self._opening = asyncio.Lock()
        self._open = AsyncExitStack()
        self._client: Any = None

    async def client(self) -> Any:
        async with self._opening:
            if self._client is None:
                with translated(self.name):
                    self._client = await self._open.enter_async_context(self._new_client())
        return self._client

    async def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        client = await self.client()
        with translated(self.name):
            answer: dict[str, Any] = await getattr(client, operation)(Bucket=self.name, **parameters)
        return answer

    async def pages(self, operation: str, **parameters: Any) -> AsyncIterator[dict[str, Any]]:
        client = await self.client()
        with translated(self.name):
            async for page in client.get_paginator(operation).paginate(Bucket=self.name, **parameters):
                yield page

    async def put(self, name: str, content: bytes | bytearray, **parameters: Any) -> str:
        """Store a small object; returns its tag. The MD5 travels along, so what arrives broken is refused."""
        md5 = await asyncio.to_thread(md5_of, content)
        body = MemoryBody(content) if len(content) > SLICE_BYTES else bytes(content)
        answer = await self.call(
            "put_object", Key=name, Body=body, ContentLength=len(content), ContentMD5=md5, **parameters
        )
        return unquoted(answer["ETag"])

    async def get(self, name: str, start: int, size: int, **condition: str) -> bytes:
        """Exactly `size` bytes, few enough for memory."""
        answer = await self.call("get_object", Key=name, Range=f"bytes={start}-{start + size - 1}", **condition)
        with translated(self.name):
            content: bytes = await answer["Body"].read()
        return content

    async def close(self) -> None:
        await self._open.aclose()
        self._client = None

    def _new_client(self) -> Any:
        session, address = get_session(), self._address
        config = AioConfig(
            signature_version="s3v4",
            s3={"addressing_style": "path" if address.path_style else "virtual", "payload_signing_enabled": False},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            max_pool_connections=CONNECTIONS,
        )
        region = address.region or session.get_config_variable("region") or DEFAULT_REGION
        return session.create_client("s3", region_name=region, endpoint_url=address.endpoint, config=config)


def md5_of(content: bytes | bytearray | memoryview) -> str:
    """The value of a Content-MD5 header (RFC 1864)."""
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


def unquoted(tag: str) -> str:
    return tag.strip('"')
