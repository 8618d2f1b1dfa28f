"""`mediaworks process`"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from mediaworks.cli.client import connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, console, plain, print_json, wants_json
from mediaworks.cli.recipes import RecipeOptions
from mediaworks.errors import SetupError


class Mode(StrEnum):
    """What comes of it: a file here; a media object; a version of the same; a job that makes an object."""

    SYNC = "sync"
    DERIVE = "derive"
    VERSION = "version"
    ASYNC = "async"


def process(
    target: Annotated[
        str, typer.Argument(help="Id of an object in the service, a file here, or - for standard input.")
    ],
    *,
    recipe: RecipeOptions,
    preset: Annotated[str | None, typer.Option(help="Name of a preset, in place of all these.")] = None,
    mode: Annotated[
        Mode,
        typer.Option(
            help="sync: a file here; derive: a new media object; version: the same one, changed; async: a job."
        ),
    ] = Mode.SYNC,
    output: Annotated[
        str | None, typer.Option("--output", "-o", help="File or folder to write to, or - for standard output.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    discard: Annotated[
        bool, typer.Option("--discard", help="Remove from the service what was uploaded for this.")
    ] = False,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Transform a picture, a video or sound. A file is uploaded first, and stays in the service unless --discard. What is made
    of a video takes another --mode than sync, but for a single frame or its sound; so does sound of more than a minute.

    `mediaworks operations` lists what can be done. Exit code 1: the service refused, or the job failed; 3: it was cancelled.

    Examples: mediaworks process photo.jpg --op resize:width=800 --op filter:name=juno,strength=70 --format webp -o out.webp
    |  mediaworks process 0190… --preset web  |  mediaworks process 0190… --op rotate:angle=90 --mode version
    |  mediaworks process film.mp4 --op trim:start=4,end=9 --op resize:height=480 --format mp4:crf=24 --mode derive
    |  mediaworks process dance.gif --format mp4 --mode derive  |  mediaworks process film.mp4 --format ladder --mode derive
    |  mediaworks process film.mp4 --format frame:at=3 -o frame.jpg  |  mediaworks process talk.wav --op normalize --format mp3 -o talk.mp3
     |  mediaworks process - --format avif --quality auto -o - < a.png > a.avif
    """
    from mediaworks.cli import processing

    wanted = _wanted(recipe.read(), preset)
    if mode is not Mode.SYNC and (output is not None or discard):
        raise SetupError(f"--output and --discard: go with --mode sync; {mode} leaves what it makes in the service")
    with connected(service) as client, processing.source(client, target, discard=discard) as media_id:
        if mode is Mode.SYNC:
            made = processing.fetched(client, media_id, wanted, output, force=force)
        else:
            made = processing.made(client, media_id, wanted | {"mode": mode})
    _print(made, json=json, silent=output == processing.STDOUT)


def _wanted(recipe: dict[str, Any] | None, preset: str | None) -> dict[str, Any]:
    """What to ask for. Raises SetupError unless it is a recipe or a preset."""
    if (recipe is None) == (preset is None):
        told = (
            "--preset: goes without other options" if preset else "Say what to do: --op, --format, --recipe or --preset"
        )
        raise SetupError(told)
    return {"preset": preset} if recipe is None else recipe


def _print(made: dict[str, Any], *, json: bool, silent: bool) -> None:
    if silent:
        return
    if wants_json(json):
        print_json(made)
        return
    if "path" in made:
        size = f"{made['width']}×{made['height']}" if "width" in made else f"{made['duration']:.1f} s"
        what = f"{plain(made['path'])}  {size}"
    else:
        what = f"{made['id']}  {plain(made.get('original_name') or made.get('state', ''))}"
    console().print(f"[green]✓[/] {what}", soft_wrap=True)
