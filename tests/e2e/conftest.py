"""Fixtures of the end-to-end tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.service import Service


@pytest.fixture
def service(child_environ: dict[str, str], tmp_path: Path) -> Iterator[Service]:
    """A service without programs; those that the test starts are stopped at its end."""
    made = Service(child_environ, tmp_path / "programs.log")
    yield made
    made.stop()
