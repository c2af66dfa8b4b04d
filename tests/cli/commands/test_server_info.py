"""The commands presets, capabilities, doctor and completion."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ffremote_cli.workflow.history import History
from tests.support.scripted_server import Ffremote, Script, error_reply, json_reply

WHAT_THE_DOCTOR_SEES = "config state server ready access versions clock limits uploads"

CAPABILITIES = {
    "ffmpeg_version": "8.1",
    "encoders": [
        {"name": "libx264", "kind": "video", "codec": "h264"},
        {"name": "aac", "kind": "audio", "codec": "aac"},
    ],
    "containers": ["mp4", "matroska"],
    "filters": ["scale", "crop"],
    "decoders": {"av1": ["libdav1d", "libaom-av1"], "aac": ["aac"]},
    "limits": {"max_upload_bytes": 20_000_000_000, "ttl_hours": 24},
}


def test_capabilities_prints_an_overview(ffremote: Ffremote, script: Script) -> None:
    script.on("GET /capabilities", json_reply(**CAPABILITIES))

    message = ffremote("capabilities").stdout

    assert message.startswith("FFmpeg 8.1\n\nvideo encoders\n  libx264\n\naudio encoders\n  aac\n")
    assert "limits\n  max upload: 20 GB\n  ttl: 24 h\n" in message
    assert ffremote("capabilities", "filters").stdout == "scale\ncrop\n"
    decoders = ffremote("capabilities", "decoders").stdout
    assert decoders == "aac  aac\nav1  libdav1d, libaom-av1\n"
    assert not set("[]{}'") & set(message + decoders + ffremote("capabilities", "encoders").stdout)
    assert json.loads(ffremote("capabilities", "--json").stdout) == CAPABILITIES
    assert "the sections are ffmpeg_version, encoders" in ffremote("capabilities", "filter").stderr


def test_capabilities_lists_the_containers_that_jobs_accept(real: Ffremote) -> None:
    listed = json.loads(real("capabilities", "--json").stdout)["containers"]

    assert {"mp4", "mkv", "webm", "mp3"} <= set(listed)
    assert not {"hls", "tee", "rtp", "fbdev", "segment"} & set(listed)


def test_presets_are_a_table(ffremote: Ffremote, script: Script) -> None:
    script.on("GET /presets", json_reply(items=[{"name": "web", "description": "for the web"}]))

    assert ffremote("presets").stdout == "PRESET  DESCRIPTION\nweb     for the web\n"


@pytest.mark.parametrize(
    ("options", "field", "hint"),
    [
        (("--video-codec", "libx265"), "video.codec", "(did you mean libx264?)"),
        (("--audio-codec", "acc"), "audio.codec", "(did you mean aac?)"),
        (("--preset", "wep"), "preset", "(did you mean web?)"),
        (("--container", "mp5"), "container", "(did you mean mp4?)"),
        (("--crf", "99"), "video.crf", ""),
    ],
)
def test_a_refused_name_gets_the_nearest_as_a_suggestion(
    ffremote: Ffremote,
    script: Script,
    source: Path,
    options: tuple[str, ...],
    field: str,
    hint: str,
) -> None:
    script.on("POST /jobs", error_reply(400, "INVALID_ARGUMENT", "No.", field=field))
    script.on("GET /capabilities", json_reply(**CAPABILITIES))
    script.on("GET /presets", json_reply(items=[{"name": "web"}]))

    done = ffremote("run", source.name, "-o", "out.mp4", *options)

    assert done.stderr == f"ffremote: No. {hint}".rstrip() + "\n"
    assert done.returncode == 4


def test_the_doctor_finds_no_fault_in_a_real_server(real: Ffremote) -> None:
    done = real("doctor")

    assert done.returncode == 0, done.stdout
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [
        ["ok", what] for what in WHAT_THE_DOCTOR_SEES.split()
    ]


def test_the_doctor_names_remedies(ffremote: Ffremote, script: Script) -> None:
    unreachable = ffremote("doctor", "--server", "http://127.0.0.1:1")

    assert unreachable.returncode == 3
    assert "error    server    cannot reach http://127.0.0.1:1" in unreachable.stdout
    assert " -> check that ffremote-server is running" in unreachable.stdout


def test_a_wrong_token_is_reported_once_and_nothing_else(
    ffremote: Ffremote, script: Script
) -> None:
    unknown = error_reply(401, "UNAUTHORIZED", "unknown token")
    script.on("GET /healthz", json_reply(status="ok"))
    script.on("GET /readyz", json_reply(checks={"database": "ok"}))
    for call in ("GET /jobs", "GET /workers", "GET /capabilities", "OPTIONS /uploads"):
        script.on(call, unknown)

    done = ffremote("doctor", FFREMOTE_TOKEN="wrong")

    assert done.returncode == 4
    assert done.stdout.count("unknown token") == 1
    assert "error    access    unknown token\n" in done.stdout
    assert "tus" not in done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_the_shell(ffremote: Ffremote, shell: str) -> None:
    done = ffremote("completion", shell)

    assert done.returncode == 0
    assert "_FFREMOTE_COMPLETE" in done.stdout


def test_the_shell_completes_commands_and_options(client_environ: dict[str, str]) -> None:
    def completed(line: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-m", "ffremote_cli"],
            env={
                **client_environ,
                "_FFREMOTE_COMPLETE": "bash_complete",
                "COMP_WORDS": line,
                "COMP_CWORD": str(len(line.split()) - 1),
            },
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.split()

    History(Path(client_environ["XDG_STATE_HOME"], "ffremote")).add(
        job_id="0b5f2c1e", server="s", path=Path("in.mp4"), output=None
    )

    assert completed("ffremote subm") == ["plain,submit"]
    assert completed("ffremote watch 0b5") == ["plain,0b5f2c1e"]
    assert completed("ffremote run --audio-b") == ["plain,--audio-bitrate"]
