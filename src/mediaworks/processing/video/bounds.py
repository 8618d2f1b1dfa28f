"""How much a recording may claim to be; over these bounds it is refused before anything is made of it."""

from __future__ import annotations

import re
from fractions import Fraction

from mediaworks.errors import TooManyPixels, Unprocessable
from mediaworks.processing.video.decoders import PICTURES

MOST_STREAMS = 64
MOST_PIXELS = 300_000_000
MOST_SECONDS = 48 * 3600
MOST_PACKETS = 12_000_000  # 48 hours at 60 a second, and some
MOST_CHAPTERS = 1_000
SLOWEST_RATE = Fraction(1, 1_000)
MOST_LETTERS = 200

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def refuse_too_large(width: int, height: int, max_pixels: int) -> None:
    """Raises TooManyPixels, and Unprocessable for pictures without any."""
    if width <= 0 or height <= 0:
        raise Unprocessable("The recording does not say how large its pictures are")
    if width * height > max_pixels:
        raise TooManyPixels(f"Frames of {width}×{height} are larger than allowed", limit=max_pixels)


def refuse_too_long(seconds: float) -> None:
    """Raises Unprocessable with the code `too_long`."""
    if seconds > MOST_SECONDS:
        detail = f"The recording claims to take {seconds / 3600:.0f} hours: {MOST_SECONDS // 3600} are allowed"
        raise Unprocessable(detail, code="too_long", limit=MOST_SECONDS)


def refuse_too_many_packets(count: int) -> None:
    """Raises Unprocessable with the code `too_many_packets`."""
    if count > MOST_PACKETS:
        detail = f"The recording has more than {MOST_PACKETS} pictures"
        raise Unprocessable(detail, code="too_many_packets", limit=MOST_PACKETS)


def refuse_too_slow(rate: Fraction) -> None:
    """Raises Unprocessable where pictures are more than a quarter of an hour apart."""
    if rate < SLOWEST_RATE:
        raise Unprocessable("The recording's pictures are too far apart to be played", code="too_slow")


def refuse_unknown_codec(name: str) -> None:
    """Raises Unprocessable with the code `codec_not_allowed`."""
    if name not in PICTURES:
        raise Unprocessable(
            f"The recording's pictures are coded as {name}, which is not read here",
            code="codec_not_allowed",
            allowed=sorted(PICTURES),
        )


def label(text: str | None) -> str | None:
    """What a container says of itself, in one line that can be shown; None where nothing is left."""
    shown = "".join(letter for letter in (text or "")[: 4 * MOST_LETTERS] if letter.isprintable())
    return shown.strip()[:MOST_LETTERS] or None


def language(code: str | None) -> str | None:
    """A language by its form (RFC 5646); None for what has another, or says that it is unknown."""
    return code if code and code != "und" and len(code) <= 35 and _LANGUAGE.fullmatch(code) else None
