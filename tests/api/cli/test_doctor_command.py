"""`flask doctor` at the command line."""

import os
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest

from ffremote.api.app import create_app
from ffremote.config import Settings
from ffremote.files.opening import open_storage
from tests.support.matrices import sampled
from tests.support.s3_servers import BUCKET, S3Server, client


def run(settings: Settings, **changes: Any) -> tuple[int, dict[str, str], str]:
    app = create_app(settings.model_copy(update=changes))
    done = app.test_cli_runner().invoke(args=["doctor"])
    verdicts = {
        line.split()[1]: line.split()[0]
        for line in done.stdout.splitlines()
        if not line.startswith(" ")
    }
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()
    return done.exit_code, verdicts, done.stdout


def test_a_healthy_service_has_only_ok_verdicts(settings: Settings) -> None:
    status, verdicts, _ = run(settings, max_upload_bytes=1)

    assert status == 0
    assert set(verdicts) == {
        *("ffmpeg", "sqlite", "database", "data", "disk", "limits", "waitress", "access"),
        *("workers", "sandbox", "servers"),
    }
    sound = {name: verdicts[name] for name in ("ffmpeg", "database", "disk", "waitress", "access")}
    assert set(sound.values()) == {"ok"}
    assert verdicts["workers"] == "warn"


def test_each_problem_is_listed_with_its_remedy(settings: Settings, tmp_path: Any) -> None:
    status, verdicts, text = run(
        settings,
        data_dir=tmp_path / "empty",
        min_free_bytes=1 << 60,
        host="0.0.0.0",
        ffmpeg="/nowhere/ffmpeg",
        ffprobe="/nowhere/ffprobe",
    )

    assert status == 1
    bad = {name for name, verdict in verdicts.items() if verdict == "BAD"}
    assert bad == {"ffmpeg", "database", "disk"}
    assert verdicts["access"] == "warn"
    for advice in (
        "flask --app ffremote db upgrade",
        "flask cleanup",
        "flask --app ffremote token",
    ):
        assert advice in text


def flask(cwd: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a `flask` command as an operator does, without a data directory."""
    return subprocess.run(
        [Path(sys.executable).parent / "flask", "--app", "ffremote", *arguments],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"} | environ,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments", [["doctor"], pytest.param(["token", "me"], marks=pytest.mark.wide)]
)
def test_doctor_and_token_create_no_files(tmp_path: Path, arguments: list[str]) -> None:
    done = flask(tmp_path, *arguments)

    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("command", "variable", "value"),
    sampled(
        [
            ("doctor", "FFREMOTE_TOKENS", "garbage"),
            ("cleanup", "FFREMOTE_PORT", "x"),
            ("doctor", "FFREMOTE_PORT", "x"),
            ("cleanup", "FFREMOTE_TOKENS", "garbage"),
        ],
        *(0, 1),
    ),
)
def test_a_wrong_setting_is_a_one_line_error(
    tmp_path: Path, command: str, variable: str, value: str
) -> None:
    done = flask(tmp_path, command, **{variable: value})

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"Error: {variable}")
    assert done.stderr.count("\n") == 1


def test_the_first_migration_makes_the_data_directory(tmp_path: Path) -> None:
    done = flask(tmp_path, "db", "upgrade")

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "data" / "ffremote.db").exists()
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


@pytest.mark.slow
def test_doctor_writes_nothing_into_the_bucket_of_another_installation(
    settings: Settings, seaweedfs: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    seaweedfs.log_in(monkeypatch)
    prefix = f"doctor/{uuid.uuid4().hex}"
    there = settings.model_copy(update={"storage_url": seaweedfs.url(prefix)})
    open_storage(there).depot.own("another")

    status, verdicts, text = run(there)

    assert (status, verdicts["objects"]) == (1, "BAD")
    assert "another installation" in text
    found = client(seaweedfs).list_objects_v2(Bucket=BUCKET, Prefix=prefix)["Contents"]
    assert [each["Key"] for each in found] == [f"{prefix}/owner"]
