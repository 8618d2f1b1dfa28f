"""A stand-in for clamd that speaks its protocol over real sockets (clamd(8)); it knows the signatures that it is given.

Its answers are those of ClamAV 1.4.6, byte for byte.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

from mediaworks.testing.listening import Conversations

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SIGNATURES: Mapping[str, bytes] = {"Eicar-Signature": EICAR}
TOO_LONG = b"INSTREAM size limit exceeded. ERROR"
_LENGTH = struct.Struct("!I")


@dataclass
class ClamdStandIn(Conversations):
    """`async with ClamdStandIn() as clamd:` listens on TCP, or at `path` on a unix socket.

    Over `stream_max_length` it answers and hangs up without reading the rest, as clamd does. `scanned`: the size of each
    stream. `piece`: bytes of an answer that are written at once. `silent`: it reads streams and never answers.
    `replies`: taken before its own answers, one for each stream; b"" hangs up.
    """

    path: str = ""
    stream_max_length: int = 25 << 20
    signatures: Mapping[str, bytes] = field(default_factory=lambda: SIGNATURES)
    piece: int = 4096
    silent: bool = False
    replies: list[bytes] = field(default_factory=list)
    scanned: list[int] = field(default_factory=list)
    port: int = 0

    @property
    def address(self) -> str:
        """As MEDIAWORKS_GATE_CLAMD takes it."""
        return f"unix:{self.path}" if self.path else f"tcp://127.0.0.1:{self.port}"

    async def __aenter__(self) -> ClamdStandIn:
        await self._open()
        return self

    async def _listen(self) -> asyncio.Server:
        if self.path:
            return await asyncio.start_unix_server(self._serve, self.path)
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        command, end = await _command(reader)
        answer = await self._answer(command, end, reader)
        for start in range(0, len(answer), self.piece):
            writer.write(answer[start : start + self.piece])
            await writer.drain()

    async def _answer(self, command: bytes, end: bytes, reader: asyncio.StreamReader) -> bytes:
        match command:
            case b"PING":
                return b"PONG" + end
            case b"VERSION":
                return b"ClamAV 1.4.6" + end
            case b"zINSTREAM" | b"nINSTREAM":
                verdict = await self._scan(reader)
                return verdict + end if verdict else b""
        if command[:1] in {b"z", b"n"} and command[1:] in {b"PING", b"VERSION"}:
            return await self._answer(command[1:], end, reader)
        return b"UNKNOWN COMMAND" + end

    async def _scan(self, reader: asyncio.StreamReader) -> bytes:
        content = bytearray()
        while length := _LENGTH.unpack(await reader.readexactly(_LENGTH.size))[0]:
            if len(content) + length > self.stream_max_length:
                return TOO_LONG
            content += await reader.readexactly(length)
        self.scanned.append(len(content))
        if self.silent:
            await reader.read()
        if self.replies:
            return self.replies.pop(0)
        found = next((name for name, signature in self.signatures.items() if signature in content), None)
        return f"stream: {found} FOUND".encode() if found else b"stream: OK"


async def _command(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """The command with its prefix, and what ends it and its answer: NUL after z, else a new line."""
    first = await reader.readexactly(1)
    end = b"\0" if first == b"z" else b"\n"
    command = first
    while (byte := await reader.read(1)) not in {end, b""}:
        command += byte
        if command == b"PING":
            break
    return command, end
