"""The page about packages: its sample is installed and used, in a real service with a broken package beside it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import pyvips

from mediaworks.testing import media
from mediaworks.testing.packages import install
from mediaworks.testing.service import Service, running

PAGE = Path(__file__).parents[2] / "docs" / "plugins.md"


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package of the page, and one that does not load."""
    folder = tmp_path_factory.mktemp("packages")
    project = tomllib.loads(_block("toml"))["project"]
    modules = {"acme_frost": _block("python")}
    install(folder, project["name"], modules=modules, entry_points=project["entry-points"])
    install(folder, "broken", modules={}, entry_points={"mediaworks.image_ops": {"broken": "missing_module:Broken"}})
    return folder


@pytest.fixture(scope="module")
def extended(
    packages: Path, new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    own = Service(
        tmp_path_factory.mktemp("extended") / "data",
        database_url=new_database(),
        settings={"PYTHONPATH": str(packages)},
    )
    with running(own) as started:
        yield started


@pytest.fixture(scope="module")
def caller(extended: Service) -> Iterator[httpx.Client]:
    with extended.client() as client:
        yield client


def test_the_operation_is_listed_with_its_limits_and_its_example(caller: httpx.Client) -> None:
    known = caller.get("/api/v1/process/operations").json()
    frost = next(entry for entry in known["operations"] if entry["name"] == "acme_frost")
    assert frost["description"] == "Lay white over the picture, by `strength`. Its transparency stays."
    assert frost["example"] == {"type": "acme_frost", "strength": 0.5}
    assert frost["parameters"][0]["required"]
    assert "acme_frost" in str(known["schema"])


def test_the_operation_is_done_behind_the_walls(caller: httpx.Client) -> None:
    uploaded = caller.post("/api/v1/media/upload", files={"file": ("a.png", media.image(".png"))}).json()
    frosted = [{"type": "acme_frost", "strength": 1}]
    made = caller.post(
        f"/api/v1/process/{uploaded['id']}", json={"mode": "sync", "operations": frosted, "output": {"format": "png"}}
    )
    assert made.status_code == 200, made.text
    assert pyvips.Image.pngload_buffer(made.content).min() == 255


def test_its_limits_are_checked_before_a_picture_is_opened(caller: httpx.Client) -> None:
    uploaded = caller.post("/api/v1/media/upload", files={"file": ("a.png", media.image(".png"))}).json()
    recipe = {"operations": [{"type": "acme_frost", "strength": 2}]}
    problem = caller.post(f"/api/v1/process/{uploaded['id']}", json=recipe).json()
    assert problem["code"] == "invalid_recipe"
    assert problem["field"] == "operations[0].strength"


def test_what_cannot_be_used_is_named_at_the_start_and_the_service_runs(
    extended: Service, caller: httpx.Client
) -> None:
    assert "the operation broken of broken 1.0 is left out: ModuleNotFoundError" in extended.log.read_text()
    known = caller.get("/api/v1/process/operations").json()["operations"]
    assert "broken" not in {entry["name"] for entry in known}


def test_plugins_are_listed_with_what_is_wrong_with_them(packages: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(packages), "LANG": "C.UTF-8"}
    command = [sys.executable, "-m", "mediaworks", "plugins", "--json"]
    listed = subprocess.run(command, env=environment, capture_output=True, check=True, cwd="/").stdout.decode()
    assert re.search(r'"name":"acme_frost","package":"acme-frost 1.0","object":"acme_frost:Frost","state":"ok"', listed)
    assert re.search(r'"name":"broken".*"state":"ModuleNotFoundError: No module named', listed)


def _block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert found
    return found[1]
