"""The fonts that text is set in: one that comes along, those of the installation, and those of the system."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

BUNDLED = Path(__file__).parent / "image" / "fonts"
CONFIGURATION = BUNDLED / "fonts.conf"
SYSTEM = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
_OF_FONTCONFIG = (Path("/etc/fonts"), Path("/usr/share/fontconfig"), Path("/var/cache/fontconfig"))
_NOWHERE = Path("/nonexistent")

GENERIC = frozenset({"sans", "sans-serif", "serif", "monospace", "mono", "system-ui", "emoji", "cursive", "fantasy"})
STYLES = frozenset(
    {
        "thin", "ultra-light", "extra-light", "light", "book", "regular", "normal", "medium", "semi-bold", "demi-bold",
        "bold", "ultra-bold", "extra-bold", "heavy", "black", "italic", "oblique", "roman", "condensed",
        "semi-condensed", "extra-condensed", "expanded", "small-caps",
    }
)  # fmt: skip

_COLLECTION = b"ttcf"
_FAMILY_NAMES = {1, 16}
_UNICODE = {0, 3}
_MOST_FONTS = 64
_in_use: list[Path] = []


def environment(own: str) -> dict[str, str]:
    """What a decoder's process must find set; `own`: a folder of fonts of the installation."""
    return {
        "FONTCONFIG_FILE": str(CONFIGURATION),
        "XDG_DATA_HOME": str(_folder(own)),
    }


def use(own: str) -> None:
    """Have this process, a decoder with `environment(own)`, know these fonts too. To be called before its walls are up."""
    _in_use[:] = [_folder(own)]


def readable() -> tuple[Path, ...]:
    """The folders that this process, a decoder, needs to read for its fonts."""
    return (*_folders(_in_use), *_OF_FONTCONFIG)


def _folder(own: str) -> Path:
    return Path(own).expanduser().absolute() if own else _NOWHERE


def _folders(own: Iterable[Path]) -> tuple[Path, ...]:
    return (BUNDLED, *own, *SYSTEM)


def families(own: str = "") -> tuple[str, ...]:
    """The names of all fonts that can be asked for, sorted."""
    return _families(_folders([_folder(own)]))


def is_known(font: str) -> bool:
    """Whether a decoder has a font of that name (case does not matter; words of style, such as Bold, may follow), or one of
    several with commas between. To be asked in a decoder."""
    names = {name.lower() for name in _families(_folders(_in_use))} | GENERIC
    return any(_is_one_of(names, part.lower().split()) for part in font.split(","))


def _is_one_of(names: set[str], words: list[str]) -> bool:
    return any(
        " ".join(words[:count]) in names and STYLES.issuperset(words[count:]) for count in range(1, len(words) + 1)
    )


@cache
def _families(folders: tuple[Path, ...]) -> tuple[str, ...]:
    return tuple(sorted({name for file in _files(folders) for name in _names_in(file)}))


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        for kind in ("*.ttf", "*.otf", "*.ttc", "*.otc"):
            yield from folder.rglob(kind)


def _names_in(path: Path) -> set[str]:
    """The family names in a font file (OpenType 1.9, tables `ttcf` and `name`); none in one that is broken."""
    try:
        with path.open("rb") as file:
            return {name for start in _starts(file) for name in _names(file, start)}
    except (OSError, struct.error, UnicodeDecodeError):
        return set()


def _starts(file: BinaryIO) -> tuple[int, ...]:
    """Where the fonts of a file begin."""
    if file.read(4) != _COLLECTION:
        return (0,)
    _, count = _unpacked(file, ">II")
    return _unpacked(file, f">{min(count, _MOST_FONTS)}I")


def _names(file: BinaryIO, start: int) -> Iterator[str]:
    file.seek(start + 4)
    (tables,) = _unpacked(file, ">H6x")
    directory = [_unpacked(file, ">4s4xII") for _ in range(tables)]
    for offset, size in [(offset, size) for tag, offset, size in directory if tag == b"name"]:
        file.seek(offset)
        yield from _names_of(file.read(size))


def _names_of(table: bytes) -> Iterator[str]:
    _, count, strings = struct.unpack_from(">HHH", table)
    for number in range(count):
        platform, _, _, name, size, offset = struct.unpack_from(">6H", table, 6 + 12 * number)
        if platform in _UNICODE and name in _FAMILY_NAMES:
            yield table[strings + offset : strings + offset + size].decode("utf-16-be")


def _unpacked(file: BinaryIO, layout: str) -> tuple[Any, ...]:
    return struct.unpack(layout, file.read(struct.calcsize(layout)))
