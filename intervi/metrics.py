"""What Prometheus reads: requests, jobs and queues, over all processes of this machine.

Counters and histograms are shared through files in ``PROMETHEUS_MULTIPROC_DIR`` (the supervisor sets it), so that whichever web process is
asked tells of all of them and of the workers. Gauges are read anew when somebody asks: the database and Redis are their truth.
"""

import os
from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
DIRECTORY_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

_REQUESTS = Counter("intervi_requests", "Requests answered.", ["contract", "method", "status"])
_REQUEST_SECONDS = Histogram(
    "intervi_request_seconds",
    "From a request to the end of its answer.",
    ["contract"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
_JOBS = Counter("intervi_jobs", "Stages of analyses that were run.", ["stage", "outcome"])
_STAGE_SECONDS = Histogram(
    "intervi_stage_seconds",
    "How long a stage took.",
    ["stage"],
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600),
)


def count_request(contract: str, method: str, status: int, seconds: float) -> None:
    """A request that was answered."""
    _REQUESTS.labels(contract, method, str(status)).inc()
    _REQUEST_SECONDS.labels(contract).observe(seconds)


def count_job(stage: str, outcome: str, seconds: float) -> None:
    """A stage that was run: ``done``, ``refused``, ``failed``, ``put off`` or ``lost`` (its lease)."""
    _JOBS.labels(stage, outcome).inc()
    _STAGE_SECONDS.labels(stage).observe(seconds)


def text(
    *, queue_depth: Mapping[str, int], queue_age_seconds: Mapping[str, float], live_sockets: Mapping[str, int]
) -> bytes:
    """Everything in Prometheus' text format.

    Args:
        queue_depth: Stages that wait, by stage.
        queue_age_seconds: How long the oldest of them has waited, by stage.
        live_sockets: Open sockets, by kind.
    """
    gauges = CollectorRegistry()
    gauges.register(
        _Read(
            _gauge("intervi_queue_depth", "Stages that wait for a worker.", "stage", queue_depth),
            _gauge("intervi_queue_age_seconds", "How long the oldest of them has waited.", "stage", queue_age_seconds),
            _gauge("intervi_live_sockets", "Open sockets.", "kind", live_sockets),
        )
    )
    return generate_latest(_shared()) + generate_latest(gauges)


class _Read(Collector):
    """What was just read. A ``Gauge`` would be kept in the shared files as well, and told of once more, as old as it is."""

    def __init__(self, *families: Metric) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _gauge(name: str, description: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, description, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _shared() -> CollectorRegistry:
    if DIRECTORY_VARIABLE not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
