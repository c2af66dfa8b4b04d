"""Everything that a process of a worker needs: settings, files, database, FFmpeg."""

from dataclasses import dataclass
from typing import Self

from sqlalchemy.orm import Session, sessionmaker

from ffremote import ffmpeg
from ffremote.config import Settings
from ffremote.db import database, schema
from ffremote.files.storage import Storage


@dataclass(frozen=True, slots=True)
class WorkerContext:
    """Created once in each process of a worker; must not be inherited across a fork."""

    settings: Settings
    storage: Storage
    sessions: sessionmaker[Session]
    runtime: ffmpeg.Runtime
    capabilities: ffmpeg.Capabilities

    @classmethod
    def open(cls, settings: Settings, *, trying: bool = False, sandbox: str | None = None) -> Self:
        """Open the database and FFmpeg; raise DatabaseNotReady or ConfigurationError.

        With `trying`, every encoder is tested, once for each FFmpeg build: 1 to 8 s. `sandbox` is
        the name of the sandbox that the supervisor has tested; None tests it here.
        """
        storage = Storage(settings.data_dir)
        storage.prepare()
        engine = database.open_engine(settings.storage_url)
        schema.require_schema(engine)
        runtime = ffmpeg.make_runtime(settings, sandbox=sandbox)
        capabilities = ffmpeg.read_capabilities(
            runtime.binaries, storage.cache, trying=trying, sandbox=runtime.sandbox
        )
        return cls(settings, storage, database.session_maker(engine), runtime, capabilities)
