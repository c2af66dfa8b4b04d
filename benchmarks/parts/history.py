"""Databases with a long history, filled by SQL: a million finished jobs in half a minute."""

import uuid
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import text
from sqlalchemy.orm import Session

from ffremote.api.app import create_app
from ffremote.clock import utc_now
from ffremote.config import Settings
from ffremote.db import database
from ffremote.db.models import Upload, UploadState

UPLOAD = "33333333-3333-4333-8333-333333333333"
ROWS = """
    INSERT INTO jobs (id, state, phase, progress_percent, priority, rank, output_filename, spec,
                      needs, upload_id, input_ready_at, output_estimate_bytes, created_at,
                      finished_at, attempt, losses, heartbeats, result_token, result_bytes,
                      result_sha256, result_facts, command)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :jobs)
    SELECT printf('%s-%04x-4000-8000-%012x', :prefix, i % 65536, i), :state,
           CASE WHEN :state = 'queued' THEN 'queued' END,
           CASE WHEN :state = 'queued' THEN 0 ELSE 100 END,
           0, i, 'out.mp4', '{"output_filename": "out.mp4", "video": {"codec": "libx264"}}',
           '', :upload, '2026-01-01T00:00:00.000000Z', 1000000,
           strftime('%Y-%m-%dT%H:%M:%S', 1700000000 + i, 'unixepoch') || '.000000Z',
           CASE WHEN :state = 'queued' THEN NULL ELSE '2026-01-02T00:00:00.000000Z' END,
           0, 0, 0, NULL, 1000, NULL, '{"duration": 60.0, "streams": [{"codec": "h264"}]}',
           'ffmpeg -i file:input -c:v libx264 -crf 23 file:a/out.mp4'
    FROM n
"""


def build(data_dir: Path, *, finished: int) -> Path:
    """Make a data directory whose migrated database has this many finished jobs."""
    settings = Settings(data_dir=data_dir)
    app = create_app(settings)
    with app.app_context():
        upgrade()
        app.extensions["sqlalchemy"].engine.dispose()
    with opened(data_dir) as session, database.writing(session):
        session.execute(text("PRAGMA cache_size = -400000"))
        now = utc_now()
        session.add(Upload(id=UPLOAD, state=UploadState.COMPLETE, created_at=now, expires_at=now))
        session.flush()
        _add(session, finished, state="completed", prefix="00000000")
    return data_dir


def queue(data_dir: Path, jobs: int) -> None:
    """Add queued jobs."""
    with opened(data_dir) as session, database.writing(session):
        _add(session, jobs, state="queued", prefix=uuid.uuid4().hex[:8].replace("0", "a"))


def _add(session: Session, jobs: int, *, state: str, prefix: str) -> None:
    values = {"jobs": jobs, "state": state, "prefix": prefix, "upload": UPLOAD}
    session.execute(text(ROWS), values)


def opened(data_dir: Path) -> Session:
    """Open a database as the programs do."""
    engine = database.open_engine(f"sqlite:///{data_dir / 'ffremote.db'}")
    return database.session_maker(engine)()
