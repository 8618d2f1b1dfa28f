"""`mediaworks policy set`"""

from __future__ import annotations

from typing import Annotated

import typer

from mediaworks.cli.client import DataDir, Key, Server, connected
from mediaworks.cli.limits import (
    Allow,
    AllowType,
    MaxFileSize,
    Quota,
    Rate,
    Retention,
    UploadsAtOnce,
    policy_of,
    put_limits,
)
from mediaworks.cli.output import AsJson


def set_(
    role: Annotated[str, typer.Argument(help="admin, service, user or viewer.")],
    max_file_size: MaxFileSize = None,
    allow_type: AllowType = None,
    quota: Quota = None,
    uploads_at_once: UploadsAtOnce = None,
    rate: Rate = None,
    retention: Retention = None,
    allow: Allow = None,
    server: Server = None,
    key: Key = None,
    data_dir: DataDir = None,
    json: AsJson = False,
) -> None:
    """Limit what each user of a role may do, in place of the limits before; without options nothing limits them.

    Example: mediaworks policy set user --max-file-size 2GiB --allow-type image/png --retention 30d
    """
    policy = policy_of(
        max_file_size=max_file_size, allow_type=allow_type, quota=quota, uploads_at_once=uploads_at_once, rate=rate,
        retention=retention, allow=allow,
    )  # fmt: skip
    with connected(server, key, data_dir) as client:
        put_limits(client, f"/api/v1/policies/{role}", role, policy, json=json)
