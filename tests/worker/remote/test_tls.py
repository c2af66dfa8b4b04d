"""A worker of a server behind TLS with a certificate of a private authority."""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from ffremote.depot import keys
from ffremote.files.storage import Storage
from ffremote.ledger import needs
from ffremote.ledger.protocol import LedgerAway
from ffremote.ledger.values import ClaimRequest, NewWorker
from tests.api.conftest import Address
from tests.support.builders import CONTENT, queue_job
from tests.support.http_worker import CAPABILITIES, add_token
from tests.support.paths import CERTIFICATES
from tests.support.throttling_proxy import ThrottlingProxy
from tests.worker.remote.conftest import Remote

AUTHORITY, ANOTHER = (str(CERTIFICATES / name) for name in ("authority.pem", "right.pem"))
WORKER, TOKEN = "1" * 32, "2" * 32
NEW = NewWorker(WORKER, 1, "9.0", "limits", CAPABILITIES)


@pytest.fixture
def address(app: Flask, serve: Callable[..., Address]) -> Iterator[str]:
    """The URL of a real server whose certificate `authority.pem` has signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / "signed.pem")
    proxy = ThrottlingProxy(serve(app)[1], tls=context)
    proxy.start()
    yield proxy.url.replace("http://127.0.0.1", "https://localhost")
    proxy.close()


def test_a_worker_that_has_the_authority_works(
    address: str, session: Session, storage: Storage, tmp_path: Path
) -> None:
    remote = Remote(tmp_path / "worker", address, add_token(session), worker_ca=AUTHORITY)
    queue_job(session, storage)

    remote.ledger.register(NEW)
    claim = remote.ledger.claim(ClaimRequest(TOKEN, WORKER, WORKER, needs.ALL))
    assert claim is not None
    target = tmp_path / "input"
    remote.depot.fetch(keys.upload(claim.upload_ids[0]), target)

    assert target.read_bytes() == CONTENT
    kept = remote.depot.keep(target, keys.result(claim.job_id, claim.token))
    assert kept.bytes == len(CONTENT)


@pytest.mark.parametrize("ca", ["", ANOTHER], ids=["none", "another"])
def test_without_the_authority_nothing_is_sent(
    address: str, session: Session, tmp_path: Path, ca: str
) -> None:
    remote = Remote(tmp_path / "worker", address, add_token(session), worker_ca=ca)

    with pytest.raises(LedgerAway, match="FFREMOTE_WORKER_CA"):
        remote.ledger.register(NEW)
