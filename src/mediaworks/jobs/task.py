from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Task:
    """What jobs of one name do. All are called with the running job and its arguments, and what `run` returns is the job's
    result. `run` may be called twice (after a crash), so its effect must not add up, or be told by `job.done`.

    After an error it is tried again, at most `retries` times; when no try is left or none can help, `give_up` is called
    with the reason in `job.error`. A run that takes longer than `timeout` seconds is ended. `cancelled` is called after
    somebody cancelled the job, whether it ran or not. Both may be called twice.
    """

    name: str
    queue: str
    run: Callable[..., Awaitable[Any]]
    give_up: Callable[..., Awaitable[None]] | None = None
    cancelled: Callable[..., Awaitable[None]] | None = None
    retries: int = 5
    timeout: float = 3600.0
