"""The storage that the settings name: the data directory, and where its whole files are kept."""

from importlib import import_module
from importlib.util import find_spec
from typing import cast

from ffremote.config import Settings
from ffremote.depot.protocol import Depot
from ffremote.errors import ConfigurationError

from .storage import Storage


def open_storage(settings: Settings) -> Storage:
    """Return the storage, without touching disk or network; raise ConfigurationError.

    boto3 is imported only where an object store is set.
    """
    address = settings.s3
    if address is None:
        return Storage(settings.data_dir)
    if find_spec("boto3") is None:
        raise ConfigurationError("FFREMOTE_STORAGE_URL needs boto3: pip install 'ffremote[s3]'")
    depot = cast(Depot, import_module("ffremote.depot.s3.depot").S3Depot(address))
    return Storage(settings.data_dir, depot, scratch_bytes=settings.scratch_bytes)
