"""A PostgreSQL database that is not in UTF-8 is refused in words, before anything is written."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from ffremote.api.app import create_app
from ffremote.config import Settings
from tests.support import postgresql
from tests.support.databases import PostgresqlTemplate, run
from tests.support.matrices import every

pytestmark = pytest.mark.skipif(postgresql.missing() is not None, reason=str(postgresql.missing()))


@pytest.fixture(params=every(1, ["SQL_ASCII", "LATIN1"]))
def encoding(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def foreign(cluster: PostgresqlTemplate, encoding: str, tmp_path: Path) -> Iterator[Flask]:
    """The app on a new database of another encoding."""
    name = f"in_{encoding.lower()}"
    options = f"ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0"
    run(cluster.url, f"CREATE DATABASE {name} {options}")
    yield create_app(Settings(data_dir=tmp_path, database_url=cluster.named(name)))
    run(cluster.url, f"DROP DATABASE {name}")


@pytest.mark.parametrize("command", [["db", "upgrade"], ["doctor"]])
def test_a_database_of_another_encoding_is_refused_in_words(
    foreign: Flask, encoding: str, command: list[str]
) -> None:
    result = foreign.test_cli_runner().invoke(args=command)

    assert result.exit_code == 1, result.output
    assert "make one with the encoding UTF8" in " ".join(result.output.split())
    assert f"(the encoding is {encoding})" in " ".join(result.output.split())
