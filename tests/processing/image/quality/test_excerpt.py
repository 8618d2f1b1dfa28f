"""What stands for a large picture while its quality is searched."""

from __future__ import annotations

import pytest
import pyvips

from mediaworks.processing.image.outputs import read
from mediaworks.processing.image.quality.excerpt import GRID, TILE, TILES, excerpt
from mediaworks.processing.image.quality.judging import Judge


def places(width: int, height: int) -> pyvips.Image:
    """Each pixel says where it is."""
    return pyvips.Image.xyz(width, height).cast("ushort")


@pytest.mark.parametrize(("width", "height"), [(1, 1), (500, 500), (800, 600), (3000, 100)])
def test_a_small_picture_stands_for_itself(width: int, height: int) -> None:
    image = places(width, height)
    assert excerpt(image) is image


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [
        (4000, 3000, (576, 576)),
        (3000, 4000, (576, 576)),
        (20_000, 300, (9 * 192, 192)),
        (300, 20_000, (192, 9 * 192)),
        (20_000, 100, (9 * 192, 100)),
        (65_000, 500, (4 * 192, 2 * 192)),
    ],
)
def test_a_large_one_is_shown_by_tiles_of_its_own_pixels(width: int, height: int, size: tuple[int, int]) -> None:
    part = excerpt(places(width, height))
    assert (part.width, part.height) == size
    assert part.width * part.height <= TILES * TILE * TILE


def test_tiles_come_from_all_over_and_begin_on_the_grid_of_blocks() -> None:
    part = excerpt(places(4000, 3000))
    corners = [part.getpoint(column * TILE, row * TILE) for row in range(3) for column in range(2)]
    assert all(x % GRID == 0 and y % GRID == 0 for x, y in corners)
    assert {(x // 2000, y // 1000) for x, y in corners} == {(x, y) for x in range(2) for y in range(3)}


@pytest.mark.parametrize(("left", "top"), [(10, 10), (1700, 1100), (2800, 1900), (950, 420)])
def test_a_small_thing_on_a_plain_ground_is_in_the_excerpt(left: int, top: int) -> None:
    thing = pyvips.Image.gaussnoise(150, 90, mean=128, sigma=60, seed=1).cast("uchar")
    ground = (pyvips.Image.black(3000, 2000) + 250).cast("uchar")
    part = excerpt(ground.insert(thing.bandjoin([thing, thing]), left, top).copy(interpretation="srgb"))
    assert (part[0] < 240).avg() / 255 > 0.5 * thing.width * thing.height / (part.width * part.height) * 0.9


def test_so_its_quality_is_not_that_of_the_ground() -> None:
    thing = pyvips.Image.gaussnoise(300, 200, mean=128, sigma=60, seed=1).gaussblur(1).cast("uchar")
    ground = (pyvips.Image.black(3000, 2000, bands=3) + 250).cast("uchar").copy(interpretation="srgb")
    judge = Judge.of(ground.insert(thing.bandjoin([thing, thing]), 1100, 450).copy(interpretation="srgb"))
    assert judge is not None
    jpeg = read({"format": "jpeg"})
    assert judge.score(jpeg.encode, 30) < 80 < judge.score(jpeg.encode, 95)
