"""`mediaworks version`"""

from __future__ import annotations

from mediaworks import __version__
from mediaworks.cli.output import AsJson, console, print_json, wants_json


def version(json: AsJson = False) -> None:
    """Print the version.

    Example: mediaworks version --json
    """
    if wants_json(json):
        print_json({"version": __version__})
    else:
        console().print(f"mediaworks {__version__}")
