"""`mediaworks jobs watch`"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from mediaworks.cli.client import DataDir, Key, Server, Unreachable, connected, problem_of, unreachable
from mediaworks.cli.jobs.lines import outcome_of
from mediaworks.cli.output import AsJson, console, errors, plain, print_json, wants_json

if TYPE_CHECKING:
    import httpx
    from rich.progress import Progress

SILENCE_SECONDS = 40.0  # the service says something every 15 s
PATIENCE_SECONDS = 60.0
EXIT_CODES = {"succeeded": 0, "failed": 1, "cancelled": 3}


def watch(
    job_id: Annotated[UUID, typer.Argument(help="Id of a job.")],
    server: Server = None,
    key: Key = None,
    data_dir: DataDir = None,
    json: AsJson = False,
) -> None:
    """Follow a job to its end. Exit code 0: it went well; 1: it failed, or an item of it; 3: it was cancelled.

    Example: mediaworks jobs watch 0190…
    """
    with connected(server, key, data_dir) as client, _bar() as bar:
        shown = bar.add_task(str(job_id), total=100)
        for job in _changes(client, job_id):
            bar.update(shown, completed=job["percent"] or 0, description=job["stage"] or job["state"])
    if wants_json(json):
        print_json(job)
    else:
        console().print(f"{job['state']}  {plain(outcome_of(job))}".rstrip(), soft_wrap=True)
    raise typer.Exit(EXIT_CODES[job["state"]] or int(bool(job["items"] and job["items"]["failed"])))


def _changes(client: httpx.Client, job_id: UUID) -> Iterator[dict[str, Any]]:
    """The job at each change until it is over, over as many connections as it takes. Raises ServiceError, and Unreachable
    after a minute without an answer, or at once when there never was one."""
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
