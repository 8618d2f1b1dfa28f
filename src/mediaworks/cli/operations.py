"""`mediaworks operations`"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mediaworks.cli.output import AsJson, console, plain, print_json, print_table, wants_json
from mediaworks.errors import SetupError

if TYPE_CHECKING:
    from mediaworks.transformations.catalogue import Catalogue, Entry


def operations(
    name: Annotated[str | None, typer.Argument(help="An operation or output, for all about it.")] = None,
    *,
    kind: Annotated[str, typer.Option(help="The kind of file: image, video and so on.")] = "image",
    json: AsJson = False,
) -> None:
    """What can be done to files of a kind, and what they can be written as. Needs no service.

    Examples: mediaworks operations  |  mediaworks operations resize  |  mediaworks operations trim --kind video
    |  mediaworks operations --json
    """
    from mediaworks.processing import VOCABULARIES, Kind
    from mediaworks.transformations.catalogue import catalogue

    if kind not in VOCABULARIES:
        raise SetupError(f"--kind: must be one of {', '.join(VOCABULARIES)}")
    known = catalogue(Kind(kind))
    if name is None:
        print_json(known) if wants_json(json) else _print_all(known)
        return
    found = [entry for entry in (*known.operations, *known.outputs) if entry.name == name]
    if not found:
        raise SetupError(f"There is no operation or output {name!r}; `mediaworks operations` lists them")
    print_json(found[0]) if wants_json(json) else _print_one(found[0])


def _print_all(known: Catalogue) -> None:
    for title, entries in (("operation", known.operations), ("output", known.outputs)):
        rows = ((entry.name, _needed(entry), _first_sentence(entry.description)) for entry in entries)
        print_table((title, "parameters", "what it does"), rows, whole={title})
        console().print()
    for name, kind in known.also.items():
        console().print(f"{name}: see --kind {kind}")


def _needed(entry: Entry) -> str:
    """Parameters by name, those that must be given without brackets."""
    return " ".join(one.name if one.required else f"[{one.name}]" for one in entry.parameters)


def _first_sentence(text: str) -> str:
    return text.partition(". ")[0].rstrip(".")


def _print_one(entry: Entry) -> None:
    console().print(f"[bold]{plain(entry.name)}[/]  {plain(entry.description)}\n")
    rows = ((one.name, one.allowed, _default(one.default, required=one.required)) for one in entry.parameters)
    print_table(("parameter", "allowed", "default"), rows, whole={"parameter"})
    console().print("\n[dim]Example[/]")
    console().print_json(data=entry.example, indent=None)


def _default(value: object, *, required: bool) -> str:
    if required:
        return "needed"
    return "" if value is None else str(value)
