"""`mediaworks user limit`"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from mediaworks.cli.client import connected
from mediaworks.cli.limits import Limits, put_limits
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson


def limit(
    user_id: Annotated[UUID, typer.Argument(help="Id of the user.")],
    *,
    limits: Limits,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Limit what a user may do, in place of the limits before; without options only the role's hold.

    Example: mediaworks user limit 0190… --allow requests=600/1m --allow bytes=10GiB/1d
    """
    with connected(service) as client:
        put_limits(client, f"/api/v1/users/{user_id}/policy", str(user_id), limits.policy(), json=json)
