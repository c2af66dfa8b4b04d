"""The checks of `flask doctor` of where files are: data directory, disk, bucket, quota."""

import os
import shutil
import stat
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from ffremote.db import schema
from ffremote.errors import (
    ConfigurationError,
    DatabaseNotReady,
    DatabaseUnusable,
    ServiceUnavailable,
)
from ffremote.jobs.kept import quota
from ffremote.registry.access import own_depot
from ffremote.s3_address import S3Address

from ..context import AppContext
from .finding import Finding, Verdict

GIB = 1 << 30
NEARLY_FULL_PERCENT = 90


def directory(context: AppContext) -> Finding:
    """Say whether the data directory can be used, by its owner only."""
    root = context.storage.root
    if not root.exists():
        advice = "create it: flask --app ffremote db upgrade"
        return Finding(Verdict.WARN, "data", f"{root} does not exist", advice)
    try:
        context.storage.local.check()
    except ServiceUnavailable as exc:
        advice = f"{exc} Make this user its owner: chown -R {os.getuid()} {root}"
        return Finding(Verdict.BAD, "data", str(root), advice)
    if stat.S_IMODE(root.stat().st_mode) & 0o077:
        advice = f"other users can read it: chmod 700 {root}"
        return Finding(Verdict.WARN, "data", str(root), advice)
    return Finding(Verdict.OK, "data", str(root))


def objects(context: AppContext, address: S3Address) -> Finding:
    """Say whether the bucket can be used, and is this installation's."""
    text = f"{address.bucket}/{address.prefix} at {address.endpoint or 'AWS'}"
    try:
        own_depot(context.session, context.storage)  # nothing is written before whose it is known
        context.storage.depot.check()
    except (ServiceUnavailable, ConfigurationError) as exc:
        return Finding(Verdict.BAD, "objects", text, str(exc))
    except SQLAlchemyError:
        return Finding(Verdict.WARN, "objects", text, "migrate the database first")
    return Finding(Verdict.OK, "objects", text)


def disk(context: AppContext) -> Finding:
    """Say whether the disk has space for uploads."""
    free, settings = _free_bytes(context.storage.root), context.settings
    text = f"{free / GIB:.1f} GiB free, {settings.min_free_bytes / GIB:.1f} GiB kept in reserve"
    if free < settings.min_free_bytes:
        advice = (
            "jobs are refused: run `flask cleanup`, shorten FFREMOTE_TTL_HOURS, or add disk space"
        )
        return Finding(Verdict.BAD, "disk", text, advice)
    if free < settings.min_free_bytes + 2 * settings.max_upload_bytes:
        largest = settings.max_upload_bytes / GIB
        advice = f"an input of {largest:.0f} GiB, which is allowed, may not fit with its result"
        return Finding(Verdict.WARN, "disk", text, advice)
    return Finding(Verdict.OK, "disk", text)


def _free_bytes(root: Path) -> int:
    """Return the free bytes of the file system that holds, or will hold, `root`."""
    existing = next(path for path in (root, *root.parents) if path.exists())
    return shutil.disk_usage(existing).free


def stored(context: AppContext) -> Finding:
    """Say how much of the quota is used."""
    try:
        schema.require_schema(context.db.engine)
        with schema.reported():
            kept = quota.current(context.session, context.settings)
    except (DatabaseUnusable, DatabaseNotReady) as exc:
        return Finding(Verdict.WARN, "stored", "unknown: rows say it", str(exc))
    if kept is None:
        return Finding(Verdict.OK, "stored", "no limit")
    text = f"{kept.stored_bytes / GIB:.1f} of {kept.max_stored_bytes / GIB:.1f} GiB"
    if kept.used_percent < NEARLY_FULL_PERCENT:
        return Finding(Verdict.OK, "stored", text)
    advice = "raise FFREMOTE_MAX_STORED_BYTES, shorten FFREMOTE_TTL_HOURS, or remove results"
    return Finding(Verdict.WARN, "stored", text, advice)
