"""The HTTP client behind the commands: where the service is, who asks, and its errors as ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mediaworks.cli.options import DEFAULT_DATA_DIR, DEFAULT_SERVER, ServiceOptions
from mediaworks.cli.settings import server_and_key
from mediaworks.errors import MediaworksError, SetupError

if TYPE_CHECKING:
    import httpx

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class ServiceError(MediaworksError):
    code, title = "service_error", "The service refused"


class Unreachable(MediaworksError):
    code, title = "unreachable", "The service does not answer"


@contextmanager
def connected(service: ServiceOptions) -> Iterator[httpx.Client]:
    """A client with address and key found where the options say. Raises SetupError without a key, Unreachable."""
    import httpx

    named_server, named_key = server_and_key()
    address = _checked_address(service.server or named_server or DEFAULT_SERVER)
    headers = {"x-api-key": _checked_key(service.key or named_key or _key_at_hand(address, service.data_dir))}
    timeout = httpx.Timeout(120, connect=10)
    with httpx.Client(base_url=address, headers=headers, timeout=timeout, trust_env=False) as client:
        try:
            yield client
        except httpx.TransportError as error:
            raise unreachable(client, error) from error


def answer_of(response: httpx.Response) -> Any:
    """The JSON of an answer. Raises ServiceError with the service's own code and words."""
    require_success(response)
    try:
        return response.json()
    except ValueError as error:
        raise ServiceError(f"{response.url.host} answered something else than JSON: is it Mediaworks?") from error


def require_success(response: httpx.Response) -> None:
    """For an answer that has nothing in it. Raises ServiceError as `answer_of`."""
    if not response.is_success:
        raise problem_of(response)


def problem_of(response: httpx.Response) -> ServiceError:
    """The error that a read answer with problem+json (RFC 9457) tells of."""
    try:
        problem = response.json()
    except ValueError:
        problem = None
    if not isinstance(problem, dict) or "code" not in problem:
        return ServiceError(f"{response.url.host} answered {response.status_code} {response.reason_phrase}".rstrip())
    return ServiceError(str(problem.get("detail") or problem.get("title", "")), code=str(problem["code"]))


def unreachable(client: httpx.Client, error: httpx.TransportError) -> Unreachable:
    import httpx

    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return Unreachable(f"Nothing answers at {client.base_url}: is it running? Start it with `mediaworks serve`")
    return Unreachable(f"The connection to {client.base_url} broke: {error or type(error).__name__}")


def failure(error: MediaworksError) -> dict[str, str]:
    """An error as it stands in JSON beside things that went well."""
    return {"code": error.code, "detail": error.detail}


def _checked_address(address: str) -> str:
    import httpx

    try:
        url = httpx.URL(address)
    except httpx.InvalidURL as error:
        raise SetupError(f"--server: {address!r} is no address such as {DEFAULT_SERVER} ({error})") from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise SetupError(f"--server: {address!r} is no address such as {DEFAULT_SERVER}")
    return address


def _checked_key(key: str) -> str:
    if not key.isascii() or not key.isprintable():
        raise SetupError("The API key has characters that no key has")
    return key


def _key_at_hand(address: str, data_dir: Path | None) -> str:
    """The administrator's key of this folder's service, which no other machine is to see unasked."""
    import httpx

    host = httpx.URL(address).host
    if data_dir is None and host not in LOOPBACK:
        raise SetupError(
            f"No API key for {host}: give --key, or set MEDIAWORKS_API_KEY; admin.key goes to this machine only"
        )
    return _key_in(data_dir or DEFAULT_DATA_DIR)


def _key_in(data_dir: Path) -> str:
    file = data_dir / "admin.key"
    try:
        return file.read_text("utf-8", "replace").strip()
    except OSError as error:
        raise SetupError(
            f"No API key: give --key, set MEDIAWORKS_API_KEY, or say with --data-dir where the service keeps admin.key "
            f"({file}: {error.strerror})"
        ) from error
