"""The counters of the database as metrics that Prometheus can rate."""

from collections.abc import Iterator, Sequence
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric

from ffremote.jobs.journal import counters
from ffremote.jobs.journal.counters import BUCKETS, HISTOGRAMS, Counted

COUNTERS = {
    counters.ENDED: ("Jobs that ended, by state; of failed ones, the reason.", ("state", "reason")),
    counters.ENDED_ON: ("Jobs that ended, by state and host of the worker.", ("host", "state")),
    counters.RESCUES: ("Jobs that were taken from a lost worker.", ()),
    counters.BYTES_IN: ("Size of the inputs of jobs that ended.", ()),
    counters.BYTES_OUT: ("Size of their results.", ()),
}
HELP = {
    "waiting": "Seconds from complete inputs to the start, of jobs that ended.",
    "running": "Seconds from the start of the last attempt to the end.",
    "transfer": "Seconds from the creation of a job until its inputs were complete.",
}


def families(found: Sequence[Counted]) -> Iterator[Metric]:
    """Return all counters and histograms, those too that have counted nothing yet."""
    for name, (text, labels) in COUNTERS.items():
        family = CounterMetricFamily(f"ffremote_{name}", text, labels=labels)
        for each in found:
            if each.name == name:
                family.add_metric([each.labels[label] for label in labels], each.value)
        if not labels and not family.samples:
            family.add_metric([], 0)
        yield family
    for name in HISTOGRAMS:
        yield _histogram(name, found)


def _histogram(name: str, found: Sequence[Counted]) -> HistogramMetricFamily:
    counts = {each.labels["le"]: each.value for each in found if each.name == name}
    total = sum(each.value for each in found if each.name == f"{name}_sum")
    bounds = [*map(str, BUCKETS), "+Inf"]
    sums = list(accumulate(counts.get(bound, 0.0) for bound in bounds))
    buckets = list(zip(bounds, sums, strict=True))
    return HistogramMetricFamily(
        f"ffremote_job_{name}_seconds", HELP[name], buckets=buckets, sum_value=total
    )
