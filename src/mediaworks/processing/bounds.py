"""How much a file may say about itself: what it says is kept in a database row and shown in lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

DETAIL_BYTES = 60 << 10


def bounded(details: dict[str, Any], expendable: Iterable[str]) -> dict[str, Any]:
    """`details` within DETAIL_BYTES of JSON: the `expendable` members go in their order until the rest fits.

    `left_out` then names what is gone.
    """
    kept = dict(details)
    for name in expendable:
        if len(msgspec.json.encode(kept)) <= DETAIL_BYTES:
            return kept
        if kept.pop(name, None) is not None:
            kept["left_out"] = [*kept.get("left_out", ()), name]
    return kept
