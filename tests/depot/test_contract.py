"""What every depot has to do; each kind of depot is a row of `KINDS`."""

import errno
import hashlib
import os
import uuid
from contextlib import closing
from pathlib import Path

import pytest

from ffremote.depot import keys
from ffremote.depot.protocol import Depot, DepotAway, Kept
from ffremote.depot.s3.depot import S3Depot
from ffremote.files.storage import Storage
from tests.support.s3_servers import S3Server

KINDS = ("local", "seaweedfs", pytest.param("swift", marks=pytest.mark.wide))

CONTENT = bytes(range(256)) * 40


def _storage(root: Path, depot: Depot | None = None) -> Storage:
    storage = Storage(root, depot)
    storage.prepare()
    return storage


@pytest.fixture(params=KINDS)
def scratch(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Storage:
    """The scratch of a host whose depot is of one kind."""
    if request.param == "local":
        return _storage(tmp_path / "data")
    server: S3Server = request.getfixturevalue(request.param)
    server.log_in(monkeypatch)
    return _storage(tmp_path / "data", S3Depot(server.address(f"{uuid.uuid4().hex}/")))


@pytest.fixture
def depot(scratch: Storage) -> Depot:
    """A depot that has no files."""
    return scratch.depot


def received(scratch: Storage, content: bytes = CONTENT) -> tuple[Path, str]:
    """Receive an upload; return its path in scratch and its key."""
    upload_id = str(uuid.uuid4())
    path = scratch.start_upload(upload_id)
    path.write_bytes(content)
    return path, keys.upload(upload_id)


def kept(scratch: Storage, content: bytes = CONTENT) -> str:
    """Keep an upload; return its key."""
    path, key = received(scratch, content)
    scratch.depot.keep(path, key)
    return key


def kept_several(scratch: Storage, *contents: bytes) -> tuple[str, str]:
    """Keep several outputs of an attempt; return the job and their folder."""
    job, token = str(uuid.uuid4()), uuid.uuid4().hex
    folder = scratch.publishing_dir(job, token)
    folder.mkdir(parents=True)
    for position, content in enumerate(contents):
        (folder / str(position)).write_bytes(content)
    scratch.depot.keep_all(folder, keys.files_folder(job, token), ())
    return job, keys.files_folder(job, token)


def read(depot: Depot, key: str) -> bytes:
    """Return all bytes of a file."""
    return b"".join(depot.open(key, 0, depot.size(key)).blocks())


def test_a_kept_file_is_moved_and_its_digest_is_that_of_its_bytes(
    scratch: Storage, depot: Depot
) -> None:
    path, key = received(scratch)

    done = depot.keep(path, key)

    assert done == Kept(len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
    assert not path.exists()
    assert (depot.size(key), read(depot, key)) == (len(CONTENT), CONTENT)


def test_a_known_digest_is_not_computed_again(scratch: Storage, depot: Depot) -> None:
    path, key = received(scratch)

    assert depot.keep(path, key, sha256="ab" * 32) == Kept(len(CONTENT), "ab" * 32)


def test_an_empty_file_is_kept(scratch: Storage, depot: Depot) -> None:
    key = kept(scratch, b"")

    assert (depot.size(key), read(depot, key)) == (0, b"")


def test_a_file_that_is_not_there_is_not_kept(scratch: Storage, depot: Depot) -> None:
    path, key = received(scratch)
    path.unlink()

    with pytest.raises(FileNotFoundError):
        depot.keep(path, key)
    with pytest.raises(FileNotFoundError):
        depot.size(key)


def test_several_files_are_kept_under_one_folder(scratch: Storage, depot: Depot) -> None:
    _, folder = kept_several(scratch, b"one", b"", b"three")

    found = [read(depot, keys.file(folder, position)) for position in range(3)]

    assert found == [b"one", b"", b"three"]


@pytest.mark.parametrize(("start", "stop"), [(0, 0), (0, 1), (255, 1000), (10_239, 10_240)])
def test_a_range_is_the_bytes_between_its_ends(
    scratch: Storage, depot: Depot, start: int, stop: int
) -> None:
    key = kept(scratch)

    with closing(depot.open(key, start, stop)) as part:
        assert part.tell() == start
        assert (part.read(), part.read(5)) == (CONTENT[start:stop], b"")


def test_a_range_is_read_again_from_an_earlier_offset(scratch: Storage, depot: Depot) -> None:
    key = kept(scratch)

    with closing(depot.open(key, 100, 900)) as part:
        part.read(500)
        part.seek(200)

        assert part.read(300) == CONTENT[200:500]


def test_a_fetched_file_has_the_bytes_and_outlives_the_kept_one(
    scratch: Storage, depot: Depot, tmp_path: Path
) -> None:
    key, path = kept(scratch), tmp_path / "input"

    depot.fetch(key, path)
    depot.remove(key)

    assert path.read_bytes() == CONTENT


def test_a_shared_file_keeps_its_bytes_when_the_other_goes(scratch: Storage, depot: Depot) -> None:
    first = kept(scratch)
    path, second = received(scratch)

    depot.share(first, path)
    depot.keep(path, second)
    depot.remove(first)

    assert read(depot, second) == CONTENT


def test_sharing_what_was_removed_changes_nothing(scratch: Storage, depot: Depot) -> None:
    first = kept(scratch)
    depot.remove(first)
    path, second = received(scratch)

    depot.share(first, path)
    depot.keep(path, second)

    assert read(depot, second) == CONTENT


def test_a_removed_file_is_not_found(scratch: Storage, depot: Depot, tmp_path: Path) -> None:
    key = kept(scratch)

    depot.remove(key)

    for use in (
        lambda: depot.size(key),
        lambda: depot.open(key, 0, 1).read(),
        lambda: depot.fetch(key, tmp_path / "input"),
    ):
        with pytest.raises(FileNotFoundError):
            use()
    assert not (tmp_path / "input").exists()


def test_an_open_file_is_read_to_its_end_although_it_is_removed(
    scratch: Storage, depot: Depot
) -> None:
    key = kept(scratch)

    with closing(depot.open(key, 0, len(CONTENT))) as part:
        depot.remove(key)

        assert part.read() == CONTENT


def test_removing_nothing_is_no_error(depot: Depot) -> None:
    job, token = str(uuid.uuid4()), uuid.uuid4().hex

    depot.remove(keys.result(job, token))
    depot.remove_all(keys.files_folder(job, token))
    depot.remove_all(keys.job_folder(job))


def test_a_folder_is_removed_with_its_files_and_no_others(scratch: Storage, depot: Depot) -> None:
    job, folder = kept_several(scratch, b"one", b"two")
    _, other = kept_several(scratch, b"three")

    depot.remove_all(keys.job_folder(job))

    with pytest.raises(FileNotFoundError):
        depot.size(keys.file(folder, 0))
    assert read(depot, keys.file(other, 0)) == b"three"


def test_all_kept_files_are_listed_with_their_sizes_and_nothing_else(
    scratch: Storage, depot: Depot
) -> None:
    upload = kept(scratch)
    received(scratch)
    job, folder = kept_several(scratch, b"one", b"three")
    scratch.log(job, TOKEN).write_text("a log")
    scratch.attempt_dir(job, TOKEN).mkdir()
    (scratch.attempt_dir(job, TOKEN) / f"{TOKEN}.result").write_text("not kept")

    uploads, jobs, one = (
        {each.key: each.bytes for each in depot.listed(under)}
        for under in ("uploads", "jobs", keys.job_folder(job))
    )

    assert uploads == {upload: len(CONTENT)}
    assert jobs == one == {keys.file(folder, 0): 3, keys.file(folder, 1): 5}


def test_the_age_of_a_file_begins_when_it_is_kept(scratch: Storage, depot: Depot) -> None:
    kept(scratch)

    assert all(-5 < each.age < 600 for each in depot.listed("uploads"))


def test_removed_files_are_not_listed(scratch: Storage, depot: Depot) -> None:
    job, _ = kept_several(scratch, b"one")
    key = kept(scratch)

    depot.remove_all(keys.job_folder(job))
    depot.remove(key)

    assert [*depot.listed("jobs"), *depot.listed("uploads")] == []


ID, TOKEN = "0f" * 16, "1e" * 16
BAD_KEYS = [
    *("", "/", "uploads", f"uploads/{ID}", f"uploads/{ID}/partial", f"uploads/{ID}/data/"),
    *(f"uploads/../{ID}/data", f"/uploads/{ID}/data", f"uploads//{ID}/data", "uploads/x/data"),
    *(f"jobs/{ID}/{TOKEN}", f"jobs/{ID}/{TOKEN}.log", f"jobs/{ID}/{TOKEN}.files"),
    *(f"jobs/{ID}/{TOKEN}.files/..", f"jobs/{ID}/{TOKEN}.files/-1", f"jobs/{ID}/..result"),
    *(f"jobs/{ID}/{TOKEN}.files/1/2", f"jobs/{ID}/{TOKEN}.files/\u0663", f"jobs/{ID}\0/x.result"),
    *("ffremote.db", "run/x", f"jobs/{ID.upper()}/{TOKEN}.result"),
]


@pytest.mark.parametrize("key", BAD_KEYS)
def test_what_is_no_key_is_refused_before_it_is_used(
    depot: Depot, tmp_path: Path, key: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"kept")

    for use in (
        lambda: depot.keep(path, key),
        lambda: depot.share(key, path),
        lambda: depot.fetch(key, path),
        lambda: depot.size(key),
        lambda: depot.open(key, 0, 1),
        lambda: depot.remove(key),
    ):
        with pytest.raises(ValueError, match="is not a key"):
            use()
    assert path.read_bytes() == b"kept"


@pytest.mark.parametrize(
    "folder",
    ["", "jobs", "uploads", "jobs/", "jobs/..", f"jobs/{ID}/", f"uploads/{ID}/data", "run"],
)
def test_what_is_no_folder_is_not_removed(depot: Depot, folder: str) -> None:
    with pytest.raises(ValueError, match="is not a folder"):
        depot.remove_all(folder)
    if folder not in keys.ROOTS:
        with pytest.raises(ValueError, match="is not a folder"):
            list(depot.listed(folder))


def test_a_depot_that_works_passes_its_check(depot: Depot) -> None:
    depot.check()


def test_a_data_directory_without_space_for_a_file_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    depot = _storage(tmp_path / "data").depot

    def refuse(**_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)

    with pytest.raises(DepotAway, match=r"No file can be written: Read-only file system\."):
        depot.check()
