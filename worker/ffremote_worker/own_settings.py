"""The settings of a worker, with a directory of its own where none is named."""

from collections.abc import Mapping
from typing import Any

from ffremote.config import Settings, load_settings, state_directory, variable


def load(**options: Any) -> Settings:
    """Return the settings; `options` of the command line win unless None.

    A worker over HTTP does not share a data directory, so its default is not the server's. Raise
    ConfigurationError.
    """
    settings = load_settings(**options)
    if not settings.worker_server or "data_dir" in settings.model_fields_set:
        return settings
    return settings.model_copy(update={"data_dir": state_directory() / "ffremote-worker"})


def environ_of(options: Mapping[str, Any]) -> dict[str, str]:
    """Return variables that give another process the same settings as these options."""
    return {variable(name): str(value) for name, value in options.items() if value is not None}
