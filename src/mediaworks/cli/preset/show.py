"""`mediaworks preset show`"""

from __future__ import annotations

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, console, print_json, wants_json
from mediaworks.cli.preset.arguments import PATH, Name


def show(name: Name, *, service: ServiceOptions, json: AsJson = False) -> None:
    """Show a preset and its recipe.

    Example: mediaworks preset show web
    """
    with connected(service) as client:
        found = answer_of(client.get(f"{PATH}/{name}"))
    print_json(found) if wants_json(json) else console().print_json(data=found)
