"""`mediaworks preset list`"""

from __future__ import annotations

from typing import Any

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, print_json, print_table, wants_json
from mediaworks.cli.preset.arguments import PATH


def list_(*, service: ServiceOptions, json: AsJson = False) -> None:
    """List presets: yours, the installation's, and those that come with the service.

    Example: mediaworks preset list
    """
    with connected(service) as client:
        found = answer_of(client.get(PATH))
    if wants_json(json):
        print_json(found)
        return
    rows = ((one["name"], one["scope"], one["kind"], _steps(one), one["description"]) for one in found["items"])
    print_table(("name", "whose", "for", "what it does", "description"), rows, whole={"name"})


def _steps(preset: dict[str, Any]) -> str:
    steps = [str(operation.get("type")) for operation in preset["operations"]]
    return " → ".join([*steps, str(preset["output"].get("format", "as it was"))])
