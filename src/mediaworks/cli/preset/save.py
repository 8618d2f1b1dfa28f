"""`mediaworks preset save`"""

from __future__ import annotations

from typing import Annotated

import typer

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, console, plain, print_json, wants_json
from mediaworks.cli.preset.arguments import PATH, ForAll, Name, scope_of
from mediaworks.cli.recipes import RecipeOptions
from mediaworks.errors import SetupError


def save(
    name: Name,
    *,
    recipe: RecipeOptions,
    description: Annotated[str, typer.Option(help="What it is for.")] = "",
    for_all: ForAll = False,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Save a recipe under a name, in place of the one that had it.

    Examples: mediaworks preset save card --op resize:width=640,height=360,fit=cover --format webp --quality 75
    |  mediaworks preset save card --recipe card.json
    """
    content = recipe.read()
    if content is None:
        raise SetupError("There is nothing to save: give --op, --format or --recipe")
    content = {"operations": content["operations"], "output": content["output"], "description": description}
    with connected(service) as client:
        saved = answer_of(client.put(f"{PATH}/{name}", json=content, params=scope_of(for_all=for_all)))
    if wants_json(json):
        print_json(saved)
    else:
        console().print(f"[green]✓[/] {plain(name)}", soft_wrap=True)
