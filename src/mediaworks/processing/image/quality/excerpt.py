"""A small picture that compresses like a large one."""

from __future__ import annotations

from mediaworks.processing.image import vips

TILE = 192  # three blocks of AV1, twelve of JPEG's largest
TILES = 9
GRID = 16  # tiles begin where blocks begin, as those of a source that was JPEG
BLOCK = 96  # detail is looked for in such squares


def excerpt(image: vips.Image) -> vips.Image:
    """The picture itself, or tiles from all over it side by side in their own pixels: artefacts are a matter of pixels,
    so that nothing is scaled. At most 576×576 pixels or as many in another shape. In each row all tiles but one lie evenly
    spread; that one lies where the row has most detail: a small thing on a plain ground must not be missed."""
    if image.width * image.height <= TILES * TILE * TILE * 2:
        return image
    columns, rows = _spread(image.width, image.height)
    detail = _detail(image)
    tiles = [tile for row in range(rows) for tile in _row(image, detail, columns, (row, rows))]
    return vips.Image.arrayjoin(tiles, across=columns).copy_memory()


def _row(image: vips.Image, detail: vips.Image, columns: int, row: tuple[int, int]) -> list[vips.Image]:
    number, count = row
    middle = int((number + 0.5) * image.height / count)
    spread = [(int((column + 0.5) * image.width / (columns - 1)), middle) for column in range(columns - 1)]
    return [_around(image, x, y) for x, y in (*spread, _busiest(detail, number, count))]


def _spread(width: int, height: int) -> tuple[int, int]:
    """Columns and rows of tiles: three of each where there is room."""
    rows = max(1, min(3, height // TILE))
    columns = max(1, min(TILES // rows, width // TILE))
    return columns, max(rows, min(TILES // columns, height // TILE))


def _detail(image: vips.Image) -> vips.Image:
    """How strong edges are on average, one pixel for each block. Green tells enough, and every other pixel."""
    return image[1].subsample(2, 2).sobel().shrink(BLOCK // 2, BLOCK // 2, ceil=True).copy_memory()


def _busiest(detail: vips.Image, number: int, count: int) -> tuple[int, int]:
    """The middle, in pixels of the picture, of the block with most detail in a row."""
    top = number * detail.height // count
    bottom = max((number + 1) * detail.height // count, top + 1)
    x, y = detail.crop(0, top, detail.width, bottom - top).maxpos()[1:3]
    return int(x) * BLOCK + BLOCK // 2, (top + int(y)) * BLOCK + BLOCK // 2


def _around(image: vips.Image, x: int, y: int) -> vips.Image:
    """A tile with a point in its middle, as far as the border lets it."""
    width, height = min(TILE, image.width), min(TILE, image.height)
    left, top = (
        max(0, min(place - tile // 2, side - tile)) // GRID * GRID
        for place, side, tile in ((x, image.width, width), (y, image.height, height))
    )
    return image.crop(left, top, width, height)
