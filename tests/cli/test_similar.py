"""`mediaworks similar` and `duplicates` against a real service."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx
from tests.media.similar.test_similar import jpeg, understood
from tests.processing.image.test_fingerprint import picture

if TYPE_CHECKING:
    from tests.cli.conftest import Shell


def test_copies_are_listed_and_the_one_to_keep_is_named(
    shell: Shell, client: httpx.Client, uploaded: Callable[..., str]
) -> None:
    large, small = uploaded(jpeg(picture(1)), "large.jpg"), uploaded(jpeg(picture(1).resize(0.5)), "small.jpg")
    understood(client, large, small)
    assert [item["id"] for item in shell.call("similar", large).json["items"]] == [small]
    shown = shell.on_terminal("similar", large, "--turned").text
    assert small in shown
    assert "200×150" in shown
    (group,) = shell.call("duplicates", "--max-distance", "8").json["items"]
    assert (group["keep"], [item["id"] for item in group["items"]]) == (large, [large, small])
    shown = shell.on_terminal("duplicates", "--max-distance", "8").text
    assert "keep" in shown
    assert "1 group" in shown
    refused = shell.call("similar", large, "--scope", "all")
    assert (refused.code, "error" in refused.err) == (1, True)
