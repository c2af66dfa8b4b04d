"""Fonts, LUTs and subtitle files: hostile ones reach neither other files nor the network."""

import json
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg, spec
from ffremote.errors import InvalidArgument
from tests.security.canary import TOKEN, Canary
from tests.security.role_payloads import FILES, JOBS
from tests.security.test_properties import able
from tests.support import side_files
from tests.support.builds import build_settings
from tests.support.job_directory import JobDirectory

pytestmark = pytest.mark.security


def filled(text: str, canary: Canary, media: Path) -> str:
    text = text.replace("{secret}", str(canary.secret)).replace("{port}", str(canary.port))
    return text.replace("{media}", str(media))


def test_the_corpus_is_as_large_as_it_should_be() -> None:
    assert len(JOBS) + len(FILES) > 70


def test_hostile_roles_and_numbers_are_refused_by_their_field(canary: Canary, clip: Path) -> None:
    wrong = {}
    for field, job in JOBS:
        text = filled(json.dumps({"output_filename": "a.mkv", **job}), canary, clip)
        found = _verdict(text)
        if found != field:
            wrong[f"{field}: {text}"] = found

    assert wrong == {}
    assert canary.events() == []


def _verdict(text: str) -> str:
    try:
        ffmpeg.check(spec.parse_job(text.encode()), able())
    except InvalidArgument as exc:
        assert exc.message.strip()
        return exc.field
    return "accepted"


def _sampled() -> list[Any]:
    """Return the files, of which the quick tests run the first of each role."""
    first = {role: number for number, (role, _) in reversed(list(enumerate(FILES)))}
    return [
        pytest.param(*each, marks=() if number == first[each[0]] else pytest.mark.wide)
        for number, each in enumerate(FILES)
    ]


USES: dict[str, dict[str, Any]] = {
    "lut": {"video": {"codec": "mpeg4", "filters": ["lut3d=input=1"]}},
    "metadata": {"video": {"codec": "mpeg4"}, "extra_args": ["-map_metadata", "1"]},
    "font": {"video": {"codec": "mpeg4", "filters": ["drawtext=input=1:text=M"]}},
    "subtitle": {"video": {"codec": "mpeg4"}, "subtitles": {"mode": "burn", "input": 1}},
}


@pytest.mark.parametrize(("role", "content"), _sampled())
def test_a_hostile_file_fails_its_job_and_touches_nothing(
    role: str,
    content: bytes,
    build: ffmpeg.Binaries,
    capabilities: ffmpeg.Capabilities,
    canary: Canary,
    clip: Path,
    tmp_path: Path,
) -> None:
    media = canary.add_media(clip)
    settings = build_settings(build)
    runtime = ffmpeg.make_runtime(settings)
    body = filled(content.decode("latin-1"), canary, media).encode("latin-1")
    job = JobDirectory(runtime, capabilities, tmp_path, clip, body)

    with pytest.raises(ffmpeg.TranscodeError):
        job.run(inputs=[{}, {"role": role}], output_filename="o.mkv", audio=False, **USES[role])

    assert canary.events() == []
    assert TOKEN.encode() not in job.log.getvalue()
    assert not any(TOKEN.encode() in path.read_bytes() for path in tmp_path.rglob("out.*"))


def test_the_lut_that_ffmpeg_reads_is_written_by_us(
    build: ffmpeg.Binaries,
    capabilities: ffmpeg.Capabilities,
    canary: Canary,
    clip: Path,
    tmp_path: Path,
) -> None:
    text = f'# {canary.secret}\nTITLE "file:{canary.secret}"\n'.encode() + side_files.cube()
    job = JobDirectory(
        ffmpeg.make_runtime(build_settings(build)), capabilities, tmp_path, clip, text
    )

    job.run(inputs=[{}, {"role": "lut"}], output_filename="o.mkv", audio=False, **USES["lut"])

    written = (tmp_path / "try1" / "lut1.cube").read_text()
    assert written.startswith("LUT_3D_SIZE 2\n0 0 0\n1 0 0\n")
    assert str(canary.secret) not in written
    assert canary.events() == []
