"""Messages between the service and a sandbox child: MessagePack behind a length of four bytes, over a socket pair."""

from __future__ import annotations

import socket
from typing import Any

import msgspec

_LENGTH = 4
_PIECE = 1 << 20
MOST_FILES = 16


class Job(msgspec.Struct, frozen=True):
    """What a child is asked; its files come beside it as descriptors."""

    task: str
    parameters: msgspec.Raw


class Answer(msgspec.Struct, frozen=True):
    """What a child answers: a result, or the refusal that the task raised. `resident` is its memory in bytes."""

    result: msgspec.Raw = msgspec.Raw(b"\xc0")
    refusal: str | None = None
    code: str = ""
    detail: str = ""
    facts: dict[str, Any] = {}
    resident: int = 0


class Greeting(msgspec.Struct, frozen=True):
    """What a child says when its walls stand: each wall and whether it does, and the versions of its decoders."""

    walls: dict[str, bool]
    libraries: dict[str, str]


encode = msgspec.msgpack.Encoder().encode


def send(connection: socket.socket, message: Any, *descriptors: int) -> None:
    body = encode(message)
    frame = len(body).to_bytes(_LENGTH) + body
    sent = socket.send_fds(connection, [frame[:_PIECE]], list(descriptors)) if descriptors else 0
    connection.sendall(frame[sent:])


def receive(connection: socket.socket, limit: int) -> bytes:
    """One message. Raises EOFError when the other side is gone, ValueError when it is over `limit` bytes."""
    return _rest(connection, b"", limit)


def receive_with_files(connection: socket.socket, limit: int) -> tuple[bytes, list[int]]:
    """One message and the descriptors that came with it, one at least. Raises like `receive`."""
    data, descriptors, _, _ = socket.recv_fds(connection, _PIECE, MOST_FILES)
    body = _rest(connection, data, limit)
    if not descriptors:
        raise ValueError("a job came without its file")
    return body, descriptors


def _rest(connection: socket.socket, begun: bytes, limit: int) -> bytes:
    data = bytearray(begun)
    wanted = _LENGTH
    while len(data) < wanted or wanted == _LENGTH:
        if len(data) >= _LENGTH:
            wanted = _LENGTH + int.from_bytes(data[:_LENGTH])
            if wanted > limit:
                raise ValueError(f"a message of {wanted} bytes is over the limit of {limit}")
            if len(data) >= wanted:
                break
        piece = connection.recv(min(_PIECE, max(wanted - len(data), _LENGTH)))
        if not piece:
            raise EOFError
        data += piece
    return bytes(data[_LENGTH:wanted])
