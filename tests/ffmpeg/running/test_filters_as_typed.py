"""Filters that people type give the same frames as with FFmpeg itself."""

import subprocess
from pathlib import Path

import pytest

from ffremote import ffmpeg
from ffremote.ffmpeg.runtime import Runtime
from tests.support.job_directory import JobDirectory
from tests.support.matrices import sampled

TEXT = [
    r"drawtext=text='Test Text':x=10:y=20:fontsize=24:fontcolor=yellow:box=1:boxcolor=red",
    r"drawtext=text=It\\\'s 100\\\\% \[done\]\, \\\\\\\\o/:fontsize=h/8:x=(w-text_w)/2:y=(h-th)/2",
    r"drawtext=text='100%  ':expansion=none:fontcolor=white",
    r"drawtext=text='%{pts\:hms} %{eif\:n*2\:d\:4}':y=h-line_h-5:fontcolor=white:borderw=2",
    r"drawtext=timecode='09\:57\:00\:00':rate=10:fontsize=20:fontcolor=white:box=1:boxborderw=5",
]
OTHER = [
    "v360=e:flat:h_fov=100:v_fov=60:yaw=90:w=96:h=64",
    "[in]split[main][tmp];[tmp]crop=iw:ih/2:0:0,vflip[flip];[main][flip]overlay=0:H/2[out]",
    "scale=80x60",
    "reverse",
    "loop=loop=2:size=3:start=2",
    "zoompan=z='min(zoom+0.0015,1.5)':x='iw/2-(iw/zoom/2)':y='ih/2-(ih/zoom/2)':d=2*1:s=64x48:fps=10",
    "select='not(mod(n,2))*isnan(prev_selected_n)+gt(n-prev_selected_n,2)',setpts=N/(10*TB)",
]


@pytest.fixture(scope="module")
def source(build: ffmpeg.Binaries, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of moving pictures, without loss."""
    path = tmp_path_factory.mktemp("typed") / "in.mkv"
    made = ["-f", "lavfi", "-i", "testsrc2=s=160x120:r=10:d=1", "-c:v", "ffv1"]
    run(build.ffmpeg, *made, "-pix_fmt", "yuv420p", str(path))
    return path


def run(program: Path, *words: str) -> str:
    """Run FFmpeg; return what it prints."""
    command = [str(program), "-v", "error", "-nostdin", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def frames(program: Path, path: Path, *words: str) -> list[str]:
    """Return the sums of the frames of a file."""
    sums = run(program, "-i", str(path), *words, "-f", "framemd5", "-").splitlines()
    return [line.rpartition(",")[2].strip() for line in sums if not line.startswith("#")]


@pytest.mark.parametrize(
    "text", sampled([(text,) for text in (*OTHER, *TEXT)], 0, 1, 3, len(OTHER) + 1)
)
def test_a_filter_draws_what_ffmpeg_draws(
    text: str,
    build: ffmpeg.Binaries,
    runtime: Runtime,
    capabilities: ffmpeg.Capabilities,
    source: Path,
    tmp_path: Path,
) -> None:
    if text.startswith("drawtext") and "drawtext" not in capabilities.filters:
        pytest.skip("this FFmpeg is built without drawtext")
    directory = JobDirectory(runtime, capabilities, tmp_path, source)

    directory.run(output_filename="out.mkv", video={"codec": "ffv1", "filters": [text]})

    expected = frames(build.ffmpeg, source, "-vf", text, "-pix_fmt", "yuv420p", "-fps_mode", "vfr")
    assert frames(build.ffmpeg, directory.result, "-fps_mode", "vfr") == expected
    assert expected != frames(build.ffmpeg, source)


def test_video_is_stabilized_in_two_passes(
    runtime: Runtime, capabilities: ffmpeg.Capabilities, source: Path, tmp_path: Path
) -> None:
    if "vidstabtransform" not in capabilities.filters:
        pytest.skip("this FFmpeg is built without libvidstab")
    directory = JobDirectory(runtime, capabilities, tmp_path, source)
    filters = ["hflip,vidstabdetect=shakiness=8,vidstabtransform=smoothing=5,vflip"]

    made = directory.run(output_filename="out.mkv", video={"codec": "ffv1", "filters": filters})

    measures, corrects = (list(each.argv) for each in directory.plan.passes)
    chain = measures[measures.index("-filter:v") + 1]
    safe = "format=pix_fmts=yuv420p|yuv422p|yuv444p,crop=w=trunc(iw/2)*2:h=trunc(ih/2)*2"
    assert chain == f"hflip,{safe},vidstabdetect=shakiness=8:result=try1/motion"
    chain = corrects[corrects.index("-filter:v") + 1]
    assert chain == f"hflip,{safe},vidstabtransform=smoothing=5:input=try1/motion,vflip"
    assert [stream.codec for stream in made.streams] == ["ffv1"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["input", "try1"]


def test_audio_is_reversed(
    build: ffmpeg.Binaries, runtime: Runtime, capabilities: ffmpeg.Capabilities, tmp_path: Path
) -> None:
    sound = tmp_path / "in.wav"
    run(build.ffmpeg, "-f", "lavfi", "-i", "sine=440:d=1:b=2", str(sound))
    directory = JobDirectory(runtime, capabilities, tmp_path / "job", sound)

    directory.run(output_filename="out.wav", audio={"filters": ["areverse,aloop=1:2e+09"]})

    expected = run(
        build.ffmpeg, "-i", str(sound), "-af", "areverse,aloop=1:2e+09", "-f", "md5", "-"
    )
    assert run(build.ffmpeg, "-i", str(directory.result), "-f", "md5", "-") == expected
