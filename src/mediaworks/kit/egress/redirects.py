"""Redirects (RFC 9110 section 15.4), each an exchange of its own that is checked like the first."""

from __future__ import annotations

import httpx

MOST = 5
REDIRECTS = {301, 302, 303, 307, 308}
FINAL_URL = "mediaworks.final_url"
KEPT = ("accept", "accept-encoding", "user-agent", "range", "if-range", "if-none-match")


class FollowingTransport(httpx.AsyncBaseTransport):
    """Follows what GET and HEAD are answered with; to any other method a redirect is the answer.

    To another origin (scheme, host, port) go only the headers in `KEPT`: never Authorization, Cookie, or what a caller
    added. Raises httpx.TooManyRedirects after five.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        for _ in range(MOST + 1):
            response = await self._inner.handle_async_request(request)
            response.extensions[FINAL_URL] = request.url
            if not _leads_on(request, response):
                return response
            await response.aclose()
            request = _next(request, response.headers["location"])
        raise httpx.TooManyRedirects(f"more than {MOST} redirects", request=request)

    async def aclose(self) -> None:
        await self._inner.aclose()


def _leads_on(request: httpx.Request, response: httpx.Response) -> bool:
    return (
        request.method in {"GET", "HEAD"}
        and response.status_code in REDIRECTS
        and bool(response.headers.get("location"))
    )


def _next(request: httpx.Request, location: str) -> httpx.Request:
    try:
        url = request.url.join(location)
    except httpx.InvalidURL as error:
        raise httpx.RemoteProtocolError(f"the redirect leads to no valid address: {error}") from error
    headers = request.headers if _origin(url) == _origin(request.url) else _without_secrets(request.headers)
    return httpx.Request(request.method, url, headers=headers, extensions=request.extensions)


def _without_secrets(headers: httpx.Headers) -> httpx.Headers:
    return httpx.Headers([(name, headers[name]) for name in KEPT if name in headers])


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
