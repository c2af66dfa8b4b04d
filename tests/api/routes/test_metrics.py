"""The metrics of jobs, workers and space."""

from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from tests.support.multipart import file_part, form, job_part


def test_metrics_count_jobs_by_state(client: FlaskClient) -> None:
    assert client.post("/api/v1/jobs", **form(job_part(), file_part())).status_code == 202

    response = client.get("/metrics")

    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(response.get_data(as_text=True))
        for sample in family.samples
    }
    assert samples["ffremote_jobs", "queued"] == 1
    assert samples["ffremote_jobs", "completed"] == 0
    assert samples["ffremote_workers",] == 0
    assert samples["ffremote_oldest_queued_seconds",] >= 0
    assert samples["ffremote_free_bytes",] > 0
