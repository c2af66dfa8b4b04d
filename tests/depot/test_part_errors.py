"""What an object store that refuses or loses parts leads to: a clear error."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ffremote.depot import keys
from ffremote.depot.protocol import DepotAway, InParts, PartsLost
from ffremote.depot.s3 import bucket
from ffremote.depot.s3.depot import S3Depot
from ffremote.depot.s3.errors import DepotMisconfigured
from tests.support.s3_servers import S3Server
from tests.support.scripted_s3 import Answer, ScriptedS3, error, scripted_s3

KEY = keys.upload("0f" * 16)
SECRET = "a-secret-that-no-message-has"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedS3]:
    """A scripted server, for which boto3 has credentials and asks once."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setattr(bucket, "ATTEMPTS", 1)
    with scripted_s3() as running:
        yield running


@pytest.fixture
def in_parts(script: ScriptedS3) -> InParts:
    """The parts of a file at that server."""
    return S3Depot(script.address).in_parts(100)


@pytest.fixture
def section(tmp_path: Path) -> tuple[Path, int, int]:
    """A section of a file."""
    path = tmp_path / "spool"
    path.write_bytes(b"0123456789")
    return path, 2, 8


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (error(503, "SlowDown"), DepotAway, "it has too many requests"),
        (error(403, "AccessDenied"), DepotMisconfigured, "it denies access"),
        (error(403, "InvalidAccessKeyId"), DepotMisconfigured, "does not know the access key"),
        (error(403, "RequestTimeTooSkewed"), DepotMisconfigured, "the clock of this host is wrong"),
        (error(400, "AuthorizationHeaderMalformed"), DepotMisconfigured, "the region is wrong"),
        (error(404, "NoSuchBucket"), DepotMisconfigured, "the bucket does not exist"),
        (error(400, "EntityTooLarge"), DepotMisconfigured, "set part="),
        (error(400, "BadDigest"), DepotAway, "changed on their way"),
        (error(404, "NoSuchUpload"), PartsLost, "send it again from its first byte"),
        (Answer(200, b"", length=9), DepotAway, "does not answer"),
    ],
    ids=lambda value: value.body[13:30].decode() if isinstance(value, Answer) else None,
)
def test_a_part_that_is_refused_says_why_and_quotes_nothing(
    script: ScriptedS3,
    in_parts: InParts,
    section: tuple[Path, int, int],
    answer: Answer,
    kind: type[DepotAway],
    words: str,
) -> None:
    script.answers["PUT"] = [answer]

    with pytest.raises(kind, match=words) as caught:
        in_parts.send(KEY, "id", 1, section)

    assert isinstance(caught.value, PartsLost) == (kind is PartsLost)
    assert "AKID" not in caught.value.message
    assert SECRET not in caught.value.message


@pytest.mark.parametrize(
    ("code", "kinds"),
    [
        ("EntityTooSmall", (PartsLost, DepotMisconfigured)),
        ("InvalidPart", (PartsLost,)),
        ("InvalidPartOrder", (PartsLost,)),
        ("NoSuchUpload", (PartsLost,)),
        ("InternalError", ()),
    ],
)
def test_parts_that_never_become_a_file_are_lost(
    script: ScriptedS3, in_parts: InParts, code: str, kinds: tuple[type[DepotAway], ...]
) -> None:
    script.answers |= {"POST": [error(400, code)], "HEAD": [Answer(404)]}

    with pytest.raises(DepotAway) as caught:
        in_parts.complete(KEY, "id", ['"etag"'], size=6)

    found = [kind for kind in (PartsLost, DepotMisconfigured) if isinstance(caught.value, kind)]
    assert tuple(found) == kinds


def test_a_file_that_was_made_although_the_answer_is_an_error_is_whole(
    script: ScriptedS3, in_parts: InParts
) -> None:
    script.answers |= {"POST": [error(404, "NoSuchUpload")], "HEAD": [Answer(200, length=6)]}

    in_parts.complete(KEY, "id", ['"etag"'], size=6)

    assert script.asked == ["POST uploadId", "HEAD"]


@pytest.mark.slow
def test_a_server_that_hangs_is_away(
    seaweedfs: S3Server, section: tuple[Path, int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    seaweedfs.log_in(monkeypatch)
    monkeypatch.setattr(bucket, "READ_SECONDS", 1)
    monkeypatch.setattr(bucket, "ATTEMPTS", 1)
    in_parts = S3Depot(seaweedfs.address("x/")).in_parts(100)

    with seaweedfs.frozen(), pytest.raises(DepotAway, match="ReadTimeoutError"):
        in_parts.send(KEY, "id", 1, section)
