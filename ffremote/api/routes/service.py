"""The routes of the service: capabilities, presets, workers, health, readiness."""

from collections.abc import Callable

from flask import Blueprint, Response, jsonify

from ffremote.db import postgresql, schema
from ffremote.db.models import Worker
from ffremote.errors import DatabaseUnusable, FfremoteError, ServiceUnavailable
from ffremote.host import notify
from ffremote.jobs import workers
from ffremote.jobs.kept import quota

from .. import service_representation
from ..context import AppContext, current

blueprint = Blueprint("service", __name__)
health = Blueprint("health", __name__)

READY_SECONDS = 3.0  # how long a check waits for an answer of the database


@blueprint.get("/capabilities")
def capabilities() -> Response:
    """Return FFmpeg's capabilities, the names of the presets and the limits of the server."""
    available = current().capabilities.current(current().session)
    return jsonify(
        service_representation.capabilities(available, current().presets, current().settings)
    )


@blueprint.get("/presets")
def presets() -> Response:
    """List the presets that a job may name."""
    return jsonify(items=[preset.to_json() for preset in current().presets.values()])


@blueprint.get("/workers", endpoint="workers")
def list_workers() -> Response:
    """List the registered workers, newest first."""
    context = current()
    session = context.session
    alive, running = workers.alive(session, context.storage), workers.running_jobs(session)
    rows = workers.list_all(session)
    return jsonify(items=service_representation.workers(rows, alive, running))


@blueprint.post("/workers/<worker_id>/drain")
def drain(worker_id: str) -> tuple[Response, int]:
    """Ask a worker to finish its running jobs and then to take no more until `undrain`."""
    worker = workers.request_drain(current().session, worker_id)
    return _ordered(worker)


@blueprint.post("/workers/<worker_id>/undrain")
def undrain(worker_id: str) -> tuple[Response, int]:
    """Let a draining worker take jobs again."""
    worker = workers.request_undrain(current().session, worker_id)
    return _ordered(worker)


def _ordered(worker: Worker) -> tuple[Response, int]:
    """Let the worker hear of its order at once; return the worker."""
    context = current()
    notify.notify_all(context.storage.run)
    alive = {each.id for each in workers.alive(context.session, context.storage)}
    running = workers.running_jobs(context.session).get(worker.id, 0)
    shown = service_representation.worker(worker, is_alive=worker.id in alive, running=running)
    return jsonify(shown), 202


@health.get("/healthz")
def healthz() -> Response:
    """Return ok while the process is up."""
    return jsonify(status="ok")


@health.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Return whether a job submitted now would run, with the checks that say why not.

    A full quota is shown only: what is stored can still be got, and removed.
    """
    used = None
    with postgresql.answering_within(READY_SECONDS):
        database = _check_result(_check_database, current())
        worker = database if database != "ok" else _check_result(_check_worker, current())
        if database == "ok" and (kept := quota.current(current().session, current().settings)):
            used = {"quota_used_percent": kept.used_percent}
    storage = _check_result(_check_storage, current())
    checks = {"database": database, "storage": storage, "worker": worker}
    is_ready = all(result == "ok" for result in checks.values())
    return jsonify(ready=is_ready, checks=checks, **(used or {})), 200 if is_ready else 503


def _check_database(context: AppContext) -> None:
    schema.require_schema(context.db.engine)


def _check_storage(context: AppContext) -> None:
    context.storage.check()


def _check_worker(context: AppContext) -> None:
    with schema.reported():
        alive = workers.alive(context.session, context.storage)
    if not alive:
        raise ServiceUnavailable("No worker is alive; start ffremote-worker.")
    if all(worker.is_draining for worker in alive):
        raise ServiceUnavailable("Every worker is draining; jobs wait until one takes jobs again.")


def _check_result(check: Callable[[AppContext], None], context: AppContext) -> str:
    try:
        check(context)
    except DatabaseUnusable as exc:
        return exc.reason  # without host and file names, because this route needs no token
    except FfremoteError as exc:
        return str(exc)
    return "ok"
