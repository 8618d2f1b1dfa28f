"""Groups of options that several commands have, each given to a command as one value."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_type_hints

import typer

C = TypeVar("C", bound=Callable[..., Any])

DEFAULT_SERVER = "http://127.0.0.1:8083"
DEFAULT_DATA_DIR = Path("mediaworks-data")


class Commands(typer.Typer):
    """As typer's, but a parameter that is a dataclass becomes one option for each of its fields."""

    def __init__(self, help: str, **more: Any) -> None:  # noqa: A002
        super().__init__(help=help, no_args_is_help=True, **more)

    def command(self, name: str | None = None, **more: Any) -> Callable[[C], C]:
        register = super().command(name, **more)

        def take(command: C) -> C:
            register(_unfolded(command))
            return command

        return take


@dataclass(frozen=True, slots=True)
class ServiceOptions:
    """Which service, and who asks it."""

    server: Annotated[
        str | None, typer.Option(help=f"Address of the service (MEDIAWORKS_SERVER; else {DEFAULT_SERVER}).")
    ] = None
    key: Annotated[str | None, typer.Option(help="API key (MEDIAWORKS_API_KEY; else the file admin.key).")] = None
    data_dir: Annotated[
        Path | None, typer.Option(help=f"Folder with the admin.key to use (else ./{DEFAULT_DATA_DIR}).")
    ] = None


def _unfolded(command: Callable[..., Any]) -> Callable[..., Any]:
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {name: kind for name, kind in hints.items() if is_dataclass(kind)}

    @wraps(command)
    def call(**given: Any) -> Any:
        folded = {
            name: kind(**{one.name: given.pop(one.name) for one in fields(kind)}) for name, kind in groups.items()
        }
        return command(**given, **folded)

    parameters = list(_parameters(command, hints))
    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    call.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return call


def _parameters(command: Callable[..., Any], hints: dict[str, Any]) -> Iterator[inspect.Parameter]:
    named = inspect.Parameter.KEYWORD_ONLY
    for parameter in inspect.signature(command).parameters.values():
        kind = hints[parameter.name]
        if not is_dataclass(kind):
            yield parameter.replace(kind=named, annotation=kind)
            continue
        within = get_type_hints(kind, include_extras=True)
        for one in fields(kind):
            yield inspect.Parameter(one.name, named, default=one.default, annotation=within[one.name])
