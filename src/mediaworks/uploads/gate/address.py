from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urlsplit

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True)
class UnixAddress:
    path: str

    async def connect(self) -> Streams:
        return await asyncio.open_unix_connection(self.path)


@dataclass(frozen=True, slots=True)
class TcpAddress:
    host: str
    port: int

    async def connect(self) -> Streams:
        return await asyncio.open_connection(self.host, self.port)


def parse_address(text: str) -> UnixAddress | TcpAddress:
    """`unix:/run/clamav/clamd.ctl` or `tcp://host:3310`. Raises ValueError for anything else."""
    if text.startswith("unix:") and PurePosixPath(text.removeprefix("unix:")).is_absolute():
        return UnixAddress(text.removeprefix("unix:"))
    parts = urlsplit(text)
    if parts.scheme == "tcp" and parts.hostname and parts.port and parts.netloc == text.removeprefix("tcp://"):
        return TcpAddress(parts.hostname, parts.port)
    raise ValueError(f"{text!r} is neither unix:/path/of/socket nor tcp://host:port")
