"""The calls about the service itself: workers, health, readiness."""

from collections.abc import Callable

from flask import Blueprint, Response, jsonify

from ffremote.db import database
from ffremote.errors import DatabaseUnusable, FfremoteError, ServiceUnavailable
from ffremote.host import notify
from ffremote.jobs import workers as fleet

from .. import representation
from ..context import AppContext, current

blueprint = Blueprint("service", __name__)
health = Blueprint("health", __name__)


@blueprint.get("/capabilities")
def capabilities() -> Response:
    """Tell what FFmpeg can do, which presets there are and what the limits are."""
    found = current().engine.capabilities(current().session)
    return jsonify(representation.capabilities(found, current().presets, current().settings))


@blueprint.get("/presets")
def presets() -> Response:
    """List the presets that a job may name."""
    return jsonify(items=[preset.to_json() for preset in current().presets.values()])


@blueprint.get("/workers")
def workers() -> Response:
    """List the workers that are remembered, the newest first."""
    return jsonify(items=[representation.worker(row) for row in fleet.list_all(current().session)])


@blueprint.post("/workers/<worker_id>/drain")
def drain(worker_id: str) -> tuple[Response, int]:
    """Ask a worker to finish what runs and to stay idle after that, until `undrain`."""
    row = fleet.request_drain(current().session, worker_id)
    notify.notify_all(current().storage.run)
    return jsonify(representation.worker(row)), 202


@blueprint.post("/workers/<worker_id>/undrain")
def undrain(worker_id: str) -> tuple[Response, int]:
    """Let a worker that was asked to drain take jobs again."""
    row = fleet.request_undrain(current().session, worker_id)
    notify.notify_all(current().storage.run)
    return jsonify(representation.worker(row)), 202


@health.get("/healthz")
def healthz() -> Response:
    """Say that the process is up."""
    return jsonify(status="ok")


@health.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Say whether jobs that come in now would be done."""
    checks = {
        "database": _says(_check_database, current()),
        "storage": _says(_check_storage, current()),
        "worker": _says(_check_worker, current()),
    }
    is_ready = all(said == "ok" for said in checks.values())
    return jsonify(ready=is_ready, checks=checks), 200 if is_ready else 503


def _check_database(of: AppContext) -> None:
    database.require_schema(of.db.engine)


def _check_storage(of: AppContext) -> None:
    of.storage.check_writable()


def _check_worker(of: AppContext) -> None:
    database.require_schema(of.db.engine)
    living = fleet.alive(of.session, of.storage)
    if not living:
        raise ServiceUnavailable("No worker is alive; start ffremote-worker.")
    if all(worker.is_draining for worker in living):
        raise ServiceUnavailable("Every worker is draining; jobs wait until one takes jobs again.")


def _says(check: Callable[[AppContext], None], of: AppContext) -> str:
    try:
        check(of)
    except DatabaseUnusable as exc:
        return exc.reason  # without what names hosts and files: nobody needs a token to read this
    except FfremoteError as exc:
        return str(exc)
    return "ok"
