"""Several files of an attempt are published together, and only what they should be."""

import hashlib
import io
import os
import uuid
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from ffremote.depot.protocol import DepotAway
from ffremote.files import publication
from ffremote.files.publication import ProducedFile, PublishedFile, UnexpectedFile, publish_files
from ffremote.files.storage import Storage
from tests.support.archives import archive
from tests.support.kept_files import files_path

CONTENTS = {"list.m3u8": b"#EXTM3U\n", "s0.ts": b"\x47" * 188, "s1.ts": b"\x47" * 376}


@dataclass
class Made:
    """An attempt whose package has the files of `CONTENTS`."""

    storage: Storage
    job: str
    token: str

    @property
    def package(self) -> Path:
        return self.storage.attempt_dir(self.job, self.token) / "package"

    @property
    def published(self) -> Path:
        return files_path(self.storage, self.job, self.token)

    def produced(self, *names: str) -> list[ProducedFile]:
        chosen = names or tuple(CONTENTS)
        return [ProducedFile(f"{self.token}/package/{n}", n, "video/mp2t") for n in chosen]

    def publish(self, *names: str) -> publication.Publication:
        return publish_files(self.storage, self.job, self.token, self.produced(*names))


@pytest.fixture
def made(storage: Storage) -> Made:
    """An attempt that has written its files."""
    attempt = Made(storage, str(uuid.uuid4()), uuid.uuid4().hex)
    attempt.package.mkdir(parents=True)
    for name, content in CONTENTS.items():
        (attempt.package / name).write_bytes(content)
    return attempt


def test_the_files_are_published_under_their_positions(made: Made) -> None:
    done = made.publish()

    assert done.files == tuple(
        PublishedFile(
            name,
            len(content),
            hashlib.sha256(content).hexdigest(),
            zlib.crc32(content),
            "video/mp2t",
        )
        for name, content in CONTENTS.items()
    )
    found = {path.name: path.read_bytes() for path in made.published.iterdir()}
    assert found == {str(n): content for n, content in enumerate(CONTENTS.values())}
    assert done.bytes == sum(map(len, CONTENTS.values()))
    assert not made.storage.publishing_dir(made.job, made.token).exists()


@pytest.mark.parametrize("in_memory", [8 << 20, 100])
def test_the_digest_of_the_archive_is_that_of_its_bytes(
    made: Made, monkeypatch: pytest.MonkeyPatch, in_memory: int
) -> None:
    monkeypatch.setattr(publication, "IN_MEMORY", in_memory)  # larger files are read twice

    done = made.publish()

    whole = archive(done.files, list(CONTENTS.values()))
    assert done.archive_sha256 == hashlib.sha256(whole).hexdigest()
    with zipfile.ZipFile(io.BytesIO(whole)) as opened:
        assert opened.testzip() is None
        assert {name: opened.read(name) for name in opened.namelist()} == CONTENTS


def test_too_many_files_for_an_archive_have_no_digest_of_one(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publication, "MAX_ARCHIVED", 2)

    assert made.publish().archive_sha256 is None


TAMPERINGS: list[tuple[str, Callable[[Path], object]]] = [
    ("a link", lambda path: path.symlink_to("list.m3u8")),
    ("a link out of the directory", lambda path: path.symlink_to("/etc/passwd")),
    ("a link to nothing", lambda path: path.symlink_to("nothing")),
    ("a second name of another file", lambda path: path.hardlink_to(path.parent / "s1.ts")),
    ("a fifo", os.mkfifo),
    ("a directory", Path.mkdir),
    ("nothing", lambda _: None),
]


@pytest.mark.parametrize(("name", "tamper"), TAMPERINGS, ids=[n for n, _ in TAMPERINGS])
def test_what_is_no_regular_file_publishes_nothing(
    made: Made, name: str, tamper: Callable[[Path], object]
) -> None:
    (made.package / "s0.ts").unlink()
    tamper(made.package / "s0.ts")

    with pytest.raises(UnexpectedFile, match=r"s0\.ts"):
        made.publish()
    made.storage.discard_attempt(made.job, made.token)

    assert not made.published.exists()
    assert list(made.storage.job_dir(made.job).iterdir()) == []
    assert Path("/etc/passwd").stat().st_nlink == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make a device")
def test_a_device_publishes_nothing(made: Made) -> None:
    (made.package / "s0.ts").unlink()
    os.mknod(made.package / "s0.ts", 0o60600, os.makedev(7, 0))

    with pytest.raises(UnexpectedFile, match="not a regular file"):
        made.publish()


def test_a_link_in_the_place_of_the_package_is_not_followed(made: Made, tmp_path: Path) -> None:
    made.package.rename(tmp_path / "elsewhere")
    made.package.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(UnexpectedFile, match="package"):
        made.publish()

    assert (tmp_path / "elsewhere" / "list.m3u8").exists()


@pytest.mark.parametrize(
    "name",
    [
        *("../s0.ts", "/etc/passwd", "a/b.ts", "a\\b.ts", "..", ".", "", "-y.ts", " s0.ts"),
        *("s0.ts\n", "s\0.ts", "s\u202ets.exe", "x" * 256),
    ],
)
def test_a_name_that_is_no_file_name_publishes_nothing(made: Made, name: str) -> None:
    first, *others = made.produced()
    hostile = ProducedFile(first.path, name, "video/mp2t")

    with pytest.raises(UnexpectedFile):
        publish_files(made.storage, made.job, made.token, [hostile, *others])

    assert len(list(made.package.iterdir())) == len(CONTENTS)


@pytest.mark.parametrize("pair", [("a.ts", "A.TS"), ("é.ts", "e\u0301.ts"), ("a.ts", "a.ts")])
def test_two_names_that_a_file_system_may_confuse_publish_nothing(
    made: Made, pair: tuple[str, str]
) -> None:
    files = [
        ProducedFile(each.path, name, "video/mp2t")
        for each, name in zip(made.produced("s0.ts", "s1.ts"), pair, strict=True)
    ]

    with pytest.raises(UnexpectedFile, match="Two files"):
        publish_files(made.storage, made.job, made.token, files)


def test_files_that_the_depot_did_not_take_are_published_by_the_next_call(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise DepotAway("The depot does not answer.")

    with monkeypatch.context() as away:
        away.setattr(made.storage.depot, "keep_all", refuse)
        with pytest.raises(DepotAway):
            made.publish()

    done = made.publish()

    assert [each.bytes for each in done.files] == [len(data) for data in CONTENTS.values()]
    assert len(list(made.published.iterdir())) == len(CONTENTS)
