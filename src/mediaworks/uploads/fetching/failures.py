"""What can go wrong while fetching, and which of it is worth another try."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from mediaworks.errors import FetchFailed

TRY_AGAIN = {408, 425, 429, 500, 502, 503, 504}


class Interrupted(FetchFailed):
    """The transfer broke; another try may go on. `wait`: the seconds that the other side asked for."""

    wait: float = 0.0


class Changed(Interrupted):
    """What came before does not belong to what comes now: begin again."""


@contextmanager
def network_errors(host: str) -> Iterator[None]:
    """httpx's errors as FetchFailed that names `host`, and as Interrupted where another try makes sense."""
    try:
        yield
    except httpx.TimeoutException as error:
        raise Interrupted(f"{host}: does not answer", host=host) from error
    except (httpx.TooManyRedirects, httpx.LocalProtocolError, httpx.UnsupportedProtocol) as error:
        raise FetchFailed(f"{host}: {error}", host=host) from error
    except httpx.ConnectError as error:
        if _is_tls(error):
            raise FetchFailed(f"{host}: no trusted connection could be made: {error}", host=host) from error
        raise Interrupted(f"{host}: no connection could be made", host=host) from error
    except httpx.TransportError as error:
        raise Interrupted(f"{host}: the connection broke: {error}", host=host) from error


def failure(response: httpx.Response, host: str) -> FetchFailed:
    """The error for an answer that brings no file."""
    text = f"{host}: answered with status {response.status_code}"
    if response.status_code not in TRY_AGAIN:
        return FetchFailed(text, host=host, upstream_status=response.status_code)
    interrupted = Interrupted(text, host=host, upstream_status=response.status_code)
    asked = response.headers.get("retry-after", "")
    interrupted.wait = float(asked) if asked.isdecimal() and len(asked) < 6 else 0.0
    return interrupted


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
