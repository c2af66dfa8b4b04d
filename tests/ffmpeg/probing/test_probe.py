"""The properties of an input that the probe reports, besides codecs and sizes."""

import subprocess
from pathlib import Path

from ffremote import ffmpeg
from ffremote.ffmpeg.runtime import Runtime


def test_the_probe_reports_colors_shape_layout_tags_and_chapters(
    runtime: Runtime, binaries: ffmpeg.Binaries, tmp_path: Path
) -> None:
    (tmp_path / "chapters").write_text(
        ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=1\ntitle=One\n"
    )
    picture = "color=s=64x64:d=1,setsar=4/3,setparams=color_trc=bt709"
    sound = "anullsrc=channel_layout=5.1:sample_rate=48000"
    subprocess.run(
        [
            *(binaries.ffmpeg, "-v", "error", "-f", "lavfi", "-i", picture, "-f", "lavfi"),
            *("-t", "1", "-i", sound, "-i", "chapters", "-map_metadata", "2", "-c:v", "ffv1"),
            *(
                "-color_trc",  # for FFmpeg 5.1; newer ones take it from the frames
                "bt709",
                "-c:a",
                "flac",
                "-metadata:s:a:0",
                "language=ger",
                "-metadata:s:a:0",
                "title=Ton",
            ),
            *("-metadata:s:a:0", "comment=" + 300 * "x", "-f", "matroska", "input"),
        ],
        cwd=tmp_path,
        check=True,
        stdin=subprocess.DEVNULL,
    )

    info = ffmpeg.probe(runtime, tmp_path, "input", on_progress=lambda report: None)

    video, audio = info.streams
    assert (info.start, info.chapters) == (0.0, 1)
    assert (video.sample_aspect_ratio, video.color_transfer) == ("4:3", "bt709")
    assert (audio.channel_layout, audio.tags["language"], audio.tags["title"]) == (
        "5.1",
        "ger",
        "Ton",
    )
    assert "comment" not in audio.tags
    assert ffmpeg.MediaInfo.from_json(info.to_json()) == info


def test_media_info_of_a_newer_version_can_be_read() -> None:
    stream = {"index": 0, "kind": "audio", "codec": "aac", "of_tomorrow": 1}

    info = ffmpeg.MediaInfo.from_json({"format": "wav", "streams": [stream]})

    assert info.streams == (ffmpeg.Stream(0, "audio", "aac"),)
