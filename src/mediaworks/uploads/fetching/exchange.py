"""One exchange: a file, the rest of a file, or the news that it has not changed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from enum import StrEnum

import httpx

from mediaworks import __version__
from mediaworks.errors import FetchFailed
from mediaworks.kit.deadline import Deadline
from mediaworks.kit.egress import final_url, parse_url
from mediaworks.uploads.fetching.failures import Changed, Interrupted, failure, network_errors
from mediaworks.uploads.fetching.headers import (
    check_headers,
    content_range,
    file_name,
    strong_validator,
    unsatisfied_total,
)
from mediaworks.uploads.fetching.inflating import inflated

GZIP = {"gzip", "x-gzip"}


class FetchStatus(StrEnum):
    FRESH = "fresh"
    CONTINUED = "continued"
    NOT_MODIFIED = "not_modified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An answer. `start`: the byte of the file with which it begins; `size`: of the whole file, None when not told;
    `length`: bytes of this answer, None when not told; `validator`: what continuing needs, None when it cannot be;
    `name` and `mime_type` are what the other side says, "" where it says nothing."""

    status: FetchStatus
    start: int
    size: int | None
    length: int | None
    validator: str | None
    etag: str | None
    name: str
    mime_type: str
    response: httpx.Response
    deadline: Deadline

    @property
    def host(self) -> str:
        return final_url(self.response).host

    async def chunks(self) -> AsyncIterator[bytes]:
        """The bytes of the file. Raises FetchFailed when fewer come than were announced, TooSlow past the deadline."""
        if self.response.status_code not in {200, 206}:
            return
        coded = self.response.headers.get("content-encoding", "identity").lower() in GZIP
        async for chunk in inflated(self._raw(), self.host) if coded else self._raw():
            yield chunk

    async def _raw(self) -> AsyncIterator[bytes]:
        arrived = 0
        chunks = self.response.aiter_raw().__aiter__()
        while (chunk := await self._next(chunks)) is not None:
            arrived += len(chunk)
            if self.length is not None and arrived > self.length:
                raise Changed(f"{self.host}: sent more than it announced", host=self.host)
            yield chunk
        if self.length is not None and arrived < self.length:
            raise Interrupted(f"{self.host}: sent {arrived} of {self.length} bytes", host=self.host)

    async def _next(self, chunks: AsyncIterator[bytes]) -> bytes | None:
        with network_errors(self.host):
            async with self.deadline.limit():
                return await anext(chunks, None)


@asynccontextmanager
async def fetch(
    client: httpx.AsyncClient,
    url: str,
    headers: Mapping[str, str] | None = None,
    *,
    deadline: Deadline,
    start: int = 0,
    validator: str | None = None,
    if_none_match: str | None = None,
) -> AsyncIterator[Fetched]:
    """Ask `url` for its file, or with `start` and `validator` for its rest; `if_none_match` spares an unchanged file.

    The answer may be FRESH although the rest was asked for. Raises Invalid for `headers`, EgressRefused, TooSlow, and
    FetchFailed: `Interrupted` when another try makes sense, `Changed` when what came before is void.
    """
    address = parse_url(url)
    check_headers(headers or {})
    asked = {
        "accept": "*/*",
        "user-agent": f"mediaworks/{__version__}",
        **(headers or {}),
        "accept-encoding": "identity",
    }
    if start and validator:
        asked |= {"range": f"bytes={start}-", "if-range": validator}
    elif if_none_match:
        asked["if-none-match"] = if_none_match
    with network_errors(address.host):
        async with deadline.limit():
            response = await client.send(client.build_request("GET", address, headers=asked), stream=True)
    try:
        yield _read(response, _Asked(start if "range" in asked else 0, validator, "if-none-match" in asked, deadline))
    finally:
        await response.aclose()


@dataclass(frozen=True, slots=True)
class _Asked:
    start: int
    validator: str | None
    conditional: bool
    deadline: Deadline


def _read(response: httpx.Response, asked: _Asked) -> Fetched:
    host = final_url(response).host
    match response.status_code:
        case 200:
            return _fresh(response, asked, host)
        case 206 if asked.start:
            return _continued(response, asked, host)
        case 416 if asked.start and unsatisfied_total(response.headers) == asked.start:
            return _fetched(response, asked, FetchStatus.CONTINUED, start=asked.start, size=asked.start, length=0)
        case 416 if asked.start:
            raise Changed(f"{host}: the file has changed meanwhile", host=host)
        case 304 if asked.conditional:
            return _fetched(response, asked, FetchStatus.NOT_MODIFIED)
    raise failure(response, host)


def _fresh(response: httpx.Response, asked: _Asked, host: str) -> Fetched:
    coding = response.headers.get("content-encoding", "identity").lower()
    length = response.headers.get("content-length", "")
    told = int(length) if length.isdecimal() else None
    if coding == "identity":
        return _fetched(response, asked, FetchStatus.FRESH, size=told, length=told)
    if coding not in GZIP:
        raise FetchFailed(f"{host}: sends Content-Encoding {coding[:40]} although none was asked for", host=host)
    return replace(_fetched(response, asked, FetchStatus.FRESH, length=told), validator=None)


def _continued(response: httpx.Response, asked: _Asked, host: str) -> Fetched:
    told = content_range(response.headers)
    if told is None or told[0] != asked.start or "content-encoding" in response.headers:
        raise Changed(f"{host}: sent another range than was asked for", host=host)
    first, last, total = told
    now = response.headers.get("etag" if (asked.validator or "").startswith('"') else "last-modified")
    if now is not None and now != asked.validator:
        raise Changed(f"{host}: the file has changed meanwhile", host=host)
    return _fetched(response, asked, FetchStatus.CONTINUED, start=first, size=total, length=last + 1 - first)


def _fetched(
    response: httpx.Response,
    asked: _Asked,
    status: FetchStatus,
    *,
    start: int = 0,
    size: int | None = None,
    length: int | None = None,
) -> Fetched:
    return Fetched(
        status=status,
        start=start,
        size=size,
        length=length,
        validator=asked.validator if start else strong_validator(response.headers),
        etag=response.headers.get("etag"),
        name=file_name(response.headers, final_url(response)),
        mime_type=response.headers.get("content-type", "").partition(";")[0].strip().lower(),
        response=response,
        deadline=asked.deadline,
    )
