"""Access tokens in the database: found, expired, revoked."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from ffremote.db.token import TokenKind
from ffremote.jobs import tokens
from ffremote.jobs.tokens import NameTaken, TokenState

HOUR = timedelta(hours=1)


def add(session: Session, name: str, lifetime: timedelta | None = None) -> str:
    """Add a client's token; return its hash."""
    hashed = f"hash of {name}, {lifetime}"
    tokens.add(session, name=name, kind=TokenKind.CLIENT, hashed=hashed, lifetime=lifetime)
    return hashed


def state_of(session: Session, hashed: str) -> TokenState | None:
    found = tokens.find(session, hashed)
    return found.state if found else None


def test_a_token_is_valid_until_it_expires_or_is_revoked(session: Session) -> None:
    lasting, later = add(session, "lasting"), add(session, "later", HOUR)
    over, revoked = add(session, "over", -HOUR), add(session, "revoked")

    was_there = tokens.revoke(session, "revoked")

    assert was_there
    found = [state_of(session, hashed) for hashed in (lasting, later, over, revoked, "unknown")]
    assert found == [
        *(TokenState.VALID, TokenState.VALID),
        *(TokenState.EXPIRED, TokenState.REVOKED, None),
    ]
    assert tokens.valid_hashes(session, TokenKind.CLIENT) == {lasting, later}


def test_a_name_can_be_used_again_after_its_token_was_revoked(session: Session) -> None:
    first = add(session, "alice")
    with pytest.raises(NameTaken):
        add(session, "alice", HOUR)
    tokens.revoke(session, "alice")

    second = add(session, "alice", HOUR)

    assert state_of(session, first) is TokenState.REVOKED
    assert state_of(session, second) is TokenState.VALID
    assert [each.name for each in tokens.list_all(session)] == ["alice", "alice"]


def test_what_is_not_there_cannot_be_revoked(session: Session) -> None:
    add(session, "alice")
    tokens.revoke(session, "alice")

    assert not tokens.revoke(session, "alice")
    assert not tokens.revoke(session, "bob")


def test_a_revoked_token_still_closes_the_server_and_one_of_a_worker_does_not(
    session: Session,
) -> None:
    tokens.add(session, name="w", kind=TokenKind.WORKER, hashed="w", lifetime=None)
    before = tokens.exists(session, TokenKind.CLIENT)
    add(session, "alice")
    tokens.revoke(session, "alice")

    assert (before, tokens.exists(session, TokenKind.CLIENT)) == (False, True)
    assert tokens.valid_hashes(session, TokenKind.CLIENT) == frozenset()
