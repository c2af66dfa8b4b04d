"""The front desk: what every view needs, kept by the app."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import Session

from ffremote.config import Settings
from ffremote.files.storage import Storage
from ffremote.jobs import admission
from ffremote.jobs.admission import SpaceReservations
from ffremote.jobs.store import Admit
from ffremote.spec import Preset

from .capabilities import ServiceCapabilities
from .ingest.hashing import Digests
from .ingest.takeover import UploadTakeover

KEY = "ffremote"


@dataclass(frozen=True, slots=True)
class AppContext:
    """The settings, the files, the rows, the FFmpeg and the presets of one app."""

    settings: Settings
    storage: Storage
    db: SQLAlchemy
    engine: ServiceCapabilities
    presets: Mapping[str, Preset]
    digests: Digests
    reservations: SpaceReservations = field(default_factory=SpaceReservations)
    handovers: UploadTakeover = field(default_factory=UploadTakeover)

    @property
    def session(self) -> Session:
        """The session of the current request."""
        return cast(Session, self.db.session())

    def admitting(
        self,
        *,
        expected_bytes: int | None = None,
        stored_bytes: int | None = None,
        client: str | None = None,
    ) -> Admit:
        """Return what admits a film of this size, in the transaction that adds its row."""
        return lambda session: admission.admit(
            session,
            self.storage,
            self.settings,
            expected_bytes=expected_bytes,
            stored_bytes=stored_bytes,
            client=client,
            reservations=self.reservations,
        )


def current() -> AppContext:
    """Return the desk of the current app."""
    return cast(AppContext, current_app.extensions[KEY])
