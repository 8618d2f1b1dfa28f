"""The HTTP client behind the commands: where the service is, who asks, and its errors as ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mediaworks import settings
from mediaworks.errors import MediaworksError, SetupError

if TYPE_CHECKING:
    import httpx

DEFAULT_SERVER = "http://127.0.0.1:8083"

Server = Annotated[str | None, typer.Option(help=f"Address of the service (MEDIAWORKS_SERVER; else {DEFAULT_SERVER}).")]
Key = Annotated[str | None, typer.Option(help="API key (MEDIAWORKS_API_KEY; else ./mediaworks-data/admin.key).")]


class ServiceError(MediaworksError):
    code, title = "service_error", "The service refused"


class Unreachable(MediaworksError):
    code, title = "unreachable", "The service does not answer"


@contextmanager
def connected(server: str | None, key: str | None) -> Iterator[httpx.Client]:
    """A client with address and key found where the options say. Raises SetupError without a key, Unreachable."""
    import httpx

    named_server, named_key = settings.client_environment()
    address = server or named_server or DEFAULT_SERVER
    headers = {"x-api-key": key or named_key or _key_of_this_folder()}
    try:
        with httpx.Client(base_url=address, headers=headers, timeout=120, trust_env=False) as client:
            yield client
    except httpx.ConnectError as error:
        raise Unreachable(
            f"Nothing answers at {address}: is the service running? Start it with `mediaworks serve`"
        ) from error
    except httpx.TransportError as error:
        raise Unreachable(f"The connection to {address} broke: {error}") from error


def answer_of(response: httpx.Response) -> Any:
    """The JSON of an answer. Raises ServiceError with the service's own code and words."""
    if response.is_success:
        return response.json()
    raise problem_of(response)


def problem_of(response: httpx.Response) -> ServiceError:
    try:
        problem = response.json()
    except ValueError:
        return ServiceError(f"The service answered {response.status_code}")
    return ServiceError(
        str(problem.get("detail", response.status_code)), code=str(problem.get("code", "service_error"))
    )


def _key_of_this_folder() -> str:
    file = Path("mediaworks-data") / "admin.key"
    try:
        return file.read_text().strip()
    except OSError as error:
        raise SetupError(
            f"No API key: give --key, set MEDIAWORKS_API_KEY, or call from the folder of {file}"
        ) from error
