"""Which requests get a thread for transfers where whole files are in a bucket."""

import pytest

from ffremote.api.waitress_server.server import TRANSFERS


@pytest.mark.parametrize(
    "request_line",
    [
        "GET /api/v1/jobs/7/result",
        "GET /api/v1/jobs/7/files/a.ts",
        "GET /files/key/a.ts",
        "GET /worker/v1/jobs/7/token/inputs/0",
        "POST /worker/v1/jobs/7/token/results",
    ],
)
def test_what_moves_whole_files_is_a_transfer(request_line: str) -> None:
    assert TRANSFERS.fullmatch(request_line)


@pytest.mark.parametrize(
    "request_line",
    [
        "HEAD /api/v1/jobs/7/result",
        "GET /api/v1/jobs/7/status",
        "GET /api/v1/jobs/7/files",
        "POST /worker/v1/jobs/7/token/complete",
        "POST /worker/v1/claims",
    ],
)
def test_what_answers_at_once_is_none(request_line: str) -> None:
    assert not TRANSFERS.fullmatch(request_line)
