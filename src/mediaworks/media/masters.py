"""Masters: what is kept of a large picture so that others are cut from it in a fraction of the time.

A master is a variant with the role `master`: the upright picture in sRGB, 8 bits, scaled to a length of its longer side, as a
JPEG of high quality, as WebP where something is transparent. Animations, pictures of more than 8 bits and pictures that are
hardly larger have none, nor has what was taken in while the setting was off.
"""

from __future__ import annotations

from mediaworks.media.model import Media, Role, Variant

MARGIN = 2
"""How many times larger than needed a master has to be, but for a rounded pixel: a decoder of JPEG then halves it while it
reads, and what its encoder has lost goes with the finer waves."""


def best_source(media: Media, needed_width: float, needed_height: float) -> Variant | None:
    """The smallest master to make a rendering from, or None when it must be the original.

    Needed are the pixels that the whole picture, upright, is scaled to before anything is cut from it: for 512 × 512 filled
    from a picture of 3000 × 2000 these are 768 × 512 (`processing.size_needed` knows). Whoever asks makes sure that the rendering

    - keeps no metadata and no profile, and wants no colours beyond sRGB nor more than 8 bits;
    - gives no coordinates in pixels of the original, or scales them by `variant.width / media.width`;
    - works sizes out from `media.width` and `media.height`, as halves are rounded;
    - is not lossless: a master has been through a lossy encoder.
    """
    if needed_width <= 0 or needed_height <= 0:
        return None
    enough = (
        variant
        for variant in media.variants
        if variant.role is Role.MASTER
        and variant.width > MARGIN * needed_width - MARGIN
        and variant.height > MARGIN * needed_height - MARGIN
    )
    return min(enough, key=lambda variant: variant.width * variant.height, default=None)
