"""What can be done to files of a kind and what they can be written as, told from the very structs that do it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec

from mediaworks.processing import VOCABULARIES, Kind
from mediaworks.transformations.examples import EXAMPLES
from mediaworks.transformations.kinds import other_formats
from mediaworks.transformations.schema import choices_of, in_words, resolved

DRAFT = "https://json-schema.org/draft/2020-12/schema"
MAX_OPERATIONS = 50


class Parameter(msgspec.Struct, frozen=True):
    """`allowed` says in words what it may be, `choices` are the values where there are only some; `schema` is for programs.
    What is not required has a default; null: decided by the file."""

    name: str
    required: bool
    default: Any
    allowed: str
    choices: tuple[str, ...]
    schema: dict[str, Any]


class Entry(msgspec.Struct, frozen=True):
    """An operation (`name` is its `type`) or an output (its `format`), and a piece of JSON that is good."""

    name: str
    description: str
    parameters: tuple[Parameter, ...]
    example: dict[str, Any]


class Catalogue(msgspec.Struct, frozen=True):
    """Everything that a recipe may hold; `schema` describes a whole recipe (JSON Schema 2020-12). `also`: formats that make
    another kind of file of this one, each with the kind whose operations and outputs its recipe takes."""

    operations: tuple[Entry, ...]
    outputs: tuple[Entry, ...]
    schema: dict[str, Any]
    also: dict[str, str]


@cache
def catalogue(kind: Kind = Kind.IMAGE) -> Catalogue:
    words, examples = VOCABULARIES[kind], EXAMPLES[kind]
    structs, count = (*words.operations, *words.outputs), len(words.operations)
    references, definitions = msgspec.json.schema_components(structs, ref_template="#/$defs/{name}")
    entries = tuple(
        _entry(struct, reference, definitions, examples) for struct, reference in zip(structs, references, strict=True)
    )
    schema = _recipe(references[:count], references[count:], definitions)
    return Catalogue(entries[:count], entries[count:], schema, {**other_formats(kind)})


def filters(kind: Kind = Kind.IMAGE) -> tuple[str, ...]:
    """The names that the operation `filter` knows; none where there is no such operation."""
    named = (entry.parameters for entry in catalogue(kind).operations if entry.name == "filter")
    return next((one.choices for parameters in named for one in parameters if one.name == "name"), ())


def allowed_in(entries: Sequence[Entry], name: str, parameter: str) -> str:
    """In words: what the parameter may be, else which parameters or which entries there are."""
    entry = next((entry for entry in entries if entry.name == name), None)
    if entry is None:
        return f"one of {', '.join(entry.name for entry in entries)}"
    known = {one.name: one.allowed for one in entry.parameters}
    return known.get(parameter) or f"only {', '.join(known) or 'no parameters'}"


def _entry(
    struct: type[msgspec.Struct],
    reference: Mapping[str, Any],
    definitions: Mapping[str, Any],
    examples: Mapping[str, Mapping[str, Any]],
) -> Entry:
    config = struct.__struct_config__
    name, schema = str(config.tag), dict(definitions[reference["$ref"].rpartition("/")[2]])
    parameters = tuple(_parameters(schema, str(config.tag_field), definitions))
    example = {str(config.tag_field): name, **(examples.get(name) or getattr(struct, "example", {}))}
    return Entry(name, " ".join(schema["description"].split()), parameters, example)


def _parameters(schema: Mapping[str, Any], tag: str, definitions: Mapping[str, Any]) -> Iterator[Parameter]:
    for name, raw in schema["properties"].items():
        if name != tag:
            whole = resolved(raw, definitions)
            yield Parameter(
                name=name,
                required=name in schema["required"],
                default=whole.get("default"),
                allowed=in_words(whole),
                choices=choices_of(whole),
                schema=whole,
            )


def _recipe(
    operations: Sequence[Mapping[str, Any]], outputs: Sequence[Mapping[str, Any]], definitions: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "$schema": DRAFT,
        "title": "Recipe",
        "type": "object",
        "properties": {
            "operations": {"type": "array", "maxItems": MAX_OPERATIONS, "items": {"anyOf": [*operations]}},
            "output": {"anyOf": [*outputs]},
        },
        "$defs": {**definitions},
    }
