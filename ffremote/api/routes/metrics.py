"""`GET /metrics` for Prometheus: the service from the database, requests of this process."""

from collections.abc import Iterator

from flask import Blueprint, Response, current_app
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

import ffremote
from ffremote.clock import utc_now
from ffremote.jobs import queries, totals, workers
from ffremote.jobs.journal import counters
from ffremote.jobs.kept import usage

from ..context import AppContext, current
from ..service_state import rates, traffic

blueprint = Blueprint("metrics", __name__)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@blueprint.get("/metrics")
def metrics() -> Response:
    """Return the metrics of the service in Prometheus's text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_JobCollector(current()))
    of_process = generate_latest(current_app.extensions[traffic.EXTENSION].registry)
    return Response(generate_latest(registry) + of_process, content_type=CONTENT_TYPE)


class _JobCollector(Collector):
    """Queries the database for each scrape; no query's cost grows with the number of old jobs."""

    def __init__(self, context: AppContext) -> None:
        self._context = context

    def collect(self) -> Iterator[Metric]:
        session, storage = self._context.session, self._context.storage
        yield InfoMetricFamily("ffremote", "The program.", {"version": ffremote.__version__})
        jobs = GaugeMetricFamily("ffremote_jobs", "Jobs by state.", labels=["state"])
        for state, total in totals.by_state(session).items():
            jobs.add_metric([state], total)
        yield jobs
        oldest = queries.oldest_claimable(session)
        waiting_seconds = 0.0 if oldest is None else (utc_now() - oldest).total_seconds()
        yield _gauge(
            "oldest_queued_seconds",
            "How long the first job in the queue has waited.",
            waiting_seconds,
        )
        alive = workers.alive(session, storage)
        yield _gauge("workers", "Live workers.", len(alive))
        slots = sum(worker.concurrency for worker in alive)
        yield _gauge("slots", "Jobs that these workers can run at a time.", slots)
        yield _gauge("free_bytes", "Free disk space in the data directory.", storage.free_bytes())
        stored = usage.stored_bytes(session)
        yield _gauge("stored_bytes", "Size of all uploads and results.", stored)
        if (limit := self._context.settings.max_stored_bytes) is not None:
            yield _gauge("max_stored_bytes", "How much of these may be stored.", limit)
        counters.count(session)
        yield from rates.families(counters.read(session))


def _gauge(name: str, help_text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"ffremote_{name}", help_text, value=value)
