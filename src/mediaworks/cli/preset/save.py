"""`mediaworks preset save`"""

from __future__ import annotations

from typing import Annotated

import typer

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, plain, print_outcome
from mediaworks.cli.preset.arguments import PATH, ForAll, Name, scope_of
from mediaworks.cli.recipes import RecipeOptions
from mediaworks.errors import SetupError


def save(
    name: Name,
    *,
    recipe: RecipeOptions,
    kind: Annotated[str, typer.Option(help="The kind of file that it is for: image, video or audio.")] = "image",
    description: Annotated[str, typer.Option(help="What it is for.")] = "",
    for_all: ForAll = False,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Save a recipe under a name, in place of the one that had it.

    Examples: mediaworks preset save card --op resize:width=640,height=360,fit=cover --format webp --quality 75
    |  mediaworks preset save card --recipe card.json
    |  mediaworks preset save voice --kind audio --op normalize:target=-16 --format opus:tuned_for=speech
    """
    content = recipe.read()
    if content is None:
        raise SetupError("There is nothing to save: give --op, --format or --recipe")
    content = {**content, "kind": kind, "description": description}
    with connected(service) as client:
        saved = answer_of(client.put(f"{PATH}/{name}", json=content, params=scope_of(for_all=for_all)))
    print_outcome(saved, f"[green]✓[/] {plain(name)}", json=json)
