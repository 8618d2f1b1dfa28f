from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpcore
import httpx

from mediaworks.errors import Invalid
from mediaworks.kit.egress.backend import GuardedBackend, Resolver, resolve
from mediaworks.kit.egress.config import EgressConfig
from mediaworks.kit.egress.redirects import FINAL_URL, FollowingTransport
from mediaworks.kit.egress.transport import CONNECTIONS, GuardedTransport, check_url

CONNECT_SECONDS = 10.0
PORTS = {"http": 80, "https": 443}


class Egress:
    """Makes HTTP clients that reach publicly routable addresses and those that the installation allows, no others.

    `tls`: certificates to trust; by default certifi's, or those that SSL_CERT_FILE and SSL_CERT_DIR name.
    """

    def __init__(
        self, config: EgressConfig, *, resolver: Resolver = resolve, tls: ssl.SSLContext | None = None
    ) -> None:
        self._backend = GuardedBackend(config, resolver)
        self._tls = tls or httpx.create_ssl_context()

    def client(self, *, idle_seconds: float = 30.0, connections: int = CONNECTIONS) -> httpx.AsyncClient:
        """A client with connections of its own, at most so many; close it. `idle_seconds`: the longest silence within an
        exchange.

        Requests raise EgressRefused. The client keeps no cookies, knows no proxies, and follows the redirects of GET
        and HEAD (`final_url` says where to). The whole of an exchange is limited by `asyncio.timeout` around it.
        """
        return self._client(FollowingTransport(self._transport(connections)), idle_seconds)

    def direct_client(self, *, idle_seconds: float = 30.0) -> httpx.AsyncClient:
        """As `client`, but to this client a redirect is the answer."""
        return self._client(self._transport(CONNECTIONS), idle_seconds)

    def _transport(self, connections: int) -> GuardedTransport:
        return GuardedTransport(self._backend, self._tls, connections)

    def _client(self, transport: httpx.AsyncBaseTransport, idle_seconds: float) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=transport,
            timeout=httpx.Timeout(idle_seconds, connect=CONNECT_SECONDS),
            cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
            trust_env=False,
        )

    def check(self, text: str) -> None:
        """Raises what `parse_url` raises, and EgressRefused for a literal address that no request would reach."""
        self._backend.check_literal(parse_url(text).host)

    async def check_now(self, text: str) -> None:
        """`check`, and EgressRefused for a name that leads to such an address now; one that leads nowhere yet may pass."""
        url = parse_url(text)
        with suppress(httpcore.ConnectError, TimeoutError):
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._backend.check_host(url.host, url.port or PORTS[url.scheme])


def parse_url(text: str) -> httpx.URL:
    """`text` as an address that may be asked for, as far as its form tells. Raises Invalid, or EgressRefused."""
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, TypeError) as error:
        raise Invalid(f"{text[:200]!r} is not an address: {error}", code="invalid_url") from error
    check_url(url)
    return url


def final_url(response: httpx.Response) -> httpx.URL:
    """Where `response` came from after redirects."""
    url: httpx.URL = response.extensions.get(FINAL_URL, response.request.url)
    return url
