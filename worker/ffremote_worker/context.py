"""Everything that a process of a worker needs: settings, files, ledger, FFmpeg."""

from dataclasses import dataclass, replace
from typing import Self

from ffremote import ffmpeg
from ffremote.config import Settings
from ffremote.files import read_watch
from ffremote.files.storage import Storage
from ffremote.ledger import needs
from ffremote.ledger.protocol import Ledger

from . import registry
from .clerk import Clerk


@dataclass(frozen=True, slots=True)
class WorkerContext:
    """Created once in each process of a worker; must not be inherited across a fork."""

    settings: Settings
    storage: Storage
    ledger: Ledger
    clerk: Clerk
    """Asks `ledger`, of which this process otherwise uses `log_path` only."""
    runtime: ffmpeg.Runtime
    capabilities: ffmpeg.Capabilities

    @property
    def has_ballast(self) -> bool:
        """Whether the database is on this disk, where the ballast makes room for it."""
        return self.settings.is_sqlite and not self.settings.worker_server

    @property
    def abilities(self) -> frozenset[str]:
        """What jobs may need of a worker and this one has."""
        return needs.able(
            [ffmpeg.FORMATS, *self.capabilities.working_encoders],
            excerpts=self.capabilities.excerpts,
            labels=self.settings.labels,
        )

    @classmethod
    def open(cls, settings: Settings, *, trying: bool = False, sandbox: str | None = None) -> Self:
        """Open the registry and FFmpeg; raise DatabaseNotReady or ConfigurationError.

        With `trying`, directories are made, and every encoder is tested, once for each FFmpeg
        build: 1 to 8 s; a slot must not make directories where its disk is unmounted. `sandbox` is
        the name of the sandbox that the supervisor has tested; None tests it here.
        """
        found = registry.load(settings)
        storage = found.open_storage(settings)
        if trying:
            storage.prepare()
        ledger = found.open_ledger(settings, storage)
        runtime = ffmpeg.make_runtime(settings, sandbox=sandbox)
        capabilities = ffmpeg.read_capabilities(
            runtime.binaries, storage.cache, trying=trying, sandbox=runtime.sandbox
        )
        capabilities = replace(capabilities, excerpts=read_watch.works_in(storage.cache))
        return cls(settings, storage, ledger, Clerk(ledger), runtime, capabilities)
