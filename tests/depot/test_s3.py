"""What only an object store does: parts, links, an owner; on real servers."""

import hashlib
import os
import uuid
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from ffremote.depot import keys
from ffremote.depot.protocol import DepotAway, FileLost, Presentation
from ffremote.depot.s3 import fetching, listing, sending
from ffremote.depot.s3.bucket import Bucket
from ffremote.depot.s3.depot import S3Depot
from ffremote.depot.s3.errors import DepotMisconfigured
from ffremote.s3_address import S3Address
from tests.support.s3_servers import BUCKET, S3Server, client

MIB = 1 << 20
GIB = 1 << 30


@pytest.fixture(params=["seaweedfs", pytest.param("swift", marks=pytest.mark.wide)])
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> S3Server:
    """A server, whose credentials are in the environment."""
    found: S3Server = request.getfixturevalue(request.param)
    found.log_in(monkeypatch)
    return found


@pytest.fixture
def address(server: S3Server) -> S3Address:
    """The address of an empty prefix, for parts of 5 MiB."""
    return server.address(f"{uuid.uuid4().hex}/")


@pytest.fixture
def depot(address: S3Address) -> S3Depot:
    """The depot there."""
    return S3Depot(address)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A file of two whole parts and a rest."""
    path = tmp_path / "film"
    path.write_bytes(os.urandom(MIB) * 10 + b"the end")
    return path


def new_key() -> str:
    """Return the key of a new upload."""
    return keys.upload(str(uuid.uuid4()))


def test_a_large_file_goes_up_in_equal_parts_and_comes_back_whole(
    depot: S3Depot,
    address: S3Address,
    film: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fetching, "SECTION_BYTES", MIB)
    content, key = film.read_bytes(), new_key()
    sha256 = hashlib.sha256(content).hexdigest()

    kept = depot.keep(film, key)
    depot.fetch(key, tmp_path / "again", sha256=sha256)

    assert (kept.bytes, kept.sha256) == (len(content), sha256)
    assert (tmp_path / "again").read_bytes() == content
    assert list(listing.unfinished(Bucket(address), "")) == []


@pytest.mark.parametrize(
    ("size", "part"),
    [
        (0, 16),
        (16 * MIB, 16),
        (9_000 * 16 * MIB, 16),
        (9_000 * 16 * MIB + 1, 17),
        (5000 * GIB, 569),
    ],
)
def test_a_file_has_at_most_nine_thousand_parts(size: int, part: int) -> None:
    length = sending.part_size(16 * MIB, size)

    assert length == part * MIB
    assert -(-size // length) <= 9_000


def test_parts_that_fail_leave_none_behind(
    depot: S3Depot, address: S3Address, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise DepotAway("away")

    monkeypatch.setattr(sending, "complete", refuse)

    with pytest.raises(DepotAway):
        depot.keep(film, new_key())

    assert film.exists()
    assert list(listing.unfinished(Bucket(address), "")) == []


def test_unfinished_parts_are_listed_and_given_up(address: S3Address) -> None:
    bucket, key = Bucket(address), new_key()
    begun = bucket.client.create_multipart_upload(**bucket.name(key))["UploadId"]

    [(found, upload, age)] = listing.unfinished(bucket, "uploads/")
    listing.abort(bucket, found, upload)
    listing.abort(bucket, found, upload)

    assert (found, upload) == (key, begun)
    assert age < 600
    assert list(listing.unfinished(bucket, "uploads/")) == []


def test_a_file_with_other_bytes_than_were_kept_is_lost_and_not_left_here(
    server: S3Server, address: S3Address, depot: S3Depot, film: Path, tmp_path: Path
) -> None:
    key = new_key()
    sha256 = depot.keep(film, key).sha256
    client(server).put_object(Bucket=BUCKET, Key=address.prefix + key, Body=b"not the film")

    with pytest.raises(FileLost):
        depot.fetch(key, tmp_path / "again", sha256=sha256)

    assert not (tmp_path / "again").exists()


def test_a_fetch_that_nobody_wants_any_more_ends(
    depot: S3Depot, film: Path, tmp_path: Path
) -> None:
    key = new_key()
    depot.keep(film, key)

    with pytest.raises(DepotAway, match="not wanted"):
        depot.fetch(key, tmp_path / "again", go_on=lambda: False)

    assert not (tmp_path / "again").exists()


def test_a_link_gives_the_file_with_its_headers_and_for_a_while_only(
    depot: S3Depot, tmp_path: Path
) -> None:
    path, key = tmp_path / "file", new_key()
    path.write_bytes(b"0123456789")
    depot.keep(path, key)
    shown = Presentation("video/x-matroska", 'attachment; filename="a b.mkv"')

    link = depot.link(key, shown, seconds=60)
    with urlopen(Request(link, headers={"Range": "bytes=2-4"})) as answer:
        headers, body, status = answer.headers, answer.read(), answer.status

    assert (status, body) == (206, b"234")
    assert headers["Content-Type"] == shown.media_type
    assert headers["Content-Disposition"] == shown.disposition
    assert "X-Amz-Expires=60" in link


def test_a_prefix_belongs_to_the_installation_that_was_there_first(
    depot: S3Depot, address: S3Address
) -> None:
    depot.own("first")
    S3Depot(address).own("first")

    with pytest.raises(DepotMisconfigured, match="another installation"):
        S3Depot(address).own("second")


def test_more_files_than_a_page_has_are_listed(
    depot: S3Depot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    kept = set()
    for _ in range(5):
        path, key = tmp_path / "file", new_key()
        path.write_bytes(b"x")
        depot.keep(path, key)
        kept.add(key)

    assert {each.key for each in depot.listed("uploads")} == kept
