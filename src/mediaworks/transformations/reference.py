"""The pages about operations and outputs, written from what they are: `make docs` puts them into docs/."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from mediaworks.processing import Kind
from mediaworks.transformations.catalogue import MAX_OPERATIONS, Entry, Parameter, catalogue, filters
from mediaworks.transformations.kinds import other_formats

PAGES: Mapping[Kind, str] = {
    Kind.IMAGE: "operations.md",
    Kind.VIDEO: "operations-video.md",
    Kind.AUDIO: "operations-audio.md",
}
_SAMPLES: Mapping[Kind, dict[str, Any]] = {
    Kind.IMAGE: {
        "operations": [{"type": "resize", "width": 800}, {"type": "filter", "name": "juno"}],
        "output": {"format": "webp"},
    },
    Kind.VIDEO: {
        "operations": [{"type": "trim", "start": 4, "end": 9.5}, {"type": "resize", "height": 480}],
        "output": {"format": "mp4", "crf": 24},
    },
    Kind.AUDIO: {
        "operations": [{"type": "remove_silence"}, {"type": "normalize", "target": -16}],
        "output": {"format": "mp3"},
    },
}
_HEAD = f"""# Operations: {{kind}}

A recipe is a list of operations, done in their order, and an output. `GET /api/v1/process/operations?kind={{kind}}` answers
with all of this for programs, and with the JSON schema of a recipe. Unknown names and values outside of these limits are
refused with 422 `invalid_recipe`, whose `field` names the place: `operations[0].width`. At most {MAX_OPERATIONS} operations.
Pages: {{pages}}. They are generated: `make docs`.

```json
{{sample}}
```
"""
_OUTPUTS = """## Outputs

`{"format": …}` with these parameters; without a format the file is written as it was read.
"""


def page(kind: Kind) -> str:
    """The whole page about files of a kind."""
    known = catalogue(kind)
    names = ", ".join(f"`{name}`" for name in filters(kind))
    filter_names = f"The filters: {names}.\n" if names else ""
    sections = [*map(_section, known.operations), _OUTPUTS, *_also(kind), *map(_section, known.outputs)]
    pages = " · ".join(f"[{one}]({name})" for one, name in PAGES.items())
    head = _HEAD.format(kind=kind.value, pages=pages, sample=_json(_SAMPLES[kind]))
    return "\n".join([head, f"{_contents(known.operations)}\n\n{filter_names}", *sections])


def _also(kind: Kind) -> Iterator[str]:
    """The formats that make another kind of file, with the page that they stand on."""
    names = " · ".join(f"[{name}]({PAGES[other]}#{name})" for name, other in other_formats(kind).items())
    if names:
        yield f"Into another kind of file, with its operations: {names}.\n"


def _contents(entries: Iterable[Entry]) -> str:
    return " · ".join(f"[{entry.name}](#{entry.name})" for entry in entries)


def _section(entry: Entry) -> str:
    return "\n".join([f"### {entry.name}\n", f"{entry.description}\n", *_table(entry), *_sample(entry.example)])


def _table(entry: Entry) -> Iterator[str]:
    if entry.parameters:
        yield "| parameter | allowed | default |\n|---|---|---|"
        yield from map(_row, entry.parameters)
        yield ""


def _row(parameter: Parameter) -> str:
    default = "needed" if parameter.required else "" if parameter.default is None else f"`{_json(parameter.default)}`"
    return f"| `{parameter.name}` | {parameter.allowed.replace('|', '¦')} | {default} |"


def _sample(example: dict[str, Any]) -> Iterator[str]:
    yield f"```json\n{_json(example)}\n```\n"


def _json(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=0).decode()


if __name__ == "__main__":
    for kind, name in PAGES.items():
        Path(sys.argv[1], name).write_text(page(kind), "utf-8")
