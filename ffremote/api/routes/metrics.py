"""`GET /metrics`: what Prometheus may ask for, read from the rows at the moment of asking."""

from collections.abc import Iterator

from flask import Blueprint, Response
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

import ffremote
from ffremote.clock import utc_now
from ffremote.jobs import queries
from ffremote.jobs import workers as fleet

from ..context import AppContext, current

blueprint = Blueprint("metrics", __name__)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@blueprint.get("/metrics")
def metrics() -> Response:
    """Tell the numbers of the service."""
    collected = CollectorRegistry(auto_describe=False)
    collected.register(_Rows(current()))
    return Response(generate_latest(collected), content_type=CONTENT_TYPE)


class _Rows(Collector):
    """Reads everything anew for each scrape; nothing here grows with the number of old jobs."""

    def __init__(self, of: AppContext) -> None:
        self._desk = of

    def collect(self) -> Iterator[Metric]:
        session, storage = self._desk.session, self._desk.storage
        yield InfoMetricFamily("ffremote", "The program.", {"version": ffremote.__version__})
        jobs = GaugeMetricFamily("ffremote_jobs", "Jobs by state.", labels=["state"])
        for state, total in queries.totals(session).items():
            jobs.add_metric([state], total)
        yield jobs
        oldest = queries.oldest_claimable(session)
        waited = 0.0 if oldest is None else (utc_now() - oldest).total_seconds()
        yield _gauge("oldest_queued_seconds", "How long the first in the queue has waited.", waited)
        workers = fleet.alive(session, storage)
        yield _gauge("workers", "Workers that were heard of lately.", len(workers))
        slots = sum(worker.concurrency for worker in workers)
        yield _gauge("slots", "Jobs that these workers can run at a time.", slots)
        yield _gauge("free_bytes", "Free space where the files are.", storage.free_bytes())


def _gauge(name: str, help_text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"ffremote_{name}", help_text, value=value)
