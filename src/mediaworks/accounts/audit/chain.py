"""How rows hang together: SHA-256 over the hash before, the row's number in digits, and the entry as canonical JSON.

The database computes the same when it appends (`append_audit` in migration 0006), under a lock that keeps the order.
"""

from __future__ import annotations

import hashlib

import msgspec

from mediaworks.accounts.audit.model import Broken, Entry, Head, Row

START = Head(0, bytes(32))
_encoder = msgspec.json.Encoder(order="sorted")


def canonical(entry: Entry) -> str:
    """JSON with sorted keys and without white space; times in UTC."""
    return _encoder.encode(entry).decode()


def hash_of(previous: bytes, number: int, entry: Entry) -> bytes:
    return hashlib.sha256(previous + str(number).encode() + canonical(entry).encode()).digest()


def fault(last: Head, row: Row) -> Broken | None:
    """What is wrong with `row` as the one that follows `last`; None when nothing is."""
    if row.number != last.number + 1:
        return Broken(last.number + 1, "the row is missing")
    if row.previous_hash != last.hash:
        return Broken(row.number, "the row does not follow the one before it")
    if row.hash != hash_of(row.previous_hash, row.number, row.entry):
        return Broken(row.number, "the row was changed: its hash does not fit it")
    return None
