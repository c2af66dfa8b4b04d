"""Fixtures that replace those of SQLite: a module that imports them runs on PostgreSQL, too."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.databases import PostgresqlTemplate, SqliteTemplate, Template

BOTH = ["sqlite", "postgresql"]


@pytest.fixture(params=BOTH)
def template(request: pytest.FixtureRequest) -> Template:
    """The migrated database that is copied: SQLite's, and PostgreSQL's where it is installed."""
    if request.param == "sqlite":
        return SqliteTemplate(request.getfixturevalue("migrated"))
    found: PostgresqlTemplate = request.getfixturevalue("cluster")
    return found


@pytest.fixture
def database_url(template: Template, tmp_path: Path) -> Iterator[str]:
    """The URL of a copy of the template; an empty one is SQLite in the data directory."""
    (tmp_path / "data").mkdir(exist_ok=True)
    url = template.copy(tmp_path / "data")
    yield url
    template.drop(url)
