"""The settings of a worker, with a directory of its own where none is named."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ffremote.config import Settings, load_settings, state_directory, variable

from . import joined


def load(**options: Any) -> Settings:
    """Return the settings; `options` of the command line win unless None.

    A worker over HTTP does not share a data directory, so its default is not the server's. Without
    a token it has that of a server that this machine has joined. Raise ConfigurationError.
    """
    settings = load_settings(**options)
    if not settings.worker_server:
        return settings
    data_dir = own_directory(settings)
    found = None if settings.worker_token else joined.find(data_dir, settings.worker_server)
    if found is None:
        return settings.model_copy(update={"data_dir": data_dir})
    ca = settings.worker_ca or found.ca
    update = {"data_dir": data_dir, "worker_token": found.token, "worker_ca": ca}
    return settings.model_copy(update=update)


def own_directory(settings: Settings) -> Path:
    """Return the directory of a worker over HTTP."""
    is_given = "data_dir" in settings.model_fields_set
    return settings.data_dir if is_given else state_directory() / "ffremote-worker"


def environ_of(options: Mapping[str, Any]) -> dict[str, str]:
    """Return variables that give another process the same settings as these options."""
    return {variable(name): str(value) for name, value in options.items() if value is not None}
