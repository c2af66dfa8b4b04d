"""What an object store that refuses, fails or lies leads to: a clear error, and nothing kept."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ffremote.depot import keys
from ffremote.depot.protocol import DepotAway, FileLost
from ffremote.depot.s3 import bucket, listing
from ffremote.depot.s3.bucket import Bucket
from ffremote.depot.s3.depot import S3Depot
from ffremote.depot.s3.errors import DepotMisconfigured
from tests.support.s3_servers import S3Server
from tests.support.scripted_s3 import Answer, ScriptedS3, error, scripted_s3

ID, TOKEN = "0f" * 16, "1e" * 16
KEY = keys.upload(ID)
SECRET = "a-secret-that-no-message-has"
MIB = 1 << 20


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give boto3 credentials, and do not let it try again."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setattr(bucket, "ATTEMPTS", 1)


@pytest.fixture
def script(credentials: None) -> Iterator[ScriptedS3]:
    """A scripted server."""
    with scripted_s3() as running:
        yield running


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (error(404, "NoSuchBucket"), DepotMisconfigured, "the bucket does not exist: create it"),
        (error(403, "InvalidAccessKeyId"), DepotMisconfigured, "does not know the access key"),
        (error(403, "SignatureDoesNotMatch"), DepotMisconfigured, "the secret key does not"),
        (error(403, "AccessDenied"), DepotMisconfigured, "it denies access"),
        (error(403, "RequestTimeTooSkewed"), DepotMisconfigured, "the clock of this host is wrong"),
        (error(400, "AuthorizationHeaderMalformed"), DepotMisconfigured, "the region is wrong"),
        (error(503, "SlowDown"), DepotAway, "it has too many requests"),
        (error(500, "InternalError"), DepotAway, "it has an internal error"),
        (error(418, "Teapot"), DepotAway, "Teapot, status 418, to PutObject"),
        (Answer(200, b"", length=9), DepotAway, "does not answer"),
    ],
    ids=lambda value: value.body[13:30].decode() if isinstance(value, Answer) else None,
)
def test_a_refusal_says_what_to_do_and_quotes_nothing(
    script: ScriptedS3, tmp_path: Path, answer: Answer, kind: type[DepotAway], words: str
) -> None:
    script.answers["PUT"] = [answer]
    path = tmp_path / "file"
    path.write_bytes(b"kept")

    with pytest.raises(kind, match=words) as caught:
        S3Depot(script.address).keep(path, KEY)

    assert path.read_bytes() == b"kept"
    assert "AKID" not in caught.value.message
    assert SECRET not in caught.value.message


def test_without_credentials_the_error_names_their_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with scripted_s3() as script, pytest.raises(DepotMisconfigured, match="AWS_ACCESS_KEY_ID and"):
        S3Depot(script.address).check()


def test_a_server_that_is_not_there_is_away(credentials: None, tmp_path: Path) -> None:
    with scripted_s3() as script:
        address = script.address

    with pytest.raises(DepotAway, match="does not answer"):
        S3Depot(address).size(KEY)


def test_a_server_that_hangs_is_away(seaweedfs: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    seaweedfs.log_in(monkeypatch)
    monkeypatch.setattr(bucket, "READ_SECONDS", 1)
    monkeypatch.setattr(bucket, "ATTEMPTS", 1)

    with seaweedfs.frozen(), pytest.raises(DepotAway, match="ReadTimeoutError"):
        S3Depot(seaweedfs.address("x/")).size(KEY)


def test_a_bucket_that_is_missing_is_not_taken_for_a_missing_file(script: ScriptedS3) -> None:
    script.answers["HEAD"] = [Answer(404)]
    script.answers["GET"] = [error(404, "NoSuchBucket")]

    with pytest.raises(DepotMisconfigured, match="the bucket does not exist"):
        S3Depot(script.address).size(KEY)


def test_a_file_that_the_store_does_not_have_is_lost(script: ScriptedS3) -> None:
    script.answers["HEAD"] = [Answer(404)]
    script.answers["GET"] = [error(404, "NoSuchKey")]

    with pytest.raises(FileLost):
        S3Depot(script.address).size(KEY)


@pytest.mark.parametrize(
    "page",
    [
        b"<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
        b"<ListBucketResult><Contents><Key>uploads/",
    ],
    ids=["no place to go on", "cut off"],
)
def test_half_of_a_list_is_not_taken_for_all(script: ScriptedS3, page: bytes) -> None:
    script.answers["GET"] = [Answer(200, page)]

    with pytest.raises(DepotAway):
        list(S3Depot(script.address).listed("uploads"))


def test_parts_that_the_server_finds_too_small_are_a_wrong_setting_and_are_given_up(
    script: ScriptedS3, large: Path
) -> None:
    begun = b"<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"
    script.answers |= {
        "POST uploads": [Answer(200, begun)],
        "PUT": [Answer(200, headers={"ETag": '"e"'})],
        "POST uploadId": [error(400, "EntityTooSmall")],
        "HEAD": [Answer(404)],
        "DELETE uploadId": [Answer(204)],
    }

    with pytest.raises(DepotMisconfigured, match="it wants larger parts: set part="):
        S3Depot(script.address).keep(large, KEY)

    assert script.asked[-1] == "DELETE uploadId"
    assert large.exists()


def test_parts_that_were_joined_although_the_answer_is_an_error_are_whole(
    script: ScriptedS3, large: Path
) -> None:
    begun = b"<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"
    size = large.stat().st_size
    script.answers |= {
        "POST uploads": [Answer(200, begun)],
        "PUT": [Answer(200, headers={"ETag": '"e"'})],
        "POST uploadId": [error(500, "InternalError")],
        "HEAD": [Answer(200, length=size)],
    }

    assert S3Depot(script.address).keep(large, KEY).bytes == size


def test_an_object_of_another_size_than_was_sent_is_not_kept(
    script: ScriptedS3, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"kept")
    script.answers |= {"PUT": [Answer(200)], "HEAD": [Answer(200, length=3)]}

    with pytest.raises(DepotAway, match="has 3 bytes of a file of 4 bytes"):
        S3Depot(script.address).keep(path, KEY)

    assert path.exists()


def test_a_download_that_breaks_goes_on_where_it_was(script: ScriptedS3) -> None:
    first = Answer(206, b"abc", {"Content-Range": "bytes 0-9/10"}, length=10)
    script.answers["GET"] = [first, Answer(206, b"defghij", {"Content-Range": "bytes 3-9/10"})]

    assert S3Depot(script.address).open(KEY, 0, 10).read() == b"abcdefghij"


def test_a_server_that_removes_one_file_at_a_time_is_asked_for_each(script: ScriptedS3) -> None:
    found = [keys.file(keys.files_folder(ID, TOKEN), number) for number in range(3)]
    script.answers |= {
        "POST delete": [error(400, "MissingContentMD5")],
        "DELETE": [Answer(204)],
    }

    listing.remove(Bucket(script.address), found)

    assert script.asked == ["POST delete", *3 * ["DELETE"]]


def test_a_file_that_was_not_removed_is_told(script: ScriptedS3) -> None:
    body = b"<DeleteResult><Error><Key>x</Key><Code>AccessDenied</Code></Error></DeleteResult>"
    script.answers["POST delete"] = [Answer(200, body)]

    with pytest.raises(DepotAway, match="did not remove 1 of 2 files: AccessDenied"):
        listing.remove(Bucket(script.address), [KEY, keys.upload(str(uuid.uuid4()))])


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file of three parts."""
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(11 * MIB)
    return path


@pytest.mark.parametrize(
    "use",
    [
        lambda depot: depot.check(),
        lambda depot: depot.own("a"),
        lambda depot: list(depot.listed("jobs")),
        lambda depot: depot.remove(KEY),
        lambda depot: depot.open(KEY, 0, 1),
    ],
)
def test_wrong_credentials_are_told_by_every_call(
    seaweedfs: S3Server, monkeypatch: pytest.MonkeyPatch, use: Callable[[S3Depot], object]
) -> None:
    seaweedfs.log_in(monkeypatch)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)

    with pytest.raises(DepotMisconfigured, match="the secret key does not belong"):
        use(S3Depot(seaweedfs.address("x/")))
