"""`mediaworks signing-key rotate`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediaworks.cli.options import Commands
from mediaworks.cli.output import AsJson, print_outcome

if TYPE_CHECKING:
    from mediaworks.settings import Settings

signing_keys = Commands(help="Keys that sign delivery links.")


@signing_keys.command("rotate")
def rotate_key(
    data_dir: Annotated[Path | None, typer.Option(help="Folder of the embedded database.")] = None,
    json: AsJson = False,
) -> None:
    """Sign links with a fresh key, in half a minute, also in a running service; older links stay good until they expire.

    Example: mediaworks signing-key rotate
    """
    import asyncio

    from mediaworks import settings as configuration
    from mediaworks.cli.server import prepared

    with prepared(configuration.load(data_dir=data_dir)) as settings:
        key_id = asyncio.run(_rotate(settings))
    print_outcome({"key": key_id}, f"Links will be signed with the key {key_id} in half a minute", json=json)


async def _rotate(settings: Settings) -> str:
    from mediaworks.accounts.signing import rotate
    from mediaworks.db import Database

    database = Database(settings.database)
    try:
        return await rotate(database)
    finally:
        await database.close()
