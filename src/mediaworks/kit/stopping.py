"""The end of a process, known at once to what would otherwise hold it up."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from types import FrameType


def on_stop_signal(call: Callable[[], object]) -> None:
    """Have `call` run in this event loop when SIGTERM or SIGINT comes, beside what handles them already. For the main
    thread."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)

        def come(came: int, frame: FrameType | None, before: signal._HANDLER = before) -> None:
            loop.call_soon_threadsafe(call)
            if callable(before):
                before(came, frame)

        signal.signal(number, come)
