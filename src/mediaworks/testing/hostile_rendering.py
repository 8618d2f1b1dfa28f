"""Renderings of which some end badly: what a picture blurred by a certain sigma does to its decoder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from mediaworks.processing import tasks
from mediaworks.processing.model import RenderRequest
from mediaworks.testing import hostile

CRASHES, HANGS, EATS_MEMORY = 101.0, 102.0, 103.0

_ENDINGS: dict[float, Callable[[int, msgspec.Raw], Any]] = {
    CRASHES: hostile.crash,
    HANGS: hostile.hang,
    EATS_MEMORY: hostile.eat_memory,
}


def render(descriptor: int, raw: msgspec.Raw, out: int, *assets: int) -> Any:
    request = msgspec.msgpack.decode(raw, type=RenderRequest)
    for operation in request.operations:
        ending = _ENDINGS.get(getattr(operation, "sigma", 0.0))
        if ending is not None:
            return ending(descriptor, raw)
    return tasks.render(descriptor, raw, out, *assets)


TASKS: dict[str, Callable[..., Any]] = {"render": render}
