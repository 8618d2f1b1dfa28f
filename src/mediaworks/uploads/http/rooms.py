from __future__ import annotations

from collections.abc import Callable

from litestar.datastructures import State

from mediaworks.accounts import Accounts
from mediaworks.accounts.signing import Keyring
from mediaworks.media import Links, MediaLibrary
from mediaworks.uploads.service import Uploads


class Rooms(State):
    """What the routes of this room work with."""

    uploads: Uploads
    accounts: Accounts
    library: MediaLibrary
    links: Links
    keyring: Callable[[], Keyring]
    public_url: str
