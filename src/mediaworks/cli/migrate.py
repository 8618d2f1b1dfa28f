"""`mediaworks migrate`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mediaworks.cli.output import AsJson, print_outcome


def migrate(
    data_dir: Annotated[Path | None, typer.Option(help="Folder of the embedded database.")] = None,
    json: AsJson = False,
) -> None:
    """Bring the database to the schema of this program. `serve` does it by itself.

    Example: DATABASE_URL=postgresql://… mediaworks migrate
    """
    from mediaworks import settings as configuration
    from mediaworks.cli.server import prepared
    from mediaworks.db.migrate import migrate as apply

    with prepared(configuration.load(data_dir=data_dir)) as settings:
        revision = apply(settings.database.url)
    print_outcome({"revision": revision}, f"The database is at revision {revision}", json=json)
