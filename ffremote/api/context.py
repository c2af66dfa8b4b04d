"""The app's context: everything that a view needs, one per app."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import Session

from ffremote.config import Settings
from ffremote.files.storage import Storage
from ffremote.jobs import admission
from ffremote.jobs.kept.reservations import SpaceReservations
from ffremote.jobs.store import Admit
from ffremote.spec import Preset

from .access.attempts import FailedAttempts
from .access.guard import AccessPolicy
from .capabilities import ServiceCapabilities
from .ingest.hashing import Digests
from .ingest.parts.senders import PartSenders
from .ingest.takeover import UploadTakeover
from .placement.crew import Crew

KEY = "ffremote"


@dataclass(frozen=True, slots=True)
class AppContext:
    """Settings, storage, database, capabilities and presets of one app, and its running uploads."""

    settings: Settings
    storage: Storage
    db: SQLAlchemy
    capabilities: ServiceCapabilities
    presets: Mapping[str, Preset]
    access: AccessPolicy
    digests: Digests
    crew: Crew
    failed_joins: FailedAttempts = field(default_factory=FailedAttempts)
    reservations: SpaceReservations = field(default_factory=SpaceReservations)
    takeover: UploadTakeover = field(default_factory=UploadTakeover)
    senders: PartSenders = field(default_factory=PartSenders)
    completing: set[str] = field(default_factory=set)
    """The uploads that a thread of this process completes, or will try to again."""

    @property
    def session(self) -> Session:
        """The database session of the current request."""
        return cast(Session, self.db.session())

    def admission_check(
        self,
        *,
        expected_bytes: int | None = None,
        stored_bytes: int | None = None,
        unpacked_bytes: int = 0,
        client: str | None = None,
    ) -> Admit:
        """Return the admission check for an input, to run in the transaction that adds its row.

        `expected_bytes` is the size of a new upload, `stored_bytes` that of one already stored,
        `unpacked_bytes` that of sequences; `client` identifies the client, because its unfinished
        uploads are limited.
        """
        return lambda session: admission.admit(
            session,
            self.storage,
            self.settings,
            expected_bytes=expected_bytes,
            stored_bytes=stored_bytes,
            unpacked_bytes=unpacked_bytes,
            client=client,
            reservations=self.reservations,
        )

    def form_check(self, unpacked_bytes: int) -> Admit:
        """Return the check for a form whose files were received, `unpacked_bytes` of sequences."""
        return lambda session: admission.require_form_space(
            session,
            self.storage,
            self.settings,
            unpacked_bytes=unpacked_bytes,
            reservations=self.reservations,
        )


def current() -> AppContext:
    """Return the context of the current app; needs an active Flask app context."""
    return cast(AppContext, current_app.extensions[KEY])
