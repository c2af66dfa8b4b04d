"""Messages at the command line name its options, not the keys of the JSON."""

import json
from pathlib import Path

import pytest

from ffremote_cli.settings.option_names import in_options
from tests.support.scripted_server import Ffremote, Script, error_reply, json_reply


@pytest.mark.parametrize(
    ("message", "field", "printed"),
    [
        ("video.crf cannot be 99.", "video.crf", "--crf cannot be 99."),
        ("extra_args[2] cannot be '-x'.", "extra_args", "--extra-args cannot be '-x'."),
        ("o has no extension; set `container`.", "output_filename", "o has no extension; set "),
        ("output_filename cannot be 'x'.", "output_filename", "-o cannot be 'x'."),
        ("An encoder's speed is video.preset.", "preset", "An encoder's speed is --video-preset."),
        ("There is no preset 'fast'.", "preset", "There is no preset 'fast'."),
        ("input.duration and input.end", "input.end", "--duration and --end"),
        ("video.unheard_of stays", "video.unheard_of", "video.unheard_of stays"),
        ("a.video.crf.mp4 is a name", "video.crf", "a.video.crf.mp4 is a name"),
    ],
)
def test_keys_become_options(message: str, field: str, printed: str) -> None:
    assert in_options(message, field).startswith(printed)


def test_an_error_names_the_option_and_json_keeps_the_key(
    ffremote: Ffremote, script: Script, source: Path
) -> None:
    refused = error_reply(400, "INVALID_ARGUMENT", "video.crf cannot be 99.", field="video.crf")
    script.on("POST /jobs", refused)

    done = ffremote("run", source.name, "-o", "out.mp4", "--crf", "99", "--json")

    assert done.stderr == "ffremote: --crf cannot be 99.\n"
    error = json.loads(done.stdout)["error"]
    assert (error["message"], error["details"]) == (
        "video.crf cannot be 99.",
        {"field": "video.crf"},
    )


@pytest.mark.parametrize("page", ["encoders", "filters", "options"])
@pytest.mark.parametrize("command", ["run", "ffmpeg"])
def test_a_page_of_the_docs_becomes_a_command(
    ffremote: Ffremote, script: Script, source: Path, page: str, command: str
) -> None:
    script.on(
        "POST /jobs",
        error_reply(400, "INVALID_ARGUMENT", f"No; docs/{page}.md lists them.", field="x"),
    )

    words = (
        ("-i", source.name, "out.mp4") if command == "ffmpeg" else (source.name, "-o", "out.mp4")
    )
    done = ffremote(command, *words)

    assert f"No; `ffremote capabilities {page}` lists them." in done.stderr
    assert "docs/" not in done.stderr


def test_errors_of_a_job_file_keep_the_keys_of_the_file(
    ffremote: Ffremote, script: Script, source: Path
) -> None:
    refused = error_reply(400, "INVALID_ARGUMENT", "video.crf cannot be 99.", field="video.crf")
    script.on("POST /jobs", refused)
    source.with_name("job.json").write_text('{"video": {"crf": 99}}')

    done = ffremote("submit", source.name, "-o", "out.mp4", "--job", "job.json")

    assert done.stderr == "ffremote: video.crf cannot be 99.\n"


@pytest.mark.parametrize(
    ("words", "suggestion"),
    [
        (("--vcodec", "libx264"), "--vcodec is an option of ffmpeg: use --video-codec"),
        (("-c:v", "libx264"), "-c:v is an option of ffmpeg: use --video-codec"),
        (("-b:a", "128k"), "-b:a is an option of ffmpeg: use --audio-bitrate"),
        (("-vf", "scale=10:10"), "-vf is an option of ffmpeg: use --video-filter"),
        (("-an",), "-an is an option of ffmpeg: use --no-audio"),
        (("-ss", "3"), "-ss is an option of ffmpeg: use --start"),
        (("-codec:v:0", "x"), "-codec:v:0 is an option of ffmpeg: use --video-codec"),
        (("--c:a", "x"), "--c:a is an option of ffmpeg: use --audio-codec"),
        (("-hwaccel", "cuda"), "-hwaccel is an option of ffmpeg: use --hardware"),
        (("-itsoffset", "1"), "-itsoffset is an option of ffmpeg: use --offset"),
        (("-qscale:v", "2"), "-qscale:v is an option of ffmpeg: use --crf"),
        (
            ("-vcodc", "x"),
            "-vcodc is no option of `ffremote run` (ffmpeg's -vcodec is --video-codec)",
        ),
        (("-dn",), "-dn is no option of `ffremote run`"),
    ],
)
def test_an_option_of_ffmpeg_gets_the_equivalent_as_a_suggestion(
    ffremote: Ffremote, script: Script, source: Path, words: tuple[str, ...], suggestion: str
) -> None:
    done = ffremote("run", source.name, "-o", "out.mp4", *words)

    assert done.returncode == 2
    assert done.stderr == (
        f"ffremote: {suggestion}; `ffremote ffmpeg …` takes ffmpeg's own options "
        "(see `ffremote run --help`)\n"
    )
    assert script.requests == []


@pytest.mark.parametrize("word", ["-hide_banner", "-threads", "-loglevel"])
def test_an_option_of_ffmpeg_that_is_not_needed_is_said_to_be_so(
    ffremote: Ffremote, word: str
) -> None:
    done = ffremote("run", "in.mp4", "-o", "out.mp4", word, "4")

    assert f"{word} is an option of ffmpeg that is not needed here: leave it out" in done.stderr
    assert done.returncode == 2


@pytest.mark.parametrize(
    "words",
    ["-qy", "-oout.mkv", "--extra-args -shortest", "--volume -3dB", "--loudness -16"],
)
def test_what_only_looks_like_an_option_of_ffmpeg_is_taken(
    ffremote: Ffremote, source: Path, words: str
) -> None:
    done = ffremote("run", "-o", "out.mp4", source.name, *words.split())

    assert "ffmpeg" not in done.stderr
    assert done.returncode != 2


def test_an_unknown_option_gets_the_nearest_as_a_suggestion(ffremote: Ffremote) -> None:
    done = ffremote("run", "in.mp4", "-o", "out.mp4", "--vidio-codec", "x")

    assert done.returncode == 2
    assert "--video-codec" in done.stderr


def test_an_encoder_speed_given_as_preset_is_explained(
    ffremote: Ffremote, script: Script, source: Path
) -> None:
    script.on(
        "POST /jobs",
        error_reply(400, "INVALID_ARGUMENT", "There is no preset 'fast'.", field="preset"),
    )

    done = ffremote("run", source.name, "-o", "out.mp4", "--preset", "fast")

    assert done.stderr == (
        "ffremote: There is no preset 'fast'. (for the encoder's speed use --video-preset fast)\n"
    )


def test_no_suggestion_is_what_was_typed(ffremote: Ffremote, script: Script, source: Path) -> None:
    script.on(
        "POST /jobs",
        error_reply(400, "INVALID_ARGUMENT", "webm takes no h264.", field="video.codec"),
    )
    script.on("GET /capabilities", json_reply(encoders=[]))

    done = ffremote("run", source.name, "-o", "out.webm", "--video-codec", "h264")

    assert done.stderr == "ffremote: webm takes no h264.\n"
