"""`mediaworks policy set`"""

from __future__ import annotations

from typing import Annotated

import typer

from mediaworks.cli.client import connected
from mediaworks.cli.limits import Limits, put_limits
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson


def set_(
    role: Annotated[str, typer.Argument(help="admin, service, user or viewer.")],
    *,
    limits: Limits,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Limit what each user of a role may do, in place of the limits before; without options nothing limits them.

    Example: mediaworks policy set user --max-file-size 2GiB --allow-type image/png --retention 30d
    """
    with connected(service) as client:
        put_limits(client, f"/api/v1/policies/{role}", role, limits.policy(), json=json)
