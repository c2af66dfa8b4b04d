"""Command lines with outputs of many files: numbered pictures and segments."""

import shlex
from typing import Any

import pytest

from ffremote_cli.translate import CannotTranslate, Translation, parse, translate


def translated(line: str) -> Translation:
    found = translate(parse(shlex.split(line)))
    assert isinstance(found, Translation)
    return found


@pytest.mark.parametrize(
    ("line", "package"),
    [
        ("-i in.mp4 img%04d.jpg", {"type": "pictures", "format": "jpg"}),
        ("-i in.mp4 -vf fps=1 out%d.png", {"type": "pictures", "format": "png"}),
        (
            "-i in.mp4 -f image2 -vframes 25 -start_number 7 a%02d.jpeg",
            {"type": "pictures", "format": "jpg", "count": 25, "start_number": 7},
        ),
        (
            "-i in.mp4 -c copy -f segment -segment_time 00:00:02 -reset_timestamps 1 o%03d.mp4",
            {
                "type": "segments",
                "seconds": 2.0,
                "container": "mp4",
                "list": "none",
                "reset_timestamps": True,
                "key_frames": False,
            },
        ),
        (
            "-i in.mp3 -c copy -f segment -segment_times 1,2,3 -segment_list l.csv o%02d.mp3",
            {
                "type": "segments",
                "times": [1.0, 2.0, 3.0],
                "container": "mp3",
                "list": "csv",
                "reset_timestamps": False,
                "key_frames": False,
            },
        ),
        (
            "-i in.mp4 -hls_time 4 -hls_list_size 0 -start_number 1 -f hls d/index.m3u8",
            {
                "type": "hls",
                "seconds": 4.0,
                "segment_type": "ts",
                "start_number": 1,
                "key_frames": False,
            },
        ),
        (
            "-i in.mp4 -hls_segment_type fmp4 out.m3u8",
            {"type": "hls", "seconds": 2.0, "segment_type": "fmp4", "key_frames": False},
        ),
        (
            "-i in.mp4 -seg_duration 4 -f dash x.mpd",
            {"type": "dash", "seconds": 4.0, "key_frames": False},
        ),
    ],
)
def test_many_files_are_a_package(line: str, package: dict[str, Any]) -> None:
    assert translated(line).job["package"] == package


def test_each_file_gets_the_name_that_the_line_gives_it() -> None:
    pattern = translated("-i in.mp4 -f segment -segment_list d/l.m3u8 d/o%03d.ts").patterns[0]

    assert pattern.target("segment-00012.ts") == "d/o012.ts"
    assert pattern.target("index.m3u8") == "d/l.m3u8"
    assert pattern.matches("o7.ts")
    assert not pattern.matches("o7.mp4")


@pytest.mark.parametrize(
    ("line", "targets", "text", "here"),
    [
        (
            "-i in.mp4 -c copy -f segment -segment_list d/l.csv d/o%03d.mp4",
            {"index.csv": "d/l.csv", "segment-00012.mp4": "d/o012.mp4"},
            "segment-00012.mp4,0.0,2.0\n",
            "o012.mp4,0.0,2.0\n",
        ),
        (
            "-i in.mp4 -hls_segment_filename v/s%d.ts -f hls out.m3u8",
            {"index.m3u8": "out.m3u8", "segment-00000.ts": "v/s0.ts"},
            "#EXTINF:2.0,\nsegment-00000.ts\n#EXT-X-ENDLIST\n",
            "#EXTINF:2.0,\nv/s0.ts\n#EXT-X-ENDLIST\n",
        ),
        (
            "-i in.mp4 -f hls -hls_segment_type fmp4 d/out.m3u8",
            {"init.mp4": "d/init.mp4", "segment-00001.m4s": "d/out1.m4s"},
            '#EXT-X-MAP:URI="init.mp4"\nsegment-00001.m4s\n',
            '#EXT-X-MAP:URI="init.mp4"\nout1.m4s\n',
        ),
        (
            "-i in.mp4 -f dash d/m.mpd",
            {
                "index.mpd": "d/m.mpd",
                "init-0.mp4": "d/init-stream0.m4s",
                "segment-1-00002.m4s": "d/chunk-stream1-00002.m4s",
            },
            (
                'initialization="init-$RepresentationID$.mp4"'
                ' media="segment-$RepresentationID$-$Number%05d$.m4s"'
            ),
            (
                'initialization="init-stream$RepresentationID$.m4s"'
                ' media="chunk-stream$RepresentationID$-$Number%05d$.m4s"'
            ),
        ),
    ],
)
def test_a_list_names_the_files_as_they_are_called_here(
    line: str, targets: dict[str, str], text: str, here: str
) -> None:
    pattern = translated(line).patterns[0]

    assert {name: pattern.target(name) for name in targets} == targets
    assert pattern.relinked(text, pattern.first_path) == here


VARIANTS = '-var_stream_map "v:0,a:0,name:hi v:1,a:1,name:lo" -master_pl_name all.m3u8 -f hls'


@pytest.mark.parametrize(
    ("line", "targets", "path", "text", "here"),
    [
        (
            f"-i in.mp4 {VARIANTS} -hls_segment_filename d/%v/s%02d.ts d/%v/list.m3u8",
            {
                "index.m3u8": "d/all.m3u8",
                "variant0.m3u8": "d/hi/list.m3u8",
                "variant1-00012.ts": "d/lo/s12.ts",
                "variant9-00012.ts": None,
                "other.txt": None,
            },
            "d/all.m3u8",
            '#EXT-X-MEDIA:TYPE=AUDIO,URI="variant1.m3u8"\nvariant0.m3u8\n',
            '#EXT-X-MEDIA:TYPE=AUDIO,URI="lo/list.m3u8"\nhi/list.m3u8\n',
        ),
        (
            '-i in.mp4 -var_stream_map "v:0 v:1" -hls_segment_type fmp4 -f hls x%v.m3u8',
            {
                "index.m3u8": None,
                "variant1.m3u8": "x1.m3u8",
                "variant0-00003.m4s": "x03.m4s",
                "init-variant1.mp4": "init_1.mp4",
            },
            "x1.m3u8",
            '#EXT-X-MAP:URI="init-variant1.mp4"\nvariant1-00000.m4s\n',
            '#EXT-X-MAP:URI="init_1.mp4"\nx10.m4s\n',
        ),
    ],
)
def test_each_variant_has_its_files_where_the_line_says(
    line: str, targets: dict[str, str | None], path: str, text: str, here: str
) -> None:
    pattern = translated(line).patterns[0]

    assert {name: pattern.target(name) for name in targets} == targets
    assert pattern.relinked(text, path) == here


def test_variants_become_a_section_and_their_directories_are_created() -> None:
    translation = translated(f"-i in.mp4 {VARIANTS} -hls_segment_filename %v/s%d.ts %v/l.m3u8")

    assert translation.job["package"]["variants"] == [
        {"streams": ["v:0", "a:0"]},
        {"streams": ["v:1", "a:1"]},
    ]
    assert translation.patterns[0].folders == {"hi": True, "lo": True}


def test_a_master_playlist_alone_is_one_variant_of_all_streams() -> None:
    translation = translated("-i in.mp4 -c copy -master_pl_name m.m3u8 -f hls d/x.m3u8")

    assert translation.job["package"]["variants"] == [{}]
    assert translation.patterns[0].target("index.m3u8") == "d/m.m3u8"
    assert translation.patterns[0].target("variant0-00001.ts") == "d/x1.ts"


def test_several_packages_of_a_line_are_told_apart_by_the_number_of_the_output() -> None:
    translation = translated(
        "-i in.mp4 -c copy a.mp4 -f hls -hls_segment_type fmp4 b.m3u8 -f dash c/m.mpd d%d.png"
    )

    names = [each["output_filename"] for each in translation.job["outputs"]]
    assert names == ["a.mp4", "b.zip", "m.zip", "d.zip"]
    hls, dash, pictures = (translation.patterns[n] for n in (1, 2, 3))
    assert hls.target("1-segment-00004.m4s") == "b4.m4s"
    assert hls.target("1-init.mp4") == "init.mp4"
    assert dash.target("2-init-0.mp4") == "c/init-stream0.m4s"
    assert dash.relinked('media="2-segment-$RepresentationID$-$Number%05d$.m4s"', "c/m.mpd") == (
        'media="chunk-stream$RepresentationID$-$Number%05d$.m4s"'
    )
    assert pictures.target("3-00007.png") == "d7.png"


def test_a_playlist_of_the_last_segments_has_all_and_says_so() -> None:
    assert translated("-i in.mp4 -hls_list_size 0 x.m3u8").remarks == ()
    assert translated("-i in.mp4 x.m3u8").remarks == (
        "the playlist has all segments, as with -hls_list_size 0",
    )


def test_start_number_of_another_muxer_stays_an_option() -> None:
    job = translated("-i in.mp4 -start_number 3 out.mp4").job

    assert job["extra_args"] == ["-start_number", "3"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("-i in.mp4 -c copy out%d.mp4", "numbered files are pictures"),
        ("-i in.mp4 out%d-%d.png", "their number once"),
        ("-i in.mp4 -f segment out.mp4", "their number once"),
        ("-i in.mp4 -f segment d%d/out.mp4", "their number once"),
        ("-i in.mp4 -f segment -segment_list l.ffconcat out%d.mp4", "m3u8 or csv"),
        ("-i in.mp4 -f segment -segment_list_size 3 out%d.mp4", "-segment_list_size"),
        ("-i in.mp4 -var_stream_map s:0,sgroup:x -f hls x.m3u8", "supported are v:0"),
        ('-i in.mp4 -var_stream_map "v:0 v:1" -f hls x.m3u8', "need %v in their paths"),
        ("-i in.mp4 -hls_flags delete_segments x.m3u8", "independent_segments"),
        ("-i in.mp4 -hls_segment_filename x.ts x.m3u8", "their number once"),
        ("-i in.mp4 -adaptation_sets id=0,streams=v x.mpd", "the sets are those of"),
        ("-i in.mp4 -frames:v x b%d.png", "takes a number"),
        ("-i in.mp4 -f segment -strftime 1 out_%H.mp4", "names of files are numbers"),
        ("-i in.mp4 -frame_pts 1 img%d.png", "not by their time"),
    ],
)
def test_what_a_package_cannot_be_is_refused(line: str, words: str) -> None:
    with pytest.raises(CannotTranslate) as caught:
        translated(line)

    assert words in str(caught.value)
