"""JSON schemas as sentences: what a parameter may be, for people and for the errors that name it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

_WORDS = {"boolean": "true or false", "integer": "whole number", "number": "number", "object": "object"}


def resolved(schema: Schema, definitions: Mapping[str, Schema]) -> dict[str, Any]:
    """The schema with what it refers to in place of `$ref`, and without the choice of null."""
    if "$ref" in schema:
        target = definitions[schema["$ref"].rpartition("/")[2]]
        return resolved({**target, **{name: value for name, value in schema.items() if name != "$ref"}}, definitions)
    if "anyOf" in schema:
        kinds = [resolved(kind, definitions) for kind in schema["anyOf"] if kind != {"type": "null"}]
        rest = {name: value for name, value in schema.items() if name != "anyOf"}
        return {**rest, **kinds[0]} if len(kinds) == 1 else {**rest, "anyOf": kinds}
    if "items" in schema and isinstance(schema["items"], Mapping):
        return {**schema, "items": resolved(schema["items"], definitions)}
    if "properties" in schema:
        return {**schema, "properties": {n: resolved(one, definitions) for n, one in schema["properties"].items()}}
    return dict(schema)


def in_words(schema: Schema) -> str:
    """What is allowed, such as `number, more than 0, at most 250`; `schema` is resolved."""
    if "anyOf" in schema:
        return schema.get("description") or " or ".join(in_words(kind) for kind in schema["anyOf"])
    if "enum" in schema:
        return (
            " ".join(("one of", ", ".join(map(str, schema["enum"])))) if len(schema["enum"]) > 1 else schema["enum"][0]
        )
    if schema.get("type") == "string":
        return schema.get("description") or ", ".join(("text", *_length(schema)))
    if schema.get("type") == "array":
        return _list_in_words(schema)
    unit = (
        f" ({schema['description']})" if schema.get("type") in {"integer", "number"} and "description" in schema else ""
    )
    return ", ".join((_WORDS.get(schema.get("type", ""), "anything"), *_range(schema))) + unit


def _list_in_words(schema: Schema) -> str:
    if "prefixItems" in schema:
        return f"list of {len(schema['prefixItems'])}, each: {in_words(schema['prefixItems'][0])}"
    items = schema.get("items", {})
    each = f"objects with {', '.join(items['properties'])}" if "properties" in items else in_words(items)
    return f"list of {each}" + (f"; at most {schema['maxItems']}" if "maxItems" in schema else "")


def _range(schema: Schema) -> Iterator[str]:
    if {"minimum", "maximum"} <= schema.keys():
        yield f"{schema['minimum']} to {schema['maximum']}"
        return
    for name, word in (("minimum", "at least"), ("exclusiveMinimum", "more than"), ("maximum", "at most"), ("exclusiveMaximum", "less than")):  # fmt: skip
        if name in schema:
            yield f"{word} {schema[name]}"


def _length(schema: Schema) -> Iterator[str]:
    if "maxLength" in schema:
        yield f"{schema.get('minLength', 0)} to {schema['maxLength']} characters"


def choices_of(schema: Schema) -> tuple[str, ...]:
    """The values that are allowed, where there are only some."""
    kinds = schema.get("anyOf", [schema])
    return tuple(str(value) for kind in kinds for value in kind.get("enum", ()))
