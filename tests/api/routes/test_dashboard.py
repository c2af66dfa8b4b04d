"""The dashboard and the metrics: their content, and that no other file is served."""

from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from tests.support.multipart import file_part, form, job_part


def test_the_page_loads_nothing_from_other_origins(client: FlaskClient) -> None:
    page = client.get("/")

    assert page.content_type == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "http" not in page.get_data(as_text=True)
    for name in ("dashboard.js", "dashboard.css"):
        assert f"/static/{name}" in page.get_data(as_text=True)
        assert client.get(f"/static/{name}").status_code == 200


def test_no_other_file_is_served(client: FlaskClient) -> None:
    for name in ("dashboard.html", "..%2fapp.py", "app.py"):
        response = client.get(f"/static/{name}")

        assert response.status_code == 404
        assert response.get_json()["error"]["code"] == "NOT_FOUND"


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
