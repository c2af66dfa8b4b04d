"""Random histories of jobs agree with the model in `job_model`."""

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.support.databases import SqliteTemplate, Template
from tests.support.job_model import JobLife


def test_no_order_of_statements_breaks_the_life_of_a_job(template: Template) -> None:
    JobLife.template = template
    share = 10 if isinstance(template, SqliteTemplate) else 25

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        JobLife,
        settings=settings(
            max_examples=settings.default.max_examples // share,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
