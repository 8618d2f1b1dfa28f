"""`mediaworks version`"""

from __future__ import annotations

from mediaworks import __version__
from mediaworks.cli.output import AsJson, print_outcome


def version(json: AsJson = False) -> None:
    """Print the version.

    Example: mediaworks version --json
    """
    print_outcome({"version": __version__}, f"mediaworks {__version__}", json=json)
