"""`flask doctor` at the command line."""

from typing import Any

from ffremote.api.app import create_app
from ffremote.config import Settings


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


def test_a_sound_service_is_told_so(settings: Settings) -> None:
    status, verdicts, _ = run(settings, max_upload_bytes=1)

    assert status == 0
    assert set(verdicts) == {
        *("ffmpeg", "sqlite", "database", "data", "disk", "limits", "waitress", "access"),
        *("workers", "sandbox"),
    }
    sound = {name: verdicts[name] for name in ("ffmpeg", "database", "disk", "waitress", "access")}
    assert set(sound.values()) == {"ok"}
    assert verdicts["workers"] == "warn"


def test_what_is_wrong_is_told_with_what_to_do(settings: Settings, tmp_path: Any) -> None:
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
