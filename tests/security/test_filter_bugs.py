"""Filters that corrupt memory or hang on unusual frames never get such frames."""

import subprocess
from pathlib import Path

import pytest

from ffremote import ffmpeg, spec
from ffremote.errors import InvalidArgument
from ffremote.ffmpeg.policy.filter_bugs import guarded
from ffremote.ffmpeg.policy.filtergraph import read_graph
from ffremote.ffmpeg.policy.pitch_bug import guarded_sound
from tests.support.job_runner import JobRunner
from tests.support.matrices import every, sampled

pytestmark = pytest.mark.security

GUARD = "crop='w=if(lt(min(iw,ih),16),-1,iw):h=ih:exact=1'"
# graphs that crashed or hung FFmpeg 5.1, and similar ones
TINY = [
    "scale=w=1:h=16,gblur",
    "scale=w=160:h=1,edgedetect=low=0",
    "scale=w=2:h=241,format=pix_fmts=yuva420p,unsharp=aa=-0.713412:chroma_amount=-2:ca=5",
    "scale=w=3:h=2,vaguedenoiser",
    "scale=w=160:h=1,format=pix_fmts=yuv420p,vaguedenoiser=nsteps=32",
    "crop=w=iw/64:h=ih,gblur",
    "zscale=w=2:h=2,unsharp",
    "scale=s=8x200,edgedetect",
    "scale=w=-1:h=2,split[a][b];[a]gblur[c];[b][c]overlay",
]
FINE = [
    "crop=w=iw/2:h=ih/2,eq=contrast=1.1",
    "scale=w=iw/4:h=-2,gblur=sigma=2",
    "scale=w=64:h=48,unsharp",
    "crop=w=ih:h=ih,vaguedenoiser",
    "boxblur=5:1",
    "format=pix_fmts=gbrpf32le,boxblur=2:2",
    "split[a][b];[a]scale=w=iw/2:h=ih/2,boxblur=4[c];[b][c]overlay=x=9:y=9",
]


@pytest.fixture(scope="module")
def runner(
    build: ffmpeg.Binaries,
    capabilities: ffmpeg.Capabilities,
    tmp_path_factory: pytest.TempPathFactory,
) -> JobRunner:
    """A runner of jobs, confined."""
    return JobRunner(build, capabilities, tmp_path_factory.mktemp("jobs"))


def run(runner: JobRunner, media: Path, *filters: str, kind: str = "video") -> str:
    job = {"audio": False, "video": {"codec": "ffv1", "filters": list(filters)}}
    runner.prepare(media)
    return runner.run(**job)


def require_filters(runner: JobRunner, filters: str) -> None:
    """Skip the test if this FFmpeg lacks one of the filters."""
    for each in read_graph(filters).filters:
        if each.name not in runner.capabilities.filters:
            pytest.skip(f"FFmpeg {runner.capabilities.version} was built without {each.name}")


@pytest.mark.parametrize("filters", sampled([(text,) for text in TINY], 0, 3, 8))
def test_frames_that_a_filter_cannot_process_fail_the_job_with_the_real_reason(
    runner: JobRunner, clip: Path, filters: str
) -> None:
    require_filters(runner, filters)

    assert run(runner, clip, filters) == "bad_filter", runner.output
    assert b"less than 16 pixels" in runner.output


@pytest.mark.parametrize("filters", sampled([(text,) for text in FINE], 0, 4, 6))
def test_usual_filters_work(runner: JobRunner, clip: Path, filters: str) -> None:
    require_filters(runner, filters)

    assert run(runner, clip, filters) == "completed", runner.output


def test_a_video_of_few_pixels_is_checked_before_the_first_filter(
    runner: JobRunner, build: ffmpeg.Binaries, tmp_path: Path
) -> None:
    media = tmp_path / "tiny.mkv"
    source = ["-f", "lavfi", "-i", "color=red:s=64x2:r=10:d=0.3", "-c:v", "ffv1"]
    subprocess.run([build.ffmpeg, "-v", "error", *source, media], check=True)

    assert run(runner, media, "gblur") == "bad_filter", runner.output
    assert run(runner, media, "scale=w=64:h=64", "gblur") == "completed", runner.output
    assert run(runner, media, "hflip") == "completed", runner.output


@pytest.mark.parametrize(
    ("filters", "side", "made"),
    [
        (["gblur"], 180, ["gblur"]),
        (["gblur"], 2, [f"{GUARD},gblur"]),
        (["gblur"], None, [f"{GUARD},gblur"]),
        (["scale=w=64:h=64", "gblur"], 180, ["scale=w=64:h=64", "gblur"]),
        (["scale=w=64:h=-2", "fps=30"], 180, ["scale=w=64:h=-2", "fps=fps=30"]),
        (["scale=w=8:h=8"], 180, ["scale=w=8:h=8"]),
        (["scale=w=64:h=64,gblur"], 2, ["scale=w=64:h=64,gblur"]),
        (["scale=w=8:h=64", "gblur"], 180, [f"scale=w=8:h=64,{GUARD}", "gblur"]),
        (["crop=w=iw/2:h=ih,hflip,gblur"], 180, [f"crop=w=iw/2:h=ih,{GUARD},hflip,gblur"]),
        (["hflip,vflip"], 2, ["hflip,vflip"]),
    ],
)
def test_the_size_is_checked_only_where_it_is_unknown_and_matters(
    filters: list[str], side: int | None, made: list[str]
) -> None:
    graphs = [read_graph(text) for text in filters]

    found = guarded(graphs, known_side=side, version="9.0")

    assert [str(graph) for graph in found] == made


@pytest.mark.parametrize("version", ["5.1.9-0+deb12u1", "7.1.5-0+deb13u1", "n8.0"])
def test_an_old_ffmpeg_blurs_no_floating_point_frames(version: str) -> None:
    [old] = guarded([read_graph("hflip,boxblur=2:1")], known_side=99, version=version)
    [new] = guarded([read_graph("hflip,boxblur=2:1")], known_side=99, version="n9.0.2")

    assert [each.name for each in old.filters] == ["hflip", "format", "boxblur"]
    assert "f32" not in str(old)
    assert [each.name for each in new.filters] == ["hflip", "boxblur"]


@pytest.mark.parametrize(
    "pix_fmt",
    [
        *("yuv420p", "yuva444p16le"),
        *(
            pytest.param(name, marks=pytest.mark.wide)
            for name in ("gray16le", "bgr0", "gbrp10le", "yuva420p")
        ),
    ],
)
def test_the_alpha_of_any_pixel_format_can_be_extracted(
    runner: JobRunner, tmp_path: Path, pix_fmt: str
) -> None:
    media = tmp_path / "film.mkv"
    words = [runner.runtime.binaries.ffmpeg, "-v", "error", "-f", "lavfi"]
    source = f"testsrc2=s=64x48:r=10:d=0.3,format={pix_fmt}"
    subprocess.run([*words, "-i", source, "-c:v", "ffv1", media], check=True)

    for filters in ("alphaextract", "split[a][b];[a]alphaextract[c];[b][c]alphamerge"):
        assert run(runner, media, filters) == "completed", runner.output


@pytest.mark.parametrize(
    ("pix_fmt", "formats"),
    [("yuva444p16le", "yuva444p16le"), ("yuv420p10le", "yuva420p|"), (None, "yuva420p|")],
)
def test_an_extracted_alpha_keeps_its_depth(pix_fmt: str | None, formats: str) -> None:
    graphs = [read_graph("[a]alphaextract[b];[b]null[a]")]

    [graph] = guarded(graphs, known_side=99, version="9.0", pix_fmt=pix_fmt)

    before, mask, _ = graph.filters
    assert (before.name, before.inputs, before.outputs) == ("format", ("a",), ())
    assert before.params[0][1].startswith(formats)
    assert (mask.name, mask.inputs, mask.outputs) == ("alphaextract", (), ("b",))


def test_a_filter_that_corrupts_memory_is_refused_for_the_ffmpeg_with_the_bug(
    capabilities: ffmpeg.Capabilities,
) -> None:
    job = spec.build_job({"output_filename": "a.mp3", "audio": {"filters": ["anlmdn"]}})

    if capabilities.version.startswith("5."):
        ffmpeg.check(job, capabilities)
    elif "anlmdn" in capabilities.filters:
        with pytest.raises(InvalidArgument, match="disabled in the server's FFmpeg"):
            ffmpeg.check(job, capabilities)


def test_a_filter_that_reads_out_of_bounds_is_refused_for_the_ffmpeg_with_the_bug(
    capabilities: ffmpeg.Capabilities,
) -> None:
    job = spec.build_job({"output_filename": "a.mp3", "audio": {"filters": ["dynaudnorm=f=1000"]}})

    if capabilities.version.startswith("5."):
        with pytest.raises(InvalidArgument, match="disabled in the server's FFmpeg 5"):
            ffmpeg.check(job, capabilities)
    elif "dynaudnorm" in capabilities.filters:
        ffmpeg.check(job, capabilities)


@pytest.mark.parametrize(
    ("text", "rate", "is_changed"),
    [
        ("rubberband=pitch=5.05", 4000, True),
        ("rubberband=pitch=1.01", 6000, True),
        ("rubberband=pitch=5.05", 8000, False),
        ("rubberband=pitch=5.05", None, True),
        ("rubberband=pitch=2:window=short", 12000, True),
        ("rubberband=pitch=2:window=short", 16000, False),
        ("rubberband=pitch=0.5", 4000, False),
        ("rubberband=tempo=2", 4000, False),
        ("rubberband=pitch=2:pitchq=consistency", 4000, False),
        ("rubberband=pitch=2:pitchq=speed", 4000, True),
        ("rubberband=1:2", 4000, True),
        ("aresample=4000,rubberband=pitch=2,aresample=48000", 48000, True),
        ("asetrate=r=5000,rubberband=pitch=2", 48000, True),
        ("aformat=sample_rates=4000|48000,rubberband=pitch=2", 48000, True),
    ],
)
def test_a_rising_pitch_of_sound_of_a_low_rate_is_not_resampled_for_speed(
    text: str, rate: int | None, is_changed: bool
) -> None:
    [graph] = guarded_sound([read_graph(text)], [rate])

    [pitch] = [each for each in graph.filters if each.name == "rubberband"]
    assert (pitch.params[-1] == ("pitchq", "quality")) is is_changed
    assert [each.name for each in graph.filters] == [e.name for e in read_graph(text).filters]


@pytest.mark.parametrize("window", every(3, ["short", "standard", "long"]))
def test_a_rising_pitch_of_sound_of_a_low_rate_does_not_end_ffmpeg(
    build: ffmpeg.Binaries, capabilities: ffmpeg.Capabilities, window: str
) -> None:
    if "rubberband" not in capabilities.filters:
        pytest.skip("this FFmpeg has no rubberband")
    for rate in (1000, 4000, 12000):
        [graph] = guarded_sound([read_graph(f"rubberband=pitch=1.5:window={window}")], [rate])
        source = f"anoisesrc=r={rate}:d=0.3"
        subprocess.run(
            [
                *(build.ffmpeg, "-v", "error", "-f", "lavfi", "-i", source),
                *("-af", str(graph), "-f", "null", "-"),
            ],
            check=True,
        )
