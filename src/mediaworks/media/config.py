from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

OFF = "off"


class Duplicates(StrEnum):
    """What becomes of a file whose owner has the same bytes already: kept beside the first, answered with the first,
    or refused."""

    KEEP = "keep"
    FIRST = "first"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaConfig:
    """`thumbnails`: names of the sizes to make; a number is a box that the picture is fitted into, `150x150` a crop
    to just that size. `purge_after_days`: how long a deleted object can be restored (0: for ever).
    `count_seconds`: how often view and download counts are written down. `page_limit`: the longest page of a list.
    `duplicates`: `keep` a second object with the same bytes of the same owner, answer with the `first`, or `refuse`.
    `masters`: for each a smaller picture of high quality is kept of a large one, its longer side at least so many pixels
    and less than twice as many; `off` for none. `find_faces`: whether faces are looked for in every picture that comes in
    (with the extra `faces`); recipes that name them look by themselves."""

    thumbnails: tuple[str, ...] = ("150x150", "320", "640", "1280", "2048")
    purge_after_days: float = 30
    count_seconds: float = 5
    page_limit: int = 200
    duplicates: Duplicates = Duplicates.KEEP
    masters: tuple[str, ...] = ("1024",)
    find_faces: bool = False

    def __post_init__(self) -> None:
        for name in self.thumbnails:
            sides = name.split("x")
            if len(sides) > 2 or not all(side.isdigit() and 16 <= int(side) <= 8192 for side in sides):
                raise ValueError(f"thumbnails: {name!r} is not a size such as 320 or 150x150 (16 to 8192 pixels)")
        if self.page_limit < 1:
            raise ValueError("page_limit: must be at least 1")
        for side in self.masters if self.masters != (OFF,) else ():
            if not side.isdigit() or not 256 <= int(side) <= 8192:
                raise ValueError(f"masters: {side!r} is neither `off` nor a length (256 to 8192 pixels)")

    @property
    def master_sides(self) -> tuple[int, ...]:
        """The least length of the longer side of each master."""
        return () if self.masters == (OFF,) else tuple(map(int, self.masters))
