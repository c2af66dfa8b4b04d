"""Queries such as -encoders, which programs parse: the output has the format of FFmpeg's."""

import json
import re
import subprocess

import pytest

from ffremote import ffmpeg
from ffremote.ffmpeg.discovery.lists import (  # the parsers of FFmpeg's own lists
    _FILTER,
    _FORMAT,
    _PIX_FMT,
)
from ffremote.ffmpeg.policy.tables import names, table
from ffremote_cli.ffmpeg_cli.names import kind_of_codec, pads_of_filter, pixel_formats
from ffremote_cli.translate.filters.kinds import kind_of_filter
from tests.support.scripted_server import Ffremote, Script, json_reply
from tests.support.service import Service

CODER = re.compile(r"^ ([VAS])[.F][.S][.X][.B][.D] (\S+)\s+(.*)$", re.MULTILINE)
CODEC = re.compile(r"^ ([D.])([E.])([VASDT])[I.][L.][S.] (\S+)\s+(.*)$", re.MULTILINE)

LISTS = ("encoders", "decoders", "codecs", "formats", "muxers", "demuxers", "filters", "pix_fmts")


@pytest.fixture
def outputs(real: Ffremote) -> dict[str, str]:
    """The output of each query to the real server."""
    return {name: real("ffmpeg", "-hide_banner", f"-{name}").stdout for name in LISTS}


def own(binaries: ffmpeg.Binaries, name: str) -> str:
    """Return the output of the local FFmpeg."""
    done = subprocess.run(
        [binaries.ffmpeg, "-hide_banner", f"-{name}"], capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.mark.slow
def test_the_lists_have_the_columns_and_flags_of_ffmpeg(
    outputs: dict[str, str], binaries: ffmpeg.Binaries
) -> None:
    for name in ("encoders", "decoders"):
        remote = {row[1]: row[0] for row in CODER.findall(outputs[name])}
        expected = {row[1]: row[0] for row in CODER.findall(own(binaries, name))}
        assert len(remote) > 20
        assert remote.items() <= expected.items()
    kinds = {row[3]: row[2] for row in CODEC.findall(own(binaries, "codecs"))}
    rows = CODEC.findall(outputs["codecs"])
    assert {row[3]: row[2] for row in rows}.items() <= kinds.items()
    assert ("D", "E", "V", "h264") in [row[:4] for row in rows]
    assert outputs["codecs"].splitlines()[:11] == own(binaries, "codecs").splitlines()[:11]


@pytest.mark.slow
def test_formats_filters_and_pixel_formats_parse_like_ffmpegs(
    outputs: dict[str, str], binaries: ffmpeg.Binaries
) -> None:
    muxers, known = (
        found(_FORMAT, 3, text) for text in (outputs["muxers"], own(binaries, "muxers"))
    )
    assert {"mp4", "matroska", "mpegts", "mp3", "image2"} <= muxers
    assert muxers <= {name for each in known for name in each.split(",")}
    assert found(_FORMAT, 3, outputs["demuxers"]) <= names("demuxers")
    assert {"scale", "overlay", "volume", "amix"} <= found(_FILTER, 1, outputs["filters"])
    assert {"yuv420p", "rgb24", "yuv420p10le"} <= found(_PIX_FMT, 1, outputs["pix_fmts"])
    assert "IO... yuv420p                3             12      8-8-8\n" in outputs["pix_fmts"]


def found(pattern: re.Pattern[str], group: int, text: str) -> set[str]:
    """Return a group of all lines that match the pattern."""
    matches = map(pattern.match, text.splitlines())
    return {match[group] for match in matches if match}


def test_the_names_in_the_client_are_those_of_ffmpeg(
    binaries: ffmpeg.Binaries, capabilities: ffmpeg.Capabilities
) -> None:
    kinds = {row[3]: row[2] for row in CODEC.findall(own(binaries, "codecs"))}
    of_codecs = {codec: kind_of_codec(codec) for codec in capabilities.decoders}
    assert of_codecs == {codec: kinds[codec] for codec in of_codecs}
    rows = re.findall(r"^ [.TSC]{2,3} +(\S+) +(\S+->\S+) ", own(binaries, "filters"), re.MULTILINE)
    pads = {name: shape for name, shape in rows if name in table("filters")}
    message = {name: pads_of_filter(name, kind_of_filter(name)) for name in pads}
    # acrossfade has two inputs up to FFmpeg 8, and any number since
    assert {name for name in pads if message[name] != pads[name]} <= {"acrossfade"}
    kinds = {name: each["kind"] for name, each in table("filters").items()}
    assert {name: kind_of_filter(name) for name in kinds} == kinds
    assert pixel_formats()["nv12"] == ("IO...", "3", "12", "8-8-8")


@pytest.fixture
def server(script: Script) -> Script:
    script.on(
        "GET /capabilities",
        json_reply(
            ffmpeg_version="9.0.2",
            encoders=[{"name": "libx264", "kind": "video", "codec": "h264"}],
            decoders={"h264": ["h264"]},
            containers=["mkv", "mp4"],
            muxers=["matroska", "mp4"],
            demuxers=["mov"],
            filters=["hflip"],
            options=["movflags"],
            pixel_formats=["yuv420p"],
        ),
    )
    return script


ANSWERS = {
    "-version": "ffmpeg version 9.0.2 Copyright (c) the FFmpeg developers\n",
    "-h encoder=libx264": "Encoder libx264 [h264]:\n",
    "-h encoder=h264_nvenc": "Codec 'h264_nvenc' is not recognized by FFmpeg.\n",
    "-h muxer=matroska": "Muxer matroska [matroska]:\n",
    "-h filter=drawtext": "Unknown filter 'drawtext'.\n",
    "-hide_banner -h": "usage: ffmpeg [options] [[infile options] -i infile] [outfile options]",
    "-protocols": "Supported file protocols:\nInput:\n  file\n  pipe\nOutput:\n  file\n  pipe\n",
    "-hwaccels": "Hardware acceleration methods:\n",
}


@pytest.mark.parametrize(("line", "begins"), ANSWERS.items())
def test_a_query_prints_to_stdout(
    ffremote: Ffremote, server: Script, line: str, begins: str
) -> None:
    done = ffremote("ffmpeg", *line.split(" "))

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(begins)


@pytest.mark.parametrize("word", ["-layouts", "-buildconf", "-bsfs", "-L", "-colors"])
def test_a_query_that_the_server_does_not_answer_is_refused_by_name(
    ffremote: Ffremote, server: Script, word: str
) -> None:
    done = ffremote("ffmpeg", "-hide_banner", word)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"ffremote: {word}: the server does not provide this information")


def test_the_demuxers_of_the_service_are_listed(service: Service, real: Ffremote) -> None:
    output = json.loads(real("capabilities", "demuxers", "--json").stdout)

    assert {"mov", "matroska"} <= set(output)
