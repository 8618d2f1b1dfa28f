"""The settings of an installation, and the only reader of its environment.

A setting is looked for in the command line, then in the environment (`MEDIAWORKS_UPLOADS_MAX_FILE_SIZE=5GiB`), then
in a TOML file (`mediaworks.toml` in the working folder, or the one that MEDIAWORKS_CONFIG names), then it is the
default. The usual names (DATABASE_URL, PORT, …) are honoured where everybody uses them.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, get_type_hints

import msgspec

from mediaworks.accounts.audit.config import AuditConfig
from mediaworks.accounts.config import AccountsConfig
from mediaworks.accounts.tokens.config import TokensConfig
from mediaworks.db.config import DatabaseConfig
from mediaworks.delivery.config import DeliveryConfig
from mediaworks.errors import SetupError
from mediaworks.events.config import EventsConfig
from mediaworks.events.idempotency.config import IdempotencyConfig
from mediaworks.events.webhooks.config import WebhooksConfig
from mediaworks.jobs.config import JobsConfig
from mediaworks.kit.egress import EgressConfig
from mediaworks.kit.quantities import Bytes
from mediaworks.media.config import MediaConfig
from mediaworks.processing import ProcessingConfig, TranscodingConfig
from mediaworks.storage.config import StorageConfig
from mediaworks.streaming.config import StreamingConfig
from mediaworks.transformations.config import TransformationsConfig
from mediaworks.transformations.presets.config import PresetsConfig
from mediaworks.transformations.srcset.config import SrcsetsConfig
from mediaworks.uploads.config import UploadsConfig
from mediaworks.uploads.gate import GateConfig

PREFIX = "MEDIAWORKS_"
HANDED_DOWN = "MEDIAWORKS_SETTINGS"
USUAL_NAMES = {
    "DATABASE_URL": "database.url",
    "REDIS_URL": "redis_url",
    "PORT": "port",
    "STORAGE_LOCAL_BASE_PATH": "storage.url",
    "LOCAL_STORAGE_PATH": "storage.url",
}
OWN_NAMES = {"CONFIG", "SETTINGS", "API_KEY", "SERVER"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`workers`: processes that answer requests. `log_format`: `auto` is `console` on a terminal, else `json`.
    `cors_origins`: web pages of these origins (`https://www.example.org`, or `*`) may call the service.
    `redis_url`: a Redis that hears of every event and counts what processes count together (`redis://127.0.0.1:6379/0`)."""

    data_dir: Path = Path("mediaworks-data")
    host: str = "127.0.0.1"
    port: int = 8083
    workers: int = 1
    with_worker: bool = True
    log_level: str = "info"
    log_format: str = "auto"
    cors_origins: tuple[str, ...] = ()
    redis_url: str = ""
    database: DatabaseConfig = field(default_factory=DatabaseConfig)
    storage: StorageConfig = field(default_factory=StorageConfig)
    accounts: AccountsConfig = field(default_factory=AccountsConfig)
    tokens: TokensConfig = field(default_factory=TokensConfig)
    audit: AuditConfig = field(default_factory=AuditConfig)
    idempotency: IdempotencyConfig = field(default_factory=IdempotencyConfig)
    uploads: UploadsConfig = field(default_factory=UploadsConfig)
    gate: GateConfig = field(default_factory=GateConfig)
    egress: EgressConfig = field(default_factory=EgressConfig)
    media: MediaConfig = field(default_factory=MediaConfig)
    delivery: DeliveryConfig = field(default_factory=DeliveryConfig)
    processing: ProcessingConfig = field(default_factory=ProcessingConfig)
    events: EventsConfig = field(default_factory=EventsConfig)
    jobs: JobsConfig = field(default_factory=JobsConfig)
    streaming: StreamingConfig = field(default_factory=StreamingConfig)
    webhooks: WebhooksConfig = field(default_factory=WebhooksConfig)
    presets: PresetsConfig = field(default_factory=PresetsConfig)
    srcsets: SrcsetsConfig = field(default_factory=SrcsetsConfig)
    transcoding: TranscodingConfig = field(default_factory=TranscodingConfig)
    transformations: TransformationsConfig = field(default_factory=TransformationsConfig)

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65535:
            raise ValueError("port: must lie between 0 and 65535")
        if not 1 <= self.workers <= 256:
            raise ValueError("workers: must lie between 1 and 256")
        if self.log_level not in {"debug", "info", "warning", "error"}:
            raise ValueError("log_level: must be debug, info, warning or error")
        if self.log_format not in {"auto", "json", "console"}:
            raise ValueError("log_format: must be auto, json or console")
        if self.redis_url and not self.redis_url.startswith(("redis://", "rediss://")):
            raise ValueError("redis_url: must begin with redis:// or rediss://")

    @property
    def metrics_dir(self) -> Path:
        """Where processes keep the metrics that they share."""
        return self.data_dir / "run" / "metrics"

    @property
    def segments_dir(self) -> Path:
        """Where segments are kept that were made while somebody watched."""
        return self.data_dir / "cache" / "segments"

    @property
    def admin_key_file(self) -> Path:
        return self.data_dir / "admin.key"

    @property
    def sink_addresses(self) -> tuple[str, ...]:
        """Where every event goes."""
        return (*([self.redis_url] if self.redis_url else []), *self.events.sinks)

    def with_database(self, url: str) -> Settings:
        return replace(self, database=replace(self.database, url=url))


def load(**given: Any) -> Settings:
    """The settings in force; `given` (None: not given) goes before everything else.

    Raises SetupError that names the variable, what was wrong and what is allowed.
    """
    handed = os.environ.get(HANDED_DOWN)
    if handed is not None:
        return msgspec.json.decode(handed, type=Settings, dec_hook=_decode)
    values = _from_file(os.environ.get(PREFIX + "CONFIG"))
    for name, text in _from_environment(os.environ):
        _put(values, name, text)
    for name, value in given.items():
        if value is not None:
            values[name] = value
    settings: Settings = _build(Settings, values, PREFIX)
    return _with_defaults(settings)


def hand_down(settings: Settings) -> None:
    """Give these settings to every process started from here on."""
    os.environ[HANDED_DOWN] = msgspec.json.encode(asdict(settings), enc_hook=str).decode()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(settings.metrics_dir)
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")


def was_handed_down() -> bool:
    """Whether this process was started by `mediaworks serve` with its settings."""
    return HANDED_DOWN in os.environ


def storage_address(text: str) -> str:
    """The whole address of a storage: a folder may be given as a path, and an S3 without a region is in that of
    AWS_REGION or S3_REGION."""
    if "://" not in text:
        return Path(text).expanduser().absolute().as_uri()
    region = os.environ.get("AWS_REGION") or os.environ.get("S3_REGION")
    if not text.startswith("s3://") or "region=" in text or not region:
        return text
    return f"{text}{'&' if '?' in text else '?'}region={region}"


def describe() -> Iterator[tuple[str, str, str]]:
    """Each setting's variable, its type and its default, for the documentation."""
    yield from _describe(Settings, PREFIX)


def _describe(kind: type[Any], prefix: str) -> Iterator[tuple[str, str, str]]:
    hints = get_type_hints(kind)
    default = kind()
    for entry in fields(kind):
        value = getattr(default, entry.name)
        if is_dataclass(value):
            yield from _describe(type(value), f"{prefix}{entry.name.upper()}_")
        else:
            shown = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
            yield (
                prefix + entry.name.upper(),
                getattr(hints[entry.name], "__name__", str(hints[entry.name])),
                shown,
            )


def _with_defaults(settings: Settings) -> Settings:
    settings = replace(settings, data_dir=settings.data_dir.expanduser().absolute())
    url = storage_address(settings.storage.url or str(settings.data_dir / "blobs"))
    return replace(settings, storage=replace(settings.storage, url=url))


def _from_file(named: str | None) -> dict[str, Any]:
    path = Path(named or "mediaworks.toml")
    if not named and not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SetupError(f"The settings file {path} cannot be read: {error}") from error


def _from_environment(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    known = {variable.removeprefix(PREFIX): variable for variable, _, _ in describe()}
    for variable, name in USUAL_NAMES.items():
        if environment.get(variable):
            yield name, environment[variable]
    if environment.get("STORAGE_PROVIDER") in {"s3", "minio"} and environment.get("S3_BUCKET"):
        yield "storage.url", f"s3://{environment['S3_BUCKET']}"
    for variable, text in environment.items():
        name = variable.removeprefix(PREFIX)
        if not variable.startswith(PREFIX) or name in OWN_NAMES:
            continue
        if name not in known:
            raise SetupError(f"{variable}: there is no such setting; see `mediaworks doctor --settings`")
        yield _dotted(name), text


def _dotted(name: str) -> str:
    section, _, rest = name.lower().partition("_")
    sections = {entry.name for entry in fields(Settings) if is_dataclass(entry.default_factory)}
    return f"{section}.{rest}" if section in sections else name.lower()


def _put(values: dict[str, Any], name: str, text: str) -> None:
    section, _, key = name.rpartition(".")
    (values.setdefault(section, {}) if section else values)[key] = text


def _build(kind: type[Any], values: Mapping[str, Any], prefix: str) -> Any:
    hints = get_type_hints(kind)
    for unknown in values.keys() - hints.keys():
        raise SetupError(f"{prefix}{unknown.upper()}: there is no such setting")
    built = {name: _value(hints[name], value, prefix + name.upper()) for name, value in values.items()}
    try:
        return kind(**built)
    except ValueError as error:
        field_name, _, problem = str(error).partition(": ")
        raise SetupError(f"{prefix}{field_name.upper()}: {problem}") from error


def _value(kind: Any, value: Any, variable: str) -> Any:
    if is_dataclass(kind) and isinstance(kind, type):
        return _build(kind, value, variable + "_")
    if isinstance(value, str) and getattr(kind, "__origin__", None) is tuple:
        value = [part.strip() for part in value.split(",") if part.strip()]
    try:
        return msgspec.convert(value, kind, strict=False, dec_hook=_decode)
    except (msgspec.ValidationError, ValueError) as error:
        raise SetupError(f"{variable}: {error}") from error


def _decode(kind: type[Any], value: Any) -> Any:
    if kind is Bytes:
        return Bytes(value) if isinstance(value, int) else Bytes.parse(value)
    return kind(value)
