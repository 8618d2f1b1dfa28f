"""`mediaworks process` against a real service."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
import pyvips

from mediaworks.testing import media
from mediaworks.testing.service import wait_until

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

SMALL = ("--op", "resize:width=80", "--op", "filter:name=juno,strength=70")


def test_a_file_goes_in_and_a_picture_comes_out(shell: Shell, client: httpx.Client, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(media.image())
    done = shell.call("process", "photo.jpg", *SMALL, "--format", "webp", "--quality", "70", "-o", "out.webp")
    made = pyvips.Image.new_from_file(str(tmp_path / "out.webp"))
    assert (made.width, made.height, made.get("vips-loader")) == (80, 50, "webpload")
    told = done.json
    assert {name: told[name] for name in ("path", "size_bytes", "mime_type", "width", "height")} == {
        "path": "out.webp", "size_bytes": (tmp_path / "out.webp").stat().st_size, "mime_type": "image/webp",
        "width": 80, "height": 50,
    }  # fmt: skip
    assert told["media_id"] in done.err
    assert client.get(f"/api/v1/media/{told['media_id']}").json()["original_name"] == "photo.jpg"


def test_what_was_uploaded_can_be_discarded_and_pipes_do(shell: Shell, client: httpx.Client) -> None:
    done = shell.feed(media.image(), "process", "-", *SMALL, "--format", "png", "--discard", "-o", "-")
    assert (done.code, pyvips.Image.new_from_buffer(done.out, "").width) == (0, 80)
    assert client.get("/api/v1/media").json()["items"] == []


def test_a_picture_of_the_service_is_named_as_it_becomes(
    shell: Shell, uploaded: Callable[..., str], tmp_path: Path
) -> None:
    media_id = uploaded(media.image(), "sea.jpg")
    assert shell.call("process", media_id, "--preset", "thumbnail").json["path"] == "sea.webp"
    assert pyvips.Image.new_from_file(str(tmp_path / "sea.webp")).width == 320
    again = shell.call("process", media_id, "--preset", "thumbnail")
    assert (again.code, "--force" in again.err) == (2, True)
    assert "320×200" in shell.on_terminal("process", media_id, "--preset", "thumbnail", "--force").text


def test_what_is_made_can_stay_in_the_service(shell: Shell, client: httpx.Client, uploaded: Callable[..., str]) -> None:
    media_id = uploaded(media.image(), "sea.jpg")
    derived = shell.call("process", media_id, *SMALL, "--mode", "derive").json
    assert (derived["parent_id"], derived["width"]) == (media_id, 80)
    turned = shell.call("process", media_id, "--op", "rotate:angle=90", "--mode", "version").json
    assert (turned["id"], turned["width"], turned["height"]) == (media_id, 200, 320)
    job = shell.call("process", media_id, *SMALL, "--mode", "async").json
    assert job["task"].startswith("process")
    wait_until(lambda: client.get(f"/api/v1/jobs/{job['id']}").json()["state"] == "succeeded")


def test_a_recipe_comes_from_a_file(shell: Shell, uploaded: Callable[..., str], tmp_path: Path) -> None:
    recipe = {"operations": [{"type": "crop", "ratio": "1:1"}], "output": {"format": "jpeg"}}
    (tmp_path / "recipe.json").write_text(json.dumps(recipe))
    told = shell.call("process", uploaded(media.image()), "--recipe", "recipe.json", "--op", "resize:width=50").json
    assert (told["width"], told["height"], told["mime_type"]) == (50, 50, "image/jpeg")


def test_wrong_use_is_told_before_anything_is_sent(shell: Shell, client: httpx.Client, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(media.image())
    for arguments in ((), ("--preset", "web", *SMALL), (*SMALL, "--mode", "derive", "-o", "x.jpg"), ("--op", "blur:3")):
        assert shell.call("process", "a.jpg", *arguments).code == 2
    assert shell.call("process", "missing.jpg", *SMALL).code == 2
    assert client.get("/api/v1/media").json()["items"] == []


def test_a_refusal_leaves_no_file_and_names_the_place(
    shell: Shell, uploaded: Callable[..., str], tmp_path: Path
) -> None:
    refused = shell.call("process", uploaded(media.image()), "--op", "crop:x=0,y=0,width=999,height=9", "-o", "x.jpg")
    assert (refused.code, "operations[0]" in refused.err, "320×200" in refused.err) == (1, True, True)
    assert list(tmp_path.iterdir()) == []


def test_videos_are_processed_alike(shell: Shell, client: httpx.Client, tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(media.video())
    steps = ("--op", "trim:end=0.4", "--op", "resize:width=64", "--format", "mp4:speed=fast")
    job = shell.call("process", "film.mp4", *steps, "--mode", "async").json

    def made() -> object:
        return (client.get(f"/api/v1/jobs/{job['id']}").json()["result"] or {}).get("media_id")

    found = client.get(f"/api/v1/media/{wait_until(made)}").json()
    assert (found["media_type"], found["width"], round(found["duration"], 1)) == ("video", 64, 0.4)
    shell.call("process", "film.mp4", "--format", "frame:at=0.5", "-o", "frame.jpg")
    assert pyvips.Image.new_from_file(str(tmp_path / "frame.jpg")).width == 128
    assert "mode" in shell.call("process", "film.mp4", *steps).err
    assert {entry["name"] for entry in shell.call("operations", "--kind", "video", "--json").json["operations"]} >= {
        "trim"
    }


def test_sound_is_processed_alike(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "talk.wav").write_bytes(media.audio())
    shell.call("preset", "save", "voice", "--kind", "audio", "--op", "trim:end=0.5", "--format", "mp3")
    told = shell.call("process", "talk.wav", "--preset", "voice").json
    assert (told["path"], told["mime_type"], "width" in told) == ("talk.mp3", "audio/mpeg", False)
    assert told["duration"] == pytest.approx(0.5, abs=0.1)
    assert "0.5 s" in shell.on_terminal("process", told["media_id"], "--preset", "voice", "--force").text
