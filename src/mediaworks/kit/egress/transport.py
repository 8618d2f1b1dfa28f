"""One exchange over HTTP with an address that is checked. Built on httpcore itself, so that the check cannot be missed."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from contextlib import contextmanager
from typing import cast

import httpcore
import httpx

from mediaworks.errors import EgressRefused
from mediaworks.kit.egress.backend import GuardedBackend

CONNECTIONS = 100
IDLE_CONNECTIONS = 10
IDLE_SECONDS = 5.0


class GuardedTransport(httpx.AsyncBaseTransport):
    """http and https without proxies; raises EgressRefused for what is not permitted, else httpx's errors."""

    def __init__(self, backend: GuardedBackend, tls: ssl.SSLContext, connections: int = CONNECTIONS) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=connections,
            max_keepalive_connections=IDLE_CONNECTIONS,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=backend,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        check_url(request.url)
        request.headers["Host"] = request.url.netloc.decode("ascii")
        with _as_httpx():
            answer = await self._pool.handle_async_request(_as_httpcore(request))
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(cast(AsyncIterable[bytes], answer.stream), answer),
            extensions=dict(answer.extensions),
        )

    async def aclose(self) -> None:
        await self._pool.aclose()


def check_url(url: httpx.URL) -> None:
    """Raises EgressRefused unless `url` is http or https, has a host and a usable port, and names no user."""
    if url.scheme not in {"http", "https"}:
        raise EgressRefused(f"{url.scheme or 'no scheme'}: only http and https addresses are allowed")
    if not url.host:
        raise EgressRefused("The address names no host")
    if url.port is not None and not 1 <= url.port <= 65535:
        raise EgressRefused(f"{url.host}: {url.port} is no port", host=url.host)
    if url.userinfo or b"@" in url.netloc:
        raise EgressRefused(f"{url.host}: an address with a user name or password is not allowed", host=url.host)


class _Body(httpx.AsyncByteStream):
    def __init__(self, chunks: AsyncIterable[bytes], answer: httpcore.Response) -> None:
        self._chunks = chunks
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_httpx():
            async for chunk in self._chunks:
                yield chunk

    async def aclose(self) -> None:
        with _as_httpx():
            await self._answer.aclose()


def _as_httpcore(request: httpx.Request) -> httpcore.Request:
    return httpcore.Request(
        method=request.method,
        url=httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        ),
        headers=request.headers.raw,
        content=cast(httpx.AsyncByteStream, request.stream),
        extensions=request.extensions,
    )


@contextmanager
def _as_httpx() -> Iterator[None]:
    """httpcore's errors as those of the same name in httpx."""
    try:
        yield
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise getattr(httpx, type(error).__name__, httpx.TransportError)(str(error)) from error
    except httpcore.UnsupportedProtocol as error:
        raise httpx.UnsupportedProtocol(str(error)) from error
