"""Presets over HTTP: a caller's own, the installation's, and those that come with the service."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from mediaworks.testing.service import wait_until

PRESETS = "/api/v1/presets"
BLUR: dict[str, Any] = {"operations": [{"type": "blur", "sigma": 3}], "output": {"format": "webp", "quality": 60}}


@pytest.fixture
def shared_name(admin: httpx.Client) -> Iterator[str]:
    """The name of a preset that an administrator made for everybody."""
    name = f"shared-{uuid4().hex}"
    made = admin.post(PRESETS, json={**BLUR, "name": name, "scope": "installation", "description": "for all"})
    assert made.status_code == 201
    yield name
    admin.delete(f"{PRESETS}/{name}", params={"scope": "installation"})


def names_of(client: httpx.Client) -> dict[str, str]:
    """Whose preset each name means."""
    return {item["name"]: item["scope"] for item in client.get(PRESETS).json()["items"]}


def test_a_preset_is_saved_and_answered_as_it_was_written(client: httpx.Client) -> None:
    made = client.post(PRESETS, json={**BLUR, "name": "soft", "description": "dreamy"})
    assert made.status_code == 201
    assert made.json() == client.get(f"{PRESETS}/soft").json()
    assert {name: made.json()[name] for name in (*BLUR, "description", "scope", "kind", "shadows")} == {
        **BLUR, "description": "dreamy", "scope": "own", "kind": "image", "shadows": [],
    }  # fmt: skip


def test_a_put_makes_a_preset_and_another_changes_it(client: httpx.Client) -> None:
    first = client.put(f"{PRESETS}/soft", json=BLUR).json()
    second = client.put(f"{PRESETS}/soft", json={"operations": []}).json()
    assert (first["operations"], second["operations"]) == (BLUR["operations"], [])
    assert first["created_at"] == second["created_at"]
    assert first["updated_at"] < second["updated_at"]


def test_a_name_is_saved_once(client: httpx.Client) -> None:
    client.post(PRESETS, json={"name": "soft"})
    again = client.post(PRESETS, json={"name": "soft"})
    assert (again.status_code, again.json()["code"], again.json()["field"]) == (409, "name_taken", "name")


@pytest.mark.parametrize("name", ["", "Soft", "soft skin", "-soft", "soft--er", "söft", "a/b", "x" * 65])
def test_a_name_is_a_slug(client: httpx.Client, name: str) -> None:
    answer = client.post(PRESETS, json={"name": name})
    assert (answer.status_code, answer.json()["field"]) == (400, "name")


@pytest.mark.parametrize(
    ("recipe", "field", "allowed"),
    [
        ({"operations": [{"type": "blur", "sigma": 999}]}, "operations[0].sigma", "number, more than 0, at most 250"),
        ({"operations": [{"type": "flip"}, {"type": "nothing"}]}, "operations[1].type", "resize, crop, rotate"),
        ({"operations": [{"type": "blur"}]}, "operations[0].sigma", "number, more than 0, at most 250"),
        ({"operations": [{"type": "blur", "sigma": 1, "x": 1}]}, "operations[0].x", "only sigma"),
        ({"operations": [{"type": "resize", "width": 5, "fit": "tight"}]}, "operations[0].fit", "contain, cover"),
        ({"operations": [{"sigma": 1}]}, "operations[0].type", "resize, crop, rotate"),
        ({"output": {"format": "bmp"}}, "output.format", "jpeg"),
        ({"output": {"quality": 300}}, "output.quality", "whole number, 1 to 100 or auto"),
        ({"output": {"format": "webp", "speed": 1}}, "output.speed", "quality"),
    ],
)
def test_a_recipe_that_cannot_be_is_refused_with_the_place_and_what_is_allowed(
    client: httpx.Client, recipe: dict[str, Any], field: str, allowed: str
) -> None:
    for answer in (
        client.post(PRESETS, json={**recipe, "name": "bad"}),
        client.put(f"{PRESETS}/bad", json=recipe),
    ):
        problem = answer.json()
        assert (answer.status_code, problem["code"], problem["field"]) == (422, "invalid_recipe", field)
        assert allowed in problem["allowed"]
        assert problem["detail"].startswith(field)
    assert client.get(f"{PRESETS}/bad").status_code == 404


def test_a_recipe_has_so_many_operations_at_most(client: httpx.Client) -> None:
    answer = client.post(PRESETS, json={"name": "long", "operations": [{"type": "flip"}] * 51})
    assert (answer.status_code, answer.json()["field"], answer.json()["limit"]) == (422, "operations", 50)


def test_a_user_has_so_many_presets_at_most(new_client: Callable[..., httpx.Client]) -> None:
    client = new_client()
    for number in range(100):
        assert client.put(f"{PRESETS}/preset-{number}", json={}).status_code == 200
    refused = client.put(f"{PRESETS}/one-more", json={})
    assert (refused.status_code, refused.json()["code"], refused.json()["limit"]) == (409, "too_many_presets", 100)
    assert client.put(f"{PRESETS}/preset-7", json=BLUR).status_code == 200


def test_everybody_sees_the_installations_presets_and_only_administrators_make_them(
    client: httpx.Client, shared_name: str
) -> None:
    assert names_of(client)[shared_name] == "installation"
    refused = [
        client.post(PRESETS, json={"name": "mine-for-all", "scope": "installation"}),
        client.put(f"{PRESETS}/{shared_name}", json={}, params={"scope": "installation"}),
        client.delete(f"{PRESETS}/{shared_name}", params={"scope": "installation"}),
    ]
    assert [answer.status_code for answer in refused] == [403] * 3


def test_ones_own_preset_goes_before_the_installations_until_it_is_deleted(
    client: httpx.Client, new_client: Callable[..., httpx.Client], shared_name: str
) -> None:
    mine = client.put(f"{PRESETS}/{shared_name}", json={}).json()
    assert (mine["scope"], mine["shadows"]) == ("own", ["installation"])
    assert names_of(client)[shared_name] == "own"
    assert names_of(new_client())[shared_name] == "installation"
    hidden = client.get(f"{PRESETS}/{shared_name}", params={"scope": "installation"}).json()
    assert hidden["operations"] == BLUR["operations"]
    assert client.delete(f"{PRESETS}/{shared_name}").status_code == 204
    assert names_of(client)[shared_name] == "installation"


def test_some_presets_come_with_the_service_and_can_be_shadowed_but_not_deleted(client: httpx.Client) -> None:
    assert {"thumbnail", "square", "avatar", "web", "social"} <= names_of(client).keys()
    refused = client.delete(f"{PRESETS}/web", params={"scope": "bundled"})
    assert (refused.status_code, refused.json()["code"]) == (403, "bundled_preset")
    assert client.delete(f"{PRESETS}/web").status_code == 404
    assert client.put(f"{PRESETS}/web", json=BLUR).json()["shadows"] == ["bundled"]
    assert client.get(f"{PRESETS}/web").json()["operations"] == BLUR["operations"]
    assert client.get(f"{PRESETS}/web", params={"scope": "bundled"}).json()["operations"] != BLUR["operations"]


def test_a_key_needs_the_scope_for_media(new_client: Callable[..., httpx.Client]) -> None:
    reading = new_client(scopes=["media:read"])
    assert reading.get(PRESETS).status_code == 200
    assert reading.put(f"{PRESETS}/soft", json={}).json()["scope"] == "media:write"
    assert new_client(scopes=["events"]).get(PRESETS).json()["scope"] == "media:read"


def test_own_presets_are_exported_and_go_with_the_user(admin: httpx.Client, client: httpx.Client) -> None:
    me = client.headers["x-test-user"]
    client.put(f"{PRESETS}/soft", json=BLUR)
    archive = zipfile.ZipFile(io.BytesIO(admin.get(f"/api/v1/users/{me}/export").content))
    assert [row["name"] for row in json.loads(archive.read("presets.json"))] == ["soft"]
    name = next(user["name"] for user in admin.get("/api/v1/users").json()["items"] if user["id"] == me)
    job = admin.post(f"/api/v1/users/{me}/erase", json={"name": name}).json()["job_id"]
    wait_until(lambda: admin.get(f"/api/v1/jobs/{job}").json()["state"] == "succeeded")
    archive = zipfile.ZipFile(io.BytesIO(admin.get(f"/api/v1/users/{me}/export").content))
    assert json.loads(archive.read("presets.json")) == []
