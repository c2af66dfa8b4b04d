"""The only module that reads the environment: `FFREMOTE_*` variables as frozen `Settings`."""

import os
import re
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from . import s3_address
from .errors import ConfigurationError
from .s3_address import S3Address

GIB = 1 << 30
WORKER_LABEL = r"[a-z0-9][a-z0-9._-]{0,31}"
"""A label of a worker, which a job may require."""
MAX_WORKER_LABELS = 32

Bytes = Annotated[int, Field(ge=0)]


def _device_paths(text: str) -> str:
    for path in filter(None, text.split(",")):
        if not path.startswith("/dev/") or ".." in path.split("/"):
            raise ValueError("paths below /dev, separated by commas, such as /dev/dri/renderD128")
    return text


def _worker_labels(text: str) -> str:
    labels = [label.strip() for label in text.split(",")] if text else []
    if len(labels) > MAX_WORKER_LABELS:
        raise ValueError(f"at most {MAX_WORKER_LABELS} labels")
    for label in labels:
        if not re.fullmatch(WORKER_LABEL, label):
            raise ValueError(
                "labels separated by commas, such as gpu,fast: each 1 to 32 of a-z, 0-9, '.', '_' "
                "and '-', a letter or a digit first"
            )
    return text


def _storage_url(text: str) -> str:
    if text:
        s3_address.parse(text)
    return text


class DownloadWay(StrEnum):
    """Who sends the bytes of a download."""

    PROXY = "proxy"
    NGINX = "nginx"
    REDIRECT = "redirect"


class Settings(BaseModel):
    """The settings; each field is read from the variable `FFREMOTE_` + its name in capitals."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_dir: Path = Path("data")
    database_url: str = ""
    storage_url: Annotated[str, AfterValidator(_storage_url)] = ""
    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    threads: int = Field(8, ge=1, le=256)
    transfer_threads: int = Field(64, ge=1, le=1024)
    concurrency: int = Field(2, ge=1, le=64)
    worker_labels: Annotated[str, AfterValidator(_worker_labels)] = ""
    local_first_seconds: float = Field(2, ge=0, le=3600)
    max_upload_bytes: Bytes = 20 * GIB
    ttl_hours: float = Field(24, gt=0)
    upload_ttl_hours: float = Field(24, gt=0)
    history_days: float | None = Field(None, ge=1)
    upload_silence_seconds: float = Field(600, ge=1)
    max_client_uploads: int = Field(256, ge=1)
    client_share: float = Field(0.5, gt=0, le=1)
    max_queued: int = Field(10_000, ge=1)
    overlap: Literal["auto", "off"] = "auto"
    min_free_bytes: Bytes = 1 * GIB
    max_stored_bytes: Annotated[int, Field(ge=1)] | None = None
    scratch_bytes: Annotated[int, Field(ge=0)] | None = None
    ffmpeg: str = ""
    ffprobe: str = ""
    presets_file: Path | None = None
    tokens: str = ""
    allowed_hosts: str = ""
    allowed_origins: str = ""
    downloads: DownloadWay | None = None
    accel_prefix: str = Field("", pattern=r"^((/[A-Za-z0-9_.-]+)+/)?$")
    url_prefix: str = Field("", pattern=r"^(/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)*$")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"
    lease_seconds: float = Field(30, ge=1)
    outage_seconds: float = Field(600, ge=0)
    tick_seconds: float = Field(0.5, gt=0, le=10)
    stall_seconds: float = Field(600, gt=0)
    progress_seconds: float = Field(1800, ge=0)
    sandbox: Literal["auto", "off", "required"] = "auto"
    sandbox_log: bool = False
    devices: Annotated[str, AfterValidator(_device_paths)] = ""
    ffmpeg_threads: int = Field(0, ge=0, le=64)
    max_memory_bytes: Bytes = 4 * GIB
    max_output_bytes: Bytes = 100 * GIB
    max_pixels: int = Field(8192 * 8192 // 2, ge=1)
    max_streams: int = Field(100, ge=1)
    max_duration_hours: float = Field(24, gt=0)
    worker_server: str = ""
    worker_token: str = Field("", repr=False)
    worker_ca: str = ""
    worker_rate: str = ""

    @property
    def registry_url(self) -> str:
        """The SQLAlchemy URL of the database: `database_url`, or SQLite in `data_dir`."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'ffremote.db'}"

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a SQLite file, and so on this machine's disk."""
        return self.registry_url.startswith("sqlite:")

    @property
    def s3(self) -> S3Address | None:
        """The object store of whole files; None: they are in `data_dir`."""
        return s3_address.parse(self.storage_url) if self.storage_url else None

    @property
    def download_way(self) -> DownloadWay:
        """Who sends downloads: `downloads`, or nginx if it has a prefix, else this server."""
        return self.downloads or (DownloadWay.NGINX if self.accel_prefix else DownloadWay.PROXY)

    @property
    def device_patterns(self) -> tuple[str, ...]:
        """The device files for jobs with hardware encoders; each may contain `*`."""
        return tuple(path.strip() for path in self.devices.split(",") if path.strip())

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of this machine's worker, each once."""
        found = (label.strip() for label in self.worker_labels.split(","))
        return tuple(dict.fromkeys(filter(None, found)))

    @property
    def ttl(self) -> timedelta:
        """How long input and result are kept after a job has ended."""
        return timedelta(hours=self.ttl_hours)

    @property
    def history(self) -> timedelta | None:
        """How long the row of a job is kept after the job has ended; None: for ever."""
        return None if self.history_days is None else timedelta(days=self.history_days)

    @property
    def upload_ttl(self) -> timedelta:
        """How long an unused upload is kept."""
        return timedelta(hours=self.upload_ttl_hours)

    @property
    def upload_silence(self) -> timedelta:
        """After this time without a byte, an upload loses its reserved disk space."""
        return timedelta(seconds=self.upload_silence_seconds)

    @property
    def lease(self) -> timedelta:
        """How long a claim is valid without a heartbeat."""
        return timedelta(seconds=self.lease_seconds)


def load_settings(environ: Mapping[str, str] = os.environ, **overrides: Any) -> Settings:
    """Return the settings from `environ`; `overrides` (command-line options) win unless None.

    Raise ConfigurationError with the variable's name, its value and what is allowed. An empty
    variable counts as unset.
    """
    values: dict[str, Any] = {
        name: environ[variable(name)]
        for name in Settings.model_fields
        if environ.get(variable(name), "") != ""
    }
    values |= {name: value for name, value in overrides.items() if value is not None}
    try:
        settings = Settings(**values)
    except ValidationError as exc:
        first = exc.errors()[0]
        name = str(first["loc"][0])
        raise ConfigurationError(
            f"{variable(name)}={_shown(first['input'])}: {first['msg'].lower()}"
        ) from exc
    _require_one_way(settings)
    return settings


def _require_one_way(settings: Settings) -> None:
    """Raise ConfigurationError if what is set about downloads contradicts itself."""
    way, prefix = settings.download_way, variable("accel_prefix")
    given = f"{variable('downloads')}={way}"
    if way is DownloadWay.NGINX and not settings.accel_prefix:
        raise ConfigurationError(f"{given}: {prefix} must name nginx's internal location")
    if way is not DownloadWay.NGINX and settings.accel_prefix:
        raise ConfigurationError(f"{given}: {prefix} is for nginx only; remove one of them")
    if way is DownloadWay.REDIRECT and not settings.storage_url:
        raise ConfigurationError(
            f"{given}: clients are redirected to a bucket, and FFREMOTE_STORAGE_URL names none"
        )


def state_directory(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the directory for the state of the user's programs."""
    configured = environ.get("XDG_STATE_HOME", "")
    return Path(configured) if configured else Path.home() / ".local" / "state"


def _shown(value: Any) -> str:
    """Return a value for a message, without the password of a URL."""
    return re.sub(r"//[^/@]*@", "//***@", repr(value))


def variable(name: str) -> str:
    """Return the environment variable of a setting."""
    return f"FFREMOTE_{name.upper()}"
