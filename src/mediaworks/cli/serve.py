"""`mediaworks serve`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediaworks.cli.output import errors, plain

if TYPE_CHECKING:
    from mediaworks.settings import Settings


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes that answer requests.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Folder of database, blobs and keys.")] = None,
    no_worker: Annotated[bool, typer.Option("--no-worker", help="Leave background work to other machines.")] = False,
) -> None:
    """Start the service: PostgreSQL (unless DATABASE_URL names one), API and background worker.

    Example: mediaworks serve --port 8083 --workers 2 --data-dir /var/lib/mediaworks
    """
    import asyncio

    from mediaworks import settings as configuration
    from mediaworks.cli import server
    from mediaworks.cli.plugins import warn_of_broken_operations
    from mediaworks.events.sinks import require_sinks

    settings = configuration.load(
        host=host, port=port, workers=workers, data_dir=data_dir, with_worker=False if no_worker else None
    )
    server.require_free_port(settings)
    require_sinks(settings.sink_addresses)
    warn_of_broken_operations()
    with server.prepared(settings) as ready:
        _greet(ready, asyncio.run(_first_key(ready)))
        server.serve(ready)


async def _first_key(settings: Settings) -> str | None:
    from mediaworks.accounts.keys import make_first_admin
    from mediaworks.db import Database

    database = Database(settings.database)
    try:
        return await make_first_admin(database, settings.admin_key_file)
    finally:
        await database.close()


def _greet(settings: Settings, key: str | None) -> None:
    address = f"http://{settings.host}:{settings.port}"
    errors().print(f"[bold]Mediaworks[/] at [link={address}]{address}[/]  (API: {address}/docs)")
    if key is not None:
        errors().print(f"Admin key, also kept in {plain(settings.admin_key_file)}:\n  {key}", soft_wrap=True)
