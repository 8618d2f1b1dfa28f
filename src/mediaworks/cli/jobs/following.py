"""Following a job on the terminal, over as many connections as it takes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

from mediaworks.cli.client import Unreachable, problem_of, unreachable
from mediaworks.cli.output import console, errors

if TYPE_CHECKING:
    import httpx
    from rich.progress import Progress

SILENCE_SECONDS = 40.0  # the service says something every 15 s
PATIENCE_SECONDS = 60.0


def ended(client: httpx.Client, job_id: UUID) -> dict[str, Any]:
    """The job once it is over; until then a bar shows how far it is. Raises ServiceError, and Unreachable after a minute
    without an answer, or at once when there never was one."""
    job: dict[str, Any] = {}
    with _bar() as bar:
        shown = bar.add_task(str(job_id), total=100)
        for job in _changes(client, job_id):
            bar.update(shown, completed=job["percent"] or 0, description=job["stage"] or job["state"])
    return job


def _changes(client: httpx.Client, job_id: UUID) -> Iterator[dict[str, Any]]:
    """The job at each change until it is over."""
    met, deadline = False, 0.0
    while True:
        try:
            for event, job in _stream(client, job_id):
                met, deadline = True, time.monotonic() + PATIENCE_SECONDS
                yield job
                if event == "end":
                    return
        except Unreachable:
            if not met or time.monotonic() > deadline:
                raise
        time.sleep(1)


def _stream(client: httpx.Client, job_id: UUID) -> Iterator[tuple[str, dict[str, Any]]]:
    import httpx
    import msgspec

    timeout, event = httpx.Timeout(10, read=SILENCE_SECONDS), ""
    try:
        with client.stream("GET", f"/api/v1/jobs/{job_id}/events", timeout=timeout) as response:
            if not response.is_success:
                response.read()
                raise problem_of(response)
            for line in response.iter_lines():
                name, _, value = line.partition(": ")
                event = value if name == "event" else event
                if name == "data":
                    yield event, msgspec.json.decode(value)
    except httpx.TransportError as error:
        raise unreachable(client, error) from error


def _bar() -> Progress:
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    screen = console() if console().is_terminal else errors()
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=screen,
        disable=not screen.is_terminal,
        transient=True,
    )
