"""`mediaworks preset` and `mediaworks operations`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mediaworks.cli.recipes import RecipeOptions
from mediaworks.errors import SetupError
from mediaworks.transformations.catalogue import catalogue

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

CARD = ("--op", "resize:width=640,height=360,fit=cover", "--op", "filter:name=1977,strength=70")


def test_a_preset_is_saved_listed_shown_and_deleted(shell: Shell) -> None:
    options = (*CARD, "--format", "webp:lossless=false", "--quality", "75", "--description", "for lists")
    saved = shell.call("preset", "save", "card", *options).json
    assert saved["operations"] == [
        {"type": "resize", "width": 640, "height": 360, "fit": "cover"},
        {"type": "filter", "name": "1977", "strength": 70},
    ]
    assert saved["output"] == {"format": "webp", "lossless": False, "quality": 75}
    assert shell.call("preset", "show", "card").json == saved
    assert saved in shell.call("preset", "list").json["items"]
    shown = shell.on_terminal("preset", "list").text
    assert "resize → filter → webp" in shown
    assert "bundled" in shown
    assert shell.call("preset", "delete", "card").json == {"deleted": "card"}
    gone = shell.call("preset", "show", "card")
    assert (gone.code, "no preset named 'card'" in gone.err) == (1, True)


def test_a_preset_is_for_a_kind_of_file(shell: Shell) -> None:
    voice = ("--op", "normalize:target=-16", "--format", "aac", "--quality", "0.5")
    saved = shell.call("preset", "save", "voice", *voice, "--kind", "audio").json
    assert (saved["kind"], saved["output"]) == ("audio", {"format": "aac", "quality": 0.5})
    refused = shell.call("preset", "save", "voice", *voice)
    assert (refused.code, "operations[0].type" in refused.err) == (1, True)


def test_a_recipe_comes_from_a_file_too(shell: Shell, tmp_path: Path) -> None:
    recipe = {"operations": [{"type": "flip"}], "output": {"format": "png"}}
    (tmp_path / "recipe.json").write_text(json.dumps(recipe))
    saved = shell.call("preset", "save", "flipped", "--recipe", "recipe.json").json
    assert {name: saved[name] for name in recipe} == recipe


def test_what_the_service_refuses_names_the_place(shell: Shell) -> None:
    refused = shell.call("preset", "save", "bad", "--op", "blur:sigma=900")
    assert (refused.code, "operations[0].sigma" in refused.err, "at most 250" in refused.err) == (1, True, True)
    everybody = shell.call("preset", "save", "card", *CARD, "--for-all")
    assert (everybody.code, "administrator" in everybody.err) == (1, True)


def test_a_preset_needs_something_to_save(shell: Shell) -> None:
    assert shell.call("preset", "save", "empty").code == 2


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        ("grayscale", {"type": "grayscale"}),
        ("blur:sigma=3.5", {"type": "blur", "sigma": 3.5}),
        ("crop: ratio=16:9, gravity=attention", {"type": "crop", "ratio": "16:9", "gravity": "attention"}),
        ("resize:width=9,focus=[0.5,0.25]", {"type": "resize", "width": 9, "focus": [0.5, 0.25]}),
        ("levels:auto=true", {"type": "levels", "auto": True}),
        ("flatten:background=#ff0000", {"type": "flatten", "background": "#ff0000"}),
        ('text:text="Hello, \\"world\\"",size=40', {"type": "text", "text": 'Hello, "world"', "size": 40}),
        ("text:text=2026", {"type": "text", "text": "2026"}),
        ("filter:name=1977", {"type": "filter", "name": "1977"}),
        ('blur_areas:areas=[{"x":1,"y":2,"width":3,"height":4}]',
         {"type": "blur_areas", "areas": [{"x": 1, "y": 2, "width": 3, "height": 4}]}),
        ('{"type": "flip"}', {"type": "flip"}),
        ("unheard:of=1", {"type": "unheard", "of": 1}),
    ],
)  # fmt: skip
def test_an_operation_is_written_in_one_word(text: str, operation: dict[str, object]) -> None:
    assert RecipeOptions(op=[text]).read() == {"operations": [operation], "output": {}}


@pytest.mark.parametrize("text", ["blur:3", 'text:text="open', "{nothing", "crop:focus=[1,"])
def test_what_is_no_operation_is_refused_before_anything_is_sent(text: str) -> None:
    with pytest.raises(SetupError):
        RecipeOptions(op=[text]).read()


def test_every_operation_is_listed_without_a_service(stray_shell: Shell) -> None:
    names = {entry.name for entry in catalogue().operations}
    listed = stray_shell.call("operations").json
    assert {entry["name"] for entry in listed["operations"]} == names
    shown = stray_shell.on_terminal("operations", COLUMNS="240").text
    assert all(name in shown for name in names)
    assert "Blur by a Gaussian of `sigma` pixels" in shown


def test_one_operation_tells_all_about_itself(stray_shell: Shell) -> None:
    assert "more than 0, at most 250" in stray_shell.call("operations", "blur").json["parameters"][0]["allowed"]
    shown = stray_shell.on_terminal("operations", "resize").text
    assert "contain, cover" in shown
    assert '"fit": "cover"' in shown
    unknown = stray_shell.call("operations", "nothing")
    assert (unknown.code, "mediaworks operations" in unknown.err) == (2, True)
