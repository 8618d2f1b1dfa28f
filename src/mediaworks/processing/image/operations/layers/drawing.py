"""What an SVG of somebody else may hold: it is a program, of which only the drawing is wanted."""

from __future__ import annotations

import re
from typing import NoReturn
from xml.parsers import expat

from mediaworks.errors import InvalidRecipe

MOST_ELEMENTS = 10_000
DEEPEST = 100
REFUSED = frozenset(
    {"script", "foreignobject", "image", "feimage", "iframe", "object", "embed", "audio", "video", "canvas", "handler"}
)
_LINKS = frozenset({"href", "src", "base"})
_ELSEWHERE = re.compile(r"""url\(\s*["']?\s*(?!#)|@import|expression\(|\\""", re.IGNORECASE)


def refuse_programs(svg: str) -> None:
    """Raises InvalidRecipe for what is no well-formed SVG, and for scripts, entities, and links to anything outside it."""
    parser = expat.ParserCreate(namespace_separator=" ")
    reader = _Reader()
    parser.StartDoctypeDeclHandler = lambda *_: _refuse("document types and entities are not allowed")
    parser.ProcessingInstructionHandler = lambda *_: _refuse("processing instructions are not allowed")
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.read
    try:
        parser.Parse(svg, True)
    except expat.ExpatError as error:
        _refuse(f"is not well formed: {error}")


class _Reader:
    def __init__(self) -> None:
        self._elements = 0
        self._open: list[str] = []
        self._style: list[str] = []

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        local = _local(name)
        self._elements += 1
        self._open.append(local)
        if self._elements == 1 and local != "svg":
            _refuse(f"begins with <{local}>, not with <svg>")
        if self._elements > MOST_ELEMENTS or len(self._open) > DEEPEST:
            _refuse(f"has more than {MOST_ELEMENTS} elements, or {DEEPEST} within each other")
        if local in REFUSED:
            _refuse(f"<{local}> is not allowed")
        for attribute, value in attributes.items():
            _look_at(_local(attribute), value)

    def end(self, name: str) -> None:
        if self._open.pop() == "style":
            _look_at("style", "".join(self._style))
            self._style.clear()

    def read(self, text: str) -> None:
        if self._open and self._open[-1] == "style":
            self._style.append(text)


def _look_at(attribute: str, value: str) -> None:
    if attribute.startswith("on"):
        _refuse(f"{attribute}: scripts are not allowed")
    if attribute in _LINKS and not value.strip().startswith("#"):
        _refuse(f"{attribute}: only links within the drawing (#…) are allowed")
    if _ELSEWHERE.search(value):
        _refuse(f"{attribute}: only references within the drawing (url(#…)) are allowed")


def _local(name: str) -> str:
    return name.rpartition(" ")[2].lower()


def _refuse(reason: str) -> NoReturn:
    raise InvalidRecipe(f"svg: {reason}", field="svg")
