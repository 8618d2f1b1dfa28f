"""Sets of renditions over HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
import pyvips

from mediaworks.testing import media
from mediaworks.testing.service import Service, wait_until

Uploaded = Callable[..., str]
WANTED: dict[str, Any] = {"widths": [80, 160, 240], "formats": ["jpeg", "webp"]}


class Elements(HTMLParser):
    """The elements of some HTML, each with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture
def uploaded(client: httpx.Client, ready: Callable[[str], dict[str, Any]]) -> Uploaded:
    """Uploads a picture of 320×200, or another, and returns its id once it is understood."""

    def upload(content: bytes | None = None, name: str = "a.jpg") -> str:
        files = {"file": (name, content or media.image())}
        media_id = str(client.post("/api/v1/media/upload", files=files).json()["id"])
        assert ready(media_id)["processing_status"] == "ready"
        return media_id

    return upload


def srcset(client: httpx.Client, media_id: str, **changes: Any) -> dict[str, Any]:
    answer = client.post(f"/api/v1/process/{media_id}/srcset", json=WANTED | changes)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def widths(found: dict[str, Any]) -> dict[str, list[int]]:
    return {name: [item["width"] for item in found["items"] if item["format"] == name] for name in found["srcset"]}


def opened(service: Service, url: str) -> Any:
    answer = httpx.get(service.url + url, trust_env=False)
    assert answer.status_code == 200, answer.text
    return pyvips.Image.new_from_buffer(answer.content, "")


def test_every_width_comes_in_every_format(service: Service, client: httpx.Client, uploaded: Uploaded) -> None:
    found = srcset(client, uploaded())
    assert widths(found) == {"webp": [80, 160, 240], "jpeg": [80, 160, 240]}
    for item in found["items"]:
        answer = httpx.get(service.url + item["url"], trust_env=False)
        picture = pyvips.Image.new_from_buffer(answer.content, "")
        assert (
            (picture.width, picture.height)
            == (item["width"], item["height"])
            == (item["width"], item["width"] * 5 // 8)
        )
        assert (answer.headers["content-type"], len(answer.content)) == (item["mime_type"], item["size_bytes"])
        assert item["mime_type"] == f"image/{item['format']}"
    assert found["left_out"] == []
    assert (len(found["blurhash"]) > 6, len(found["thumbhash"]) > 6) == (True, True)


def test_the_element_holds_the_same_addresses_and_keeps_the_place_free(
    service: Service, client: httpx.Client, uploaded: Uploaded
) -> None:
    alt = '"><script>alert(1)</script> & more'
    found = srcset(client, uploaded(), alt=alt, sizes="(max-width: 600px) 100vw, 50vw")
    (outer, _), (first, source), (last, image) = Elements(found["picture"]).found
    assert (outer, first, last) == ("picture", "source", "img")
    assert (source["type"], source["srcset"]) == ("image/webp", found["srcset"]["webp"])
    assert image["srcset"] == found["srcset"]["jpeg"]
    assert source["sizes"] == image["sizes"] == "(max-width: 600px) 100vw, 50vw"
    assert (image["alt"], image["width"], image["height"]) == (alt, "240", "150")
    assert (image["loading"], image["decoding"]) == ("lazy", "async")
    assert re.fullmatch(r"background-color:#[0-9a-f]{6}", image["style"] or "")
    for candidate in [*(source["srcset"] or "").split(", "), *(image["srcset"] or "").split(", ")]:
        url, _, width = candidate.partition(" ")
        assert f"{opened(service, url).width}w" == width
    assert opened(service, image["src"] or "").width == 240


def test_the_colour_is_that_of_the_picture(client: httpx.Client, uploaded: Uploaded) -> None:
    orange = srcset(client, uploaded(media.bmp(400, 300), "a.bmp"), widths=[100])
    red, green, blue = (int(orange["color"][place : place + 2], 16) for place in (1, 3, 5))
    assert abs(red - 0xF0) < 12
    assert abs(green - 0x80) < 12
    assert abs(blue - 0x20) < 12


def test_nothing_is_enlarged_and_the_answer_says_what_was_left_out(client: httpx.Client, uploaded: Uploaded) -> None:
    found = srcset(client, uploaded(), widths=[100, 320, 321, 4000])
    assert widths(found) == {"webp": [100, 320], "jpeg": [100, 320]}
    assert [(one["width"], one["reason"]) for one in found["left_out"]] == [
        (321, "The picture is 320 pixels wide"), (4000, "The picture is 320 pixels wide"),
    ]  # fmt: skip


def test_a_picture_narrower_than_all_widths_comes_as_wide_as_it_is(client: httpx.Client, uploaded: Uploaded) -> None:
    media_id = uploaded()
    found = srcset(client, media_id, widths=[1000, 2000])
    cut = srcset(client, media_id, widths=[1000, 2000], operations=[{"type": "crop", "width": 90, "height": 60}])
    assert widths(found) == {"webp": [320], "jpeg": [320]}
    assert widths(cut) == {"webp": [90], "jpeg": [90]}
    assert [one["width"] for one in cut["left_out"]] == [1000, 2000]


def test_asked_again_the_answer_comes_from_what_is_kept(
    client: httpx.Client, uploaded: Uploaded, service: Service
) -> None:
    media_id = uploaded()
    for operations in ([], [{"type": "rotate", "angle": 90}, {"type": "sepia"}]):
        first = srcset(client, media_id, operations=operations, widths=[80, 300])
        files = {path: path.stat().st_mtime_ns for path in service.data_dir.rglob(f"*{media_id}*")}
        again = srcset(client, media_id, operations=operations, widths=[300, 80], formats=["webp", "jpeg"])
        assert again == first
        assert files == {path: path.stat().st_mtime_ns for path in service.data_dir.rglob(f"*{media_id}*")}


def test_only_what_is_missing_is_made(client: httpx.Client, uploaded: Uploaded, service: Service) -> None:
    media_id = uploaded()
    srcset(client, media_id, widths=[80])
    before = set(service.data_dir.rglob(f"*{media_id}*"))
    found = srcset(client, media_id, widths=[80, 120], formats=["jpeg", "webp", "png"])
    assert widths(found) == {"webp": [80, 120], "png": [80, 120], "jpeg": [80, 120]}
    assert len(set(service.data_dir.rglob(f"*{media_id}*")) - before) == 4


def test_another_recipe_is_another_set(client: httpx.Client, uploaded: Uploaded) -> None:
    media_id = uploaded()
    recipes: list[dict[str, Any]] = [
        {}, {"quality": 20}, {"aspect_ratio": "1:1"}, {"operations": [{"type": "flip"}]},
        {"operations": [{"type": "flip", "direction": "vertical"}]},
    ]  # fmt: skip
    urls = [srcset(client, media_id, **recipe)["items"][0]["url"].partition("?")[0] for recipe in recipes]
    assert len(set(urls)) == len(recipes)


def test_operations_are_done_before_the_picture_is_scaled(
    service: Service, client: httpx.Client, uploaded: Uploaded
) -> None:
    operations = [{"type": "crop", "x": 0, "y": 0, "width": 160, "height": 100}, {"type": "grayscale"}]
    found = srcset(client, uploaded(), operations=operations, widths=[80, 200], formats=["png"])
    assert widths(found) == {"png": [80]}
    red, green, blue = opened(service, found["items"][0]["url"]).extract_band(0, n=3).getpoint(40, 25)
    assert red == green == blue


@pytest.mark.parametrize("operations", [[], [{"type": "flip"}]])
def test_an_aspect_ratio_cuts_the_middle_out(
    service: Service, client: httpx.Client, uploaded: Uploaded, operations: list[dict[str, Any]]
) -> None:
    found = srcset(client, uploaded(), aspect_ratio="1:1", widths=[100, 250], operations=operations)
    assert [(item["width"], item["height"]) for item in found["items"]] == [(100, 100)] * 2
    assert [one["width"] for one in found["left_out"]] == [250]
    middle = opened(service, found["items"][0]["url"]).getpoint(50, 50)
    assert abs(middle[0] - 128) < 12


def test_what_is_public_has_addresses_that_stay_good(
    service: Service, client: httpx.Client, uploaded: Uploaded
) -> None:
    media_id = uploaded()
    private = srcset(client, media_id)
    assert private["expires_at"]
    assert httpx.get(service.url + private["items"][0]["url"].partition("?")[0], trust_env=False).status_code == 404
    client.patch(f"/api/v1/media/{media_id}", json={"visibility": "unlisted"})
    public = srcset(client, media_id)
    assert (public["expires_at"], public["items"][0]["url"].count("?")) == (None, 0)
    assert opened(service, public["items"][0]["url"]).width == 80


def test_renditions_are_no_thumbnails(client: httpx.Client, uploaded: Uploaded) -> None:
    media_id = uploaded()
    before = client.get(f"/api/v1/media/{media_id}").json()["thumbnails"]
    srcset(client, media_id)
    after = client.get(f"/api/v1/media/{media_id}").json()["thumbnails"]
    assert [one["name"] for one in after] == [one["name"] for one in before]
    assert len(client.get(f"/api/v1/media/{media_id}/thumbnails").json()["items"]) == len(before)


def test_removed_renditions_are_gone_and_can_be_made_again(
    service: Service, client: httpx.Client, uploaded: Uploaded
) -> None:
    media_id = uploaded()
    url = service.url + srcset(client, media_id)["items"][0]["url"]
    assert client.delete(f"/api/v1/process/{media_id}/srcset").status_code == 204
    assert httpx.get(url, trust_env=False).status_code == 404
    wait_until(lambda: not list(service.data_dir.rglob(f"renditions/*/{media_id}*")))
    assert len(srcset(client, media_id)["items"]) == 6


def test_a_purge_takes_the_renditions_too(service: Service, client: httpx.Client, uploaded: Uploaded) -> None:
    media_id = uploaded()
    srcset(client, media_id)
    assert len(list(service.data_dir.rglob(f"renditions/*/{media_id}*"))) == 6
    client.delete(f"/api/v1/media/{media_id}", params={"purge": "true"})
    wait_until(lambda: not list(service.data_dir.rglob(f"*{media_id}*")))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"widths": []}, "widths"),
        ({"widths": [15]}, "widths[0]"),
        ({"widths": [100, 9000]}, "widths[1]"),
        ({"widths": list(range(100, 117))}, "widths"),
        ({"widths": list(range(100, 114)), "formats": ["png", "webp", "jpeg"]}, "widths"),
        ({"formats": []}, "formats"),
        ({"formats": ["jpeg", "bmp"]}, "formats[1]"),
        ({"operations": [{"type": "blur", "sigma": -1}]}, "operations[0].sigma"),
        ({"quality": 0}, "quality"),
        ({"aspect_ratio": "wide"}, "aspect_ratio"),
        ({"operations": [{"type": "crop", "x": 0, "y": 0, "width": 9000, "height": 10}]}, "operations[0].width"),
    ],
)
def test_what_cannot_be_is_refused_with_its_name(
    client: httpx.Client, uploaded: Uploaded, wrong: dict[str, Any], field: str
) -> None:
    answer = client.post(f"/api/v1/process/{uploaded()}/srcset", json=WANTED | wrong)
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["field"]) == (422, "invalid_recipe", field)


def test_what_is_no_picture_is_refused(client: httpx.Client) -> None:
    media_id = client.post("/api/v1/media/upload", files={"file": ("a.pdf", media.PDF)}).json()["id"]
    answer = client.post(f"/api/v1/process/{media_id}/srcset", json=WANTED)
    assert (answer.status_code, answer.json()["allowed"]) == (415, ["image/*"])


def test_what_takes_long_is_a_job_and_then_there(client: httpx.Client, uploaded: Uploaded) -> None:
    media_id = uploaded()
    larger = {"type": "resize", "width": 8000, "enlarge": True, "kernel": "nearest"}
    wanted = WANTED | {"operations": [larger, {"type": "resize", "width": 200}] * 4}
    answer = client.post(f"/api/v1/process/{media_id}/srcset", json=wanted)
    assert (answer.status_code, answer.json()["task"]) == (202, "process.srcset")
    job = answer.headers["location"]
    wait_until(lambda: client.get(job).json()["state"] == "succeeded")
    assert client.get(job).json()["result"] == {"media_id": media_id, "renditions": 4}
    assert widths(srcset(client, media_id, **wanted)) == {"webp": [80, 160], "jpeg": [80, 160]}


def test_operations_may_name_other_pictures_that_the_caller_may_see(
    client: httpx.Client, new_client: Callable[..., httpx.Client], uploaded: Uploaded
) -> None:
    media_id, mark = uploaded(), uploaded(media.image(".png", 40, 40), "mark.png")
    marked = {"operations": [{"type": "watermark", "media": mark, "ratio": 0.5}], "widths": [100]}
    assert widths(srcset(client, media_id, **marked)) == {"webp": [100], "jpeg": [100]}
    files = {"file": ("b.jpg", media.image())}
    stranger = new_client()
    theirs = stranger.post("/api/v1/media/upload", files=files).json()["id"]
    answer = stranger.post(f"/api/v1/process/{theirs}/srcset", json=WANTED | marked)
    assert (answer.status_code, answer.json()["field"]) == (422, "operations[0].media")


def test_another_version_of_the_object_has_renditions_of_its_own(
    service: Service, client: httpx.Client, uploaded: Uploaded
) -> None:
    media_id = uploaded()
    before = srcset(client, media_id)["items"][0]["url"]
    turned = {"operations": [{"type": "rotate", "angle": 90}], "mode": "version"}
    assert client.post(f"/api/v1/process/{media_id}", json=turned).status_code == 200
    assert httpx.get(service.url + before, trust_env=False).status_code == 404
    after = srcset(client, media_id)
    assert [(item["width"], item["height"]) for item in after["items"][:2]] == [(80, 128), (160, 256)]
    wait_until(lambda: len(list(service.data_dir.rglob(f"renditions/*/{media_id}*"))) == len(after["items"]))


def test_an_object_has_so_many_renditions_at_most(client: httpx.Client, uploaded: Uploaded) -> None:
    media_id = uploaded()
    for quality in range(1, 6):
        srcset(client, media_id, widths=list(range(16, 29)), formats=["jpeg", "webp", "png"], quality=quality)
    answer = client.post(f"/api/v1/process/{media_id}/srcset", json=WANTED)
    assert (answer.status_code, answer.json()["code"], answer.json()["limit"]) == (409, "too_many_renditions", 200)
