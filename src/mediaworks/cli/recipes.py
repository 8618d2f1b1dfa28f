"""Recipes on the command line: `--op resize:width=800,height=600`, a file, or the name of a preset."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from mediaworks.cli.output import readable
from mediaworks.errors import SetupError

_PART = re.compile(r'((?:[^,"\[\]{}]|"(?:[^"\\]|\\.)*"|\[[^\]]*\]|\{[^}]*\})*)(?:,|$)')


@dataclass(frozen=True, slots=True)
class RecipeOptions:
    """What is to be done to a file; the service knows of which kind it is."""

    op: Annotated[
        list[str] | None,
        typer.Option(help="An operation, as blur:sigma=4 or as JSON; may be given again, and they are done in order."),
    ] = None
    format: Annotated[
        str | None, typer.Option(help="How to write it, as webp or webp:effort=6,lossless=true; else as it was.")
    ] = None
    quality: Annotated[
        str | None,
        typer.Option(help="Of pictures 1 to 100, or auto: as small as looks the same; of sound as the format counts."),
    ] = None
    recipe: Annotated[
        Path | None, typer.Option(help='A JSON file {"operations": […], "output": {…}}.', dir_okay=False)
    ] = None

    def read(self) -> dict[str, Any] | None:
        """The recipe, or None when no option was given. What a file says about the output, the options go before. Raises
        SetupError."""
        if not self.op and self.format is None and self.quality is None and self.recipe is None:
            return None
        saved = {} if self.recipe is None else _from_file(self.recipe)
        output = dict(saved.get("output", {}))
        if self.format is not None:
            output = _step(self.format, "--format", "format", known="outputs")
        if self.quality is not None:
            output["quality"] = _value(self.quality, "outputs", str(output.get("format")), "quality")
        operations = [_step(op, "--op", "type", known="operations") for op in self.op or []]
        return {"operations": [*saved.get("operations", []), *operations], "output": output}


def _from_file(file: Path) -> dict[str, Any]:
    import msgspec

    try:
        found = msgspec.json.decode(file.read_bytes())
    except OSError as error:
        raise SetupError(f"--recipe: {readable(file)}: {error.strerror}") from error
    except msgspec.DecodeError as error:
        raise SetupError(f"--recipe: {readable(file)} is no JSON: {error}") from error
    if not isinstance(found, dict) or not found.keys() <= {"operations", "output", "name", "description"}:
        raise SetupError(f'--recipe: {readable(file)} must hold {{"operations": […], "output": {{…}}}}')
    return found


def _step(text: str, option: str, tag: str, *, known: str) -> dict[str, Any]:
    """`name:parameter=value,…`, or JSON."""
    import msgspec

    if text.lstrip().startswith("{"):
        try:
            return dict(msgspec.json.decode(text))
        except (msgspec.DecodeError, ValueError) as error:
            raise SetupError(f"{option}: {readable(text)} is no JSON object: {error}") from error
    name, _, rest = text.partition(":")
    return {tag: name.strip(), **dict(_parameters(rest, name.strip(), option, known))}


def _parameters(text: str, name: str, option: str, known: str) -> Iterator[tuple[str, Any]]:
    for part in _parts(text):
        parameter, equals, value = part.partition("=")
        if not equals:
            raise SetupError(f"{option}: {readable(part)!r} in {name} must be parameter=value")
        yield parameter.strip(), _value(value.strip(), known, name, parameter.strip())


def _parts(text: str) -> Iterator[str]:
    """What lies between commas that stand in no quotes and no brackets."""
    at = 0
    while at < len(text):
        match = _PART.match(text, at)
        if match is None or match.end() == at:
            raise SetupError(f"--op: cannot read {readable(text[at:])!r}: a quote or bracket is not closed")
        yield match[1]
        at = match.end()


def _value(text: str, known: str, name: str, parameter: str) -> Any:
    """Text where the parameter is one, though it may look like a number; else what it is in JSON."""
    import msgspec

    if not text.startswith('"') and _is_text(known, name, parameter):
        return text
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def _is_text(known: str, name: str, parameter: str) -> bool:
    from mediaworks.processing import VOCABULARIES
    from mediaworks.transformations.catalogue import catalogue

    entries = [entry for kind in VOCABULARIES for entry in getattr(catalogue(kind), known)]
    found = (one for entry in entries if entry.name == name for one in entry.parameters if one.name == parameter)
    return any(one.schema.get("type") == "string" or _has_names(one.schema.get("enum", ())) for one in found)


def _has_names(choices: Iterable[Any]) -> bool:
    return any(isinstance(choice, str) for choice in choices)
