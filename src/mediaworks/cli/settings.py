"""What commands that speak to a service find in the environment. They start without the settings of a service, for which
every room would be loaded."""

from __future__ import annotations

import os
from pathlib import Path


def server_and_key() -> tuple[str | None, str | None]:
    """The service's address and the API key that commands use when none is given."""
    return os.environ.get("MEDIAWORKS_SERVER"), os.environ.get("MEDIAWORKS_API_KEY")


def cache_folder() -> Path:
    """Where commands keep what they may lose, for this user (XDG base directories: XDG_CACHE_HOME)."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return home / "mediaworks"
