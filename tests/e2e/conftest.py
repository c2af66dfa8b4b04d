"""What the end-to-end tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.service import Service


@pytest.fixture
def service(child_environ: dict[str, str], tmp_path: Path) -> Iterator[Service]:
    """A service with nothing running yet; all that runs is stopped at the end."""
    made = Service(child_environ, tmp_path / "programs.log")
    yield made
    made.stop()
