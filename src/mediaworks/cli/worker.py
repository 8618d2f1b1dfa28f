"""`mediaworks worker`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediaworks.errors import SetupError

if TYPE_CHECKING:
    from mediaworks.settings import Settings


def worker(
    queues: Annotated[str | None, typer.Option(help="Only these queues, separated by commas.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Folder of blobs, when they are on a local disk.")] = None,
) -> None:
    """Run background work for a service whose PostgreSQL DATABASE_URL names.

    Example: DATABASE_URL=postgresql://… mediaworks worker --queues probe,housekeeping
    """
    import asyncio

    from mediaworks import settings as configuration
    from mediaworks.cli.plugins import warn_of_broken_operations
    from mediaworks.jobs.worker import checked_queues
    from mediaworks.kit.logs import configure_logs
    from mediaworks.kit.processes import die_with_parent

    settings = configuration.load(data_dir=data_dir)
    if not settings.database.url:
        raise SetupError("DATABASE_URL is needed: a worker joins the database of a running service")
    if configuration.was_handed_down():
        die_with_parent()
    else:
        warn_of_broken_operations()
    wanted = checked_queues([queue.strip() for queue in queues.split(",")]) if queues is not None else None
    configure_logs(settings.log_level, settings.log_format)
    asyncio.run(_work(settings, wanted))


async def _work(settings: Settings, queues: list[str] | None) -> None:
    import asyncio
    import signal

    from mediaworks.app import build

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with build(settings, decoders=settings.processing.decoders) as app:
        await app.worker().run(stop, queues)
