"""A real server answers as its OpenAPI document says, to requests that are made from it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import Unsatisfiable
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance
from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from tests.support.builders import WORKER, register_worker

EXAMPLES = 3
"""Requests for each operation, and as many wrong ones: enough to find a document that lies."""
REJECTIONS = ("400", "404", "409", "411", "412", "413", "415", "416", "460", "501")
UNSAYABLE: list[Any] = [positive_data_acceptance]
"""What no schema can say: that an upload of this id exists, or that a codec fits a container."""
bounded = hypothesis_settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")


@pytest.fixture
def document(
    app: Flask, serve: Callable[[Flask], tuple[str, int]], session: Session
) -> schemathesis.schemas.BaseSchema:
    """The document of a server that is ready."""
    alive = utc_now() + timedelta(hours=1)  # a busy machine takes longer than a lease
    register_worker(session, worker_id=WORKER, heartbeat_at=alive)
    host, port = serve(app)
    found = schemathesis.openapi.from_url(f"http://{host}:{port}/api/v1/openapi.json")
    found.config.checks.negative_data_rejection.expected_statuses = list(REJECTIONS)
    return found


@pytest.mark.slow
def test_a_server_answers_as_its_document_says(document: schemathesis.schemas.BaseSchema) -> None:
    failures = [
        f"{operation.label}: {each}"
        for operation in operations(document)
        for mode in GenerationMode
        for each in tried(operation, mode)
    ]

    assert failures == []


def operations(document: schemathesis.schemas.BaseSchema) -> Iterator[Any]:
    """Yield all operations but the streams of events, which do not end."""
    for found in document.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]  # an invalid document raises here
        if not operation.path.endswith("/events"):
            yield operation


def tried(operation: Any, mode: GenerationMode) -> list[str]:
    """Send requests that are right or wrong by the document; return what it does not allow."""
    failures: list[str] = []

    @bounded
    @given(case=operation.as_strategy(generation_mode=mode))
    def answer(case: schemathesis.Case[Any]) -> None:
        try:
            case.call_and_validate(timeout=20, excluded_checks=UNSAYABLE)
        except FailureGroup as exc:
            failures.extend(str(each) for each in exc.exceptions)

    try:
        answer()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, operation.label  # nothing about it can be wrong
    return failures
