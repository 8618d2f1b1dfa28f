"""The point where connections are made: a name is resolved once, and what was checked is what is connected to."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable
from ipaddress import ip_address

import httpcore
import structlog

from mediaworks.errors import EgressRefused
from mediaworks.kit.egress.addresses import Address
from mediaworks.kit.egress.config import EgressConfig

ADDRESSES = 8
SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]
Resolver = Callable[[str, int], Awaitable[list[str]]]
_log = structlog.get_logger()


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of `host` as the system knows them, the preferred one first. Raises OSError or UnicodeError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects to permitted addresses only. TLS goes on top of it and still asks for the name."""

    def __init__(self, config: EgressConfig, resolver: Resolver) -> None:
        self._config = config
        self._resolver = resolver
        self._plain: httpcore.AsyncNetworkBackend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's name)
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Raises EgressRefused when any address of `host` is not permitted, httpcore.ConnectError or ConnectTimeout."""
        try:
            async with asyncio.timeout(timeout):
                addresses = await self._checked(host, port)
                share = None if timeout is None else timeout / len(addresses)
                return await self._first_that_answers(addresses, port, share, socket_options)
        except TimeoutError as slow:
            raise httpcore.ConnectTimeout(f"{host}: no connection within {timeout:g} s") from slow

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's name)
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        raise EgressRefused("Sockets of this machine are not reached by address")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def check_literal(self, host: str) -> None:
        """Raises EgressRefused for an address that is not permitted; a name is checked when it is connected to."""
        try:
            address = ip_address(host)
        except ValueError:
            return
        self._check(host, address)

    async def check_host(self, host: str, port: int) -> None:
        """Raises EgressRefused when any address that `host` has now is not permitted, httpcore.ConnectError for none."""
        await self._checked(host, port)

    async def _checked(self, host: str, port: int) -> list[Address]:
        addresses = [ip_address(text) for text in await self._resolved(host, port)]
        if not self._config.permits_name(host):
            for address in addresses:
                self._check(host, address)
        return addresses[:ADDRESSES]

    async def _resolved(self, host: str, port: int) -> list[str]:
        try:
            return [str(ip_address(host))]
        except ValueError:
            pass
        try:
            found = await self._resolver(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host}: the name cannot be resolved") from error
        if not found:
            raise httpcore.ConnectError(f"{host}: the name has no address")
        return found

    def _check(self, host: str, address: Address) -> None:
        if self._config.permits(address):
            return
        _log.warning("egress_refused", host=host, address=str(address))
        raise EgressRefused(
            f"{host}: only publicly routable addresses are allowed; MEDIAWORKS_EGRESS_ALLOW opens others", host=host
        )

    async def _first_that_answers(
        self,
        addresses: list[Address],
        port: int,
        share: float | None,
        socket_options: Iterable[SocketOption] | None,
    ) -> httpcore.AsyncNetworkStream:
        failure: Exception | None = None
        for address in addresses:
            try:
                return await self._plain.connect_tcp(str(address), port, timeout=share, socket_options=socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError("there is no address to connect to")
