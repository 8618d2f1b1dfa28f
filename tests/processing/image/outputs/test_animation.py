"""Pictures that move go on moving where the format can."""

from __future__ import annotations

import pytest
import pyvips
from tests.processing.image.outputs.conftest import Write

from mediaworks.testing import media

DELAYS = [50, 120, 200]
MIMES = {".gif": "image/gif", ".webp": "image/webp"}


def film(suffix: str) -> bytes:
    """Three frames of 64×48, each of one colour, played twice."""
    frames = [
        (pyvips.Image.black(64, 48, bands=3) + colour).cast("uchar")
        for colour in ([250, 0, 0], [0, 250, 0], [0, 0, 250])
    ]
    strip = pyvips.Image.arrayjoin(frames, across=1).copy(interpretation="srgb")
    strip.set_type(pyvips.GValue.gint_type, "page-height", 48)
    strip.set_type(pyvips.GValue.array_int_type, "delay", DELAYS)
    strip.set_type(pyvips.GValue.gint_type, "loop", 2)
    return bytes(strip.write_to_buffer(suffix))


@pytest.mark.parametrize("source", MIMES)
@pytest.mark.parametrize("name", ["gif", "webp"])
def test_frames_delays_and_the_number_of_loops_stay(write: Write, source: str, name: str) -> None:
    file = write(film(source), MIMES[source], {"format": name}, {"type": "resize", "width": 32})
    image = file.image
    assert (file.told.frames, file.told.width, file.told.height) == (3, 32, 24)
    assert (image.get("n-pages"), image.get("page-height"), image.get("delay"), image.get("loop")) == (3, 24, DELAYS, 2)
    for number in range(3):
        pixel = image.getpoint(16, 24 * number + 12)
        assert pixel[number] == max(pixel[:3])


@pytest.mark.parametrize("name", ["jpeg", "png", "avif", "tiff"])
def test_elsewhere_the_first_frame_is_written(write: Write, name: str) -> None:
    file = write(film(".gif"), "image/gif", {"format": name})
    assert (file.told.frames, file.told.width, file.told.height) == (1, 64, 48)
    assert (file.image.width, file.image.height) == (64, 48)
    assert file.image.getpoint(30, 20)[0] > 200


def test_a_film_can_be_written_as_a_still(write: Write) -> None:
    file = write(film(".gif"), "image/gif", {"format": "webp", "animated": False})
    assert (file.told.frames, file.image.height) == (1, 48)
    assert "delay" not in file.fields


def test_a_film_fits_a_budget_by_losing_pixels_but_no_frames(write: Write) -> None:
    large = write(media.animation(5), "image/gif", {"format": "gif"})
    limit = len(large.data) // 2
    small = write(media.animation(5), "image/gif", {"format": "gif", "max_bytes": limit, "shrink": True})
    assert len(small.data) <= limit
    assert (small.told.frames, small.image.get("n-pages")) == (5, 5)
    assert small.image.get("page-height") == small.told.height < large.told.height


def test_the_palette_of_a_gif_can_be_used_again(write: Write) -> None:
    source = write(media.photo(64, 64), "image/jpeg", {"format": "gif", "colours": 8}).data
    colours = set(pyvips.Image.new_from_buffer(source, "").get("gif-palette"))
    darker = {"type": "brightness", "amount": 0.8}
    again, fresh = (
        write(source, "image/gif", {"format": "gif", "reuse": reuse}, darker).image for reuse in (True, False)
    )
    assert colours <= set(again.get("gif-palette"))
    assert not colours <= set(fresh.get("gif-palette"))
