"""Requests whose bodies come bit by bit, stop, or break off: what no HTTP client does on purpose."""

from __future__ import annotations

import http.client
import socket
import struct
from collections.abc import Mapping
from types import TracebackType

from mediaworks.testing.service import Service

SECONDS = 30.0


class Sending:
    """One request over a connection of its own, of which the head is sent at once and the body as the test likes."""

    def __init__(self, service: Service, method: str, path: str, headers: Mapping[str, str]) -> None:
        self._socket = socket.create_connection(("127.0.0.1", service.port), timeout=SECONDS)
        self._method = method
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {headers[name]}" for name in headers)]
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode())

    def send(self, content: bytes) -> Sending:
        self._socket.sendall(content)
        return self

    def send_chunked(self, content: bytes) -> Sending:
        """One chunk of `Transfer-Encoding: chunked`; the last one is empty."""
        return self.send(f"{len(content):x}\r\n".encode() + content + b"\r\n")

    def break_off(self) -> None:
        """Reset the connection, as a line that goes dead does."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    def end(self) -> None:
        """Close the sending half, as a sender that has no more to say."""
        self._socket.shutdown(socket.SHUT_WR)

    def answer(self) -> http.client.HTTPResponse:
        """Wait for it."""
        response = http.client.HTTPResponse(self._socket, method=self._method)
        response.begin()
        return response

    def __enter__(self) -> Sending:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._socket.close()
