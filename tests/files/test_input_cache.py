"""The cache of fetched inputs."""

import os
from pathlib import Path

import pytest

from ffremote.depot.protocol import DepotAway
from ffremote.files.input_cache import STALE_SECONDS, InputCache

CONTENT = b"0123456789"


class Store:
    """Gives `CONTENT` to whoever fetches it."""

    def __init__(self) -> None:
        self.fetched = 0

    def fetch(self, path: Path) -> None:
        """Write the file."""
        self.fetched += 1
        path.write_bytes(CONTENT)


@pytest.fixture
def store() -> Store:
    """A store from which nothing was fetched."""
    return Store()


def link(cache: InputCache, store: Store, sha256: str, target: Path) -> None:
    """Link a file of ten bytes."""
    cache.link(sha256, len(CONTENT), target, fetch=store.fetch)


def names(cache: InputCache) -> set[str]:
    """Return the names in the cache."""
    return {path.name for path in cache.root.iterdir()}


def test_one_content_is_fetched_once_for_all_jobs(tmp_path: Path, store: Store) -> None:
    cache = InputCache(tmp_path / "inputs")

    for name in ("a.input", "b.input"):
        link(cache, store, "aa", tmp_path / name)

    assert store.fetched == 1
    assert (tmp_path / "a.input").read_bytes() == (tmp_path / "b.input").read_bytes() == CONTENT
    assert names(cache) == {"aa"}


def test_the_content_that_was_not_used_for_longest_makes_room(tmp_path: Path, store: Store) -> None:
    cache = InputCache(tmp_path / "inputs", limit_bytes=20)
    for age, sha256 in ((10, "aa"), (20, "bb")):
        link(cache, store, sha256, tmp_path / f"{sha256}.input")
        status = (cache.root / sha256).stat()
        os.utime(cache.root / sha256, (status.st_atime, status.st_mtime - age))
    link(cache, store, "bb", tmp_path / "again.input")

    link(cache, store, "cc", tmp_path / "cc.input")

    assert names(cache) == {"bb", "cc"}
    assert (tmp_path / "aa.input").read_bytes() == CONTENT


def test_a_file_larger_than_the_cache_is_fetched_past_it(tmp_path: Path, store: Store) -> None:
    cache = InputCache(tmp_path / "inputs", limit_bytes=9)

    link(cache, store, "aa", tmp_path / "a.input")

    assert (tmp_path / "a.input").read_bytes() == CONTENT
    assert names(cache) == set()


def test_what_could_not_be_fetched_leaves_nothing(tmp_path: Path) -> None:
    def fail(path: Path) -> None:
        path.write_bytes(b"half")
        raise DepotAway("away")

    cache = InputCache(tmp_path / "inputs")
    with pytest.raises(DepotAway):
        cache.link("aa", 10, tmp_path / "a.input", fetch=fail)

    assert names(cache) == set()
    assert not (tmp_path / "a.input").exists()


def test_what_a_dead_process_was_fetching_is_removed_after_an_hour(
    tmp_path: Path, store: Store
) -> None:
    cache = InputCache(tmp_path / "inputs")
    cache.root.mkdir()
    for name, age in (("aa.old", STALE_SECONDS + 60), ("aa.new", 0)):
        (cache.root / name).write_bytes(b"half")
        status = (cache.root / name).stat()
        os.utime(cache.root / name, (status.st_atime, status.st_mtime - age))

    link(cache, store, "bb", tmp_path / "b.input")

    assert names(cache) == {"aa.new", "bb"}


def test_the_cache_makes_room_for_a_file_that_it_cannot_keep(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = InputCache(tmp_path / "inputs", limit_bytes=9)
    cache.root.mkdir()
    (cache.root / "aa").write_bytes(b"123")
    assert cache.removable_bytes() == 3
    status = os.statvfs(tmp_path)
    full = os.statvfs_result((*status[:4], 0, *status[5:]))
    monkeypatch.setattr(os, "statvfs", lambda _: full)

    link(cache, store, "bb", tmp_path / "b.input")

    assert (tmp_path / "b.input").read_bytes() == CONTENT
    assert names(cache) == set()
