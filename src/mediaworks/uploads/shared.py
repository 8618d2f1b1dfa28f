"""What the ways in have in common."""

from __future__ import annotations

from dataclasses import dataclass

from mediaworks.db import Database
from mediaworks.storage import BlobStore
from mediaworks.uploads.finishing import Finishing
from mediaworks.uploads.leases import Leases
from mediaworks.uploads.pace import Paces
from mediaworks.uploads.records import Records


@dataclass(frozen=True, slots=True)
class Shared:
    """What every way in works with. `me`: the number of this process, see `db/presence.py`."""

    database: Database
    store: BlobStore
    records: Records
    leases: Leases
    finishing: Finishing
    paces: Paces
    me: int
