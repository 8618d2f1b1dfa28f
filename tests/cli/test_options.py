from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer
from typer.testing import CliRunner

from mediaworks.cli.options import Commands


@dataclass(frozen=True, slots=True)
class Size:
    width: Annotated[int, typer.Option(help="How wide.")] = 4
    height: int = 3


def test_a_group_of_options_is_one_value_for_the_command_and_options_for_who_calls_it() -> None:
    heard: list[tuple[str, Size, bool]] = []
    commands = Commands("Shapes.")

    @commands.command()
    def draw(name: str, *, size: Size, quick: bool = False) -> None:
        heard.append((name, size, quick))

    for given in (["a"], ["b", "--height", "9", "--quick"], ["c", "--width", "1"]):
        assert CliRunner().invoke(commands, given).exit_code == 0
    assert heard == [("a", Size(4, 3), False), ("b", Size(4, 9), True), ("c", Size(1, 3), False)]
    assert "How wide." in CliRunner().invoke(commands, ["--help"]).output
    assert CliRunner().invoke(commands, ["d", "--width", "wide"]).exit_code == 2
