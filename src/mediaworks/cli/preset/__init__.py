"""`mediaworks preset list|show|save|delete`"""

from __future__ import annotations

from mediaworks.cli.options import Commands
from mediaworks.cli.preset.delete import delete
from mediaworks.cli.preset.list import list_
from mediaworks.cli.preset.save import save
from mediaworks.cli.preset.show import show

presets = Commands(help="Recipes with a name.")

presets.command("list")(list_)
presets.command("ls", hidden=True)(list_)
presets.command()(show)
presets.command()(save)
presets.command()(delete)
presets.command("rm", hidden=True)(delete)
