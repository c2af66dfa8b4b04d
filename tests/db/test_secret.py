"""Keys that all servers of an installation share."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ffremote.db import database
from ffremote.db.secret import KEY_BYTES, shared_key
from tests.support.both_databases import database_url, template  # noqa: F401 - fixtures


def test_every_server_gets_the_same_key(engine: Engine) -> None:
    def ask(_: int) -> bytes:
        with database.session_maker(engine)() as session:
            return shared_key(session, "sessions")

    with ThreadPoolExecutor(4) as pool:
        keys = set(pool.map(ask, range(8)))

    assert [len(key) for key in keys] == [KEY_BYTES]


def test_each_name_has_a_key_of_its_own(session: Session) -> None:
    keys = [shared_key(session, name) for name in ("sessions", "links", "sessions")]

    assert keys[0] == keys[2] != keys[1]
