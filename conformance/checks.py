"""A check is a function of the world that raises when a client did not get its file through."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from conformance.world import Skipped, World


@dataclass(frozen=True, slots=True)
class Check:
    client: str
    what: str
    run: Callable[[World], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`words`: why it was skipped or failed."""

    client: str
    what: str
    storage: str
    state: Literal["passed", "skipped", "FAILED"]
    seconds: float
    words: str = ""


def run_all(world: World, checks: Iterable[Check]) -> Iterator[Outcome]:
    for check in checks:
        began = time.monotonic()
        state, words = _state(world, check)
        yield Outcome(check.client, check.what, world.storage, state, time.monotonic() - began, words)


def _state(world: World, check: Check) -> tuple[Literal["passed", "skipped", "FAILED"], str]:
    try:
        check.run(world)
    except Skipped as reason:
        return "skipped", str(reason)
    except Exception as error:  # whatever a client throws is a failure of this check alone
        traceback.print_exc()
        return "FAILED", f"{type(error).__name__}: {error}".splitlines()[0]
    return "passed", ""
