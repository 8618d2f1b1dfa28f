"""The samples of the pages about presets and sets of renditions do what the pages say."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import httpx

from mediaworks.cli.recipes import RecipeOptions
from mediaworks.testing import media
from mediaworks.transformations.presets.bundled import BUNDLED

DOCS = Path(__file__).parents[2] / "docs"


def samples(page: str) -> list[dict[str, Any]]:
    return [json.loads(text) for text in re.findall(r"```json\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)]


def test_the_preset_of_the_page_can_be_saved(client: httpx.Client) -> None:
    (sample,) = samples("presets.md")
    assert client.post("/api/v1/presets", json=sample).status_code == 201


def test_the_command_of_the_page_saves_the_same_recipe() -> None:
    (sample,) = samples("presets.md")
    (line,) = re.findall(r"\$ mediaworks preset save (.*)", (DOCS / "presets.md").read_text())
    name, *options = shlex.split(line)
    given = dict(zip(options[::2], options[1::2], strict=True))
    recipe = RecipeOptions(op=[given["--op"]], format=given["--format"], quality=given["--quality"]).read()
    assert {"name": name, **(recipe or {})} == sample


def test_the_page_names_every_preset_that_comes_with_the_service() -> None:
    assert all(f"`{name}`" in (DOCS / "presets.md").read_text() for name in BUNDLED)


def test_the_set_of_the_page_can_be_made(client: httpx.Client) -> None:
    media_id = client.post("/api/v1/media/upload", files={"file": ("a.jpg", media.image(".jpg", 700, 400))}).json()[
        "id"
    ]
    for sample in samples("srcset.md"):
        answer = client.post(f"/api/v1/process/{media_id}/srcset", json=sample)
        assert [item["height"] for item in answer.json()["items"]] == [180, 360] * 2
