"""What is known of a file, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from mediaworks.media.info.view import histogram_view
from mediaworks.processing import Histogram
from mediaworks.testing import media

MEDIA = "/api/v1/media"
Ready = Callable[[str], dict[str, Any]]


@pytest.fixture
def known(client: httpx.Client, ready: Ready) -> Callable[..., dict[str, Any]]:
    """Uploads content and tells what is known of it."""

    def tell(content: bytes, name: str = "a.jpg", **query: Any) -> dict[str, Any]:
        made = client.post(f"{MEDIA}/upload", files={"file": (name, content)}).json()
        answer = client.get(f"{MEDIA}/{ready(made['id'])['id']}/info", params=query)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    return tell


def test_a_photo_is_told_with_camera_place_colours_and_hashes(known: Callable[..., dict[str, Any]]) -> None:
    told = known(media.photo_with_camera_data(6), colours=3, bins=8)
    assert (told["format"], told["color_space"], told["bit_depth"], told["has_alpha"]) == ("jpeg", "srgb", 8, False)
    assert (told["width"], told["height"], told["orientation"]) == (200, 300, 6)
    assert (told["animated"], told["frames"], told["animation_seconds"]) == (False, 1, None)
    assert told["exif"]["image"]["Make"] == "Acme"
    assert told["gps"] == {"latitude": 52.5, "longitude": -13.25}
    assert "secret place" in told["xmp"]
    assert len(told["palette"]) == 3
    assert sum(one["share"] for one in told["palette"]) == pytest.approx(1, abs=0.01)
    histogram = told["histogram"]
    assert [len(histogram[band]) for band in ("red", "green", "blue", "luminance")] == [8] * 4
    assert sum(histogram["red"]) == histogram["pixels"] > 0
    assert sum(histogram["blue"][1:3]) == pytest.approx(histogram["pixels"], rel=0.01), "blue is 64 everywhere"
    assert told["sharpness"]["word"] == "blurred"
    assert len(told["phash"]) == 16
    assert told["blurhash"]
    assert told["thumbhash"]
    assert told["faces"] is None or isinstance(told["faces"], list)


def test_an_animation_is_told_with_its_frames_and_how_long_it_lasts(known: Callable[..., dict[str, Any]]) -> None:
    told = known(media.animation(3, delay=[100, 200, 300]), "a.gif")
    assert (told["animated"], told["frames"], told["animation_seconds"]) == (True, 3, 0.6)


def test_a_document_has_no_pixels(client: httpx.Client, known: Callable[..., dict[str, Any]]) -> None:
    told = known(media.PDF, "a.pdf")
    assert told["kind"] == "document"
    assert [told[name] for name in ("width", "palette", "histogram", "sharpness", "phash")] == [None] * 5


def test_what_the_pixels_show_is_not_among_the_metadata(client: httpx.Client, ready: Ready) -> None:
    made = client.post(f"{MEDIA}/upload", files={"file": ("a.jpg", media.image())}).json()
    ready(made["id"])
    assert "appearance" not in client.get(f"{MEDIA}/{made['id']}/metadata").json()


def test_it_is_not_sent_again_while_nothing_has_changed(client: httpx.Client, ready: Ready) -> None:
    made = client.post(f"{MEDIA}/upload", files={"file": ("a.jpg", media.image())}).json()
    ready(made["id"])
    address = f"{MEDIA}/{made['id']}/info"
    first = client.get(address)
    assert first.headers["cache-control"] == "private, no-cache"
    again = client.get(address, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(address, params={"colours": 2}, headers={"if-none-match": first.headers["etag"]})
    assert other.status_code == 200
    client.patch(f"{MEDIA}/{made['id']}", json={"tags": ["a"]})
    assert client.get(address, headers={"if-none-match": first.headers["etag"]}).status_code == 200


@pytest.mark.parametrize(("field", "wrong"), [("colours", 0), ("colours", 17), ("bins", 0), ("bins", 257)])
def test_a_number_out_of_range_is_named_with_its_limit(client: httpx.Client, field: str, wrong: int) -> None:
    made = client.post(f"{MEDIA}/upload", files={"file": ("a.pdf", media.PDF)}).json()
    answer = client.get(f"{MEDIA}/{made['id']}/info", params={field: wrong})
    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert answer.json()["limit"] in {16, 256}


@pytest.mark.parametrize("bins", [1, 2, 3, 7, 100, 255, 256])
def test_every_level_is_in_one_bin(bins: int) -> None:
    levels = tuple(range(256))
    view = histogram_view(Histogram(levels, levels, levels, levels), bins)
    assert len(view["red"]) == bins
    assert sum(view["red"]) == view["pixels"] == sum(levels)
    assert view["red"][0] == sum(level for level in levels if level * bins < 256)
