"""Ordinary ffmpeg command lines: the job that each means, or the refusal that names the option."""

# ruff: noqa: E501 - the lines are what people type

import json
import shlex
from itertools import pairwise
from typing import Any

import pytest

from ffremote import ffmpeg, spec
from ffremote.config import Settings
from ffremote.errors import RequestError
from ffremote.ffmpeg.facts import MediaFacts, Stream
from ffremote.ffmpeg.filtergraph import read_graph
from ffremote_cli.translate import CannotTranslate, FirstPass, Translation, read_line, translate

LINES: list[tuple[str, dict[str, Any]]] = [
    # trims
    ("-i in.mp4 -ss 00:01:00 -t 30 out.mp4", {"input": {"start": 60, "duration": 30}}),
    (
        "-ss 60 -i in.mp4 -t 30 -c copy out.mp4",
        {
            "input": {"start": 60, "duration": 30},
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "subtitles": {"mode": "copy"},
        },
    ),
    (
        "-ss 00:00:10 -to 00:00:20 -i in.mp4 -c copy out.mp4",
        {
            "input": {"start": 10, "duration": 10},
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "subtitles": {"mode": "copy"},
        },
    ),
    ("-ss 10 -i in.mp4 -to 20 out.mp4", {"input": {"start": 10, "duration": 20}}),
    (
        "-i in.mp4 -ss 10 -to 20 -c:v libx264 -c:a copy out.mp4",
        {
            "video": {"codec": "libx264"},
            "audio": {"codec": "copy"},
            "input": {"start": 10, "duration": 10},
        },
    ),
    ("-i in.mp4 -t 5 out.mkv", {"input": {"duration": 5}}),
    ("-t 5 -i in.mp4 out.mkv", {"input": {"duration": 5}}),
    ("-i in.mp4 -to 1:30 out.mp4", {"input": {"duration": 90}}),
    ("-ss 10 -i in.mp4 -ss 5 -t 3 out.mp4", {"input": {"start": 15, "duration": 3}}),
    ("-ss 1500ms -i in.mp4 out.mp4", {"input": {"start": 1.5}}),
    ("-ss 0 -i in.mp4 -t 10 out.mp4", {"input": {"duration": 10}}),
    # remuxes
    (
        "-i in.mkv -c copy out.mp4",
        {"video": {"codec": "copy"}, "audio": {"codec": "copy"}, "subtitles": {"mode": "copy"}},
    ),
    (
        "-i in.mkv -codec copy out.mov",
        {"video": {"codec": "copy"}, "audio": {"codec": "copy"}, "subtitles": {"mode": "copy"}},
    ),
    (
        "-i in.avi -vcodec copy -acodec copy out.mkv",
        {"video": {"codec": "copy"}, "audio": {"codec": "copy"}},
    ),
    (
        "-i in.mkv -map 0 -c copy out.mkv",
        {
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "streams": ["0"],
            "subtitles": {"mode": "copy"},
        },
    ),
    (
        "-i in.mp4 -c copy -movflags +faststart out.mp4",
        {
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "subtitles": {"mode": "copy"},
            "extra_args": ["-movflags", "+faststart"],
        },
    ),
    (
        "-i in.ts -c copy -bsf:a aac_adtstoasc out.mp4",
        {
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "subtitles": {"mode": "copy"},
            "extra_args": ["-bsf:a", "aac_adtstoasc"],
        },
    ),
    (
        "-i in.mkv -map 0 -c copy -c:s mov_text out.mp4",
        {
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "streams": ["0"],
            "subtitles": {"mode": "convert", "codec": "mov_text"},
        },
    ),
    (
        "-i in.mkv -c:v copy -c:a aac -b:a 192k out.mp4",
        {"video": {"codec": "copy"}, "audio": {"codec": "aac", "bitrate": "192k"}},
    ),
    (
        "-i in.mp4 -c copy -f matroska out.mkv",
        {
            "container": "mkv",
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "subtitles": {"mode": "copy"},
        },
    ),
    (
        "-i in.mp4 -c copy -f mpegts out.ts",
        {"container": "ts", "video": {"codec": "copy"}, "audio": {"codec": "copy"}},
    ),
    (
        "-i in.mkv -map 0:v:0 -map 0:a:1 -c copy out.mp4",
        {"video": {"codec": "copy"}, "audio": {"codec": "copy"}, "streams": ["0:v:0", "0:a:1"]},
    ),
    (
        "-i in.mkv -map 0 -map -0:s -c copy out.mkv",
        {
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "streams": ["0", "-0:s"],
            "subtitles": {"mode": "copy"},
        },
    ),
    (
        "-i in.mp4 -map 0:v -map 0:a? -c copy out.mp4",
        {"video": {"codec": "copy"}, "audio": {"codec": "copy"}, "streams": ["0:v", "0:a?"]},
    ),
    (
        "-i in.mp4 -c copy -tag:v hvc1 out.mp4",
        {
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "subtitles": {"mode": "copy"},
            "extra_args": ["-tag:v", "hvc1"],
        },
    ),
    # encodes for the web
    ("-i infile.mp4 -c:v libx264 -crf 23 outfile.mp4", {"video": {"codec": "libx264", "crf": 23}}),
    (
        "-i in.mov -vcodec libx264 -preset slow -crf 18 -acodec aac -ab 160k out.mp4",
        {
            "video": {"codec": "libx264", "preset": "slow", "crf": 18},
            "audio": {"codec": "aac", "bitrate": "160k"},
        },
    ),
    (
        "-i in.mov -c:v libx264 -preset veryfast -tune film -profile:v high -level 4.1 -pix_fmt yuv420p out.mp4",
        {
            "video": {
                "codec": "libx264",
                "preset": "veryfast",
                "tune": "film",
                "profile": "high",
                "level": "4.1",
                "pix_fmt": "yuv420p",
            }
        },
    ),
    (
        "-i in.mov -c:v libx264 -b:v 3M -maxrate 4M -bufsize 8M -c:a aac -b:a 128k -ar 44100 -ac 2 out.mp4",
        {
            "video": {"codec": "libx264", "bitrate": "3M", "maxrate": "4M", "bufsize": "8M"},
            "audio": {"codec": "aac", "bitrate": "128k", "sample_rate": 44100, "channels": 2},
        },
    ),
    (
        "-i in.mov -c:v libx265 -crf 28 -tag:v hvc1 -c:a copy out.mp4",
        {
            "video": {"codec": "libx265", "crf": 28},
            "audio": {"codec": "copy"},
            "extra_args": ["-tag:v", "hvc1"],
        },
    ),
    (
        "-i in.mov -c:v libvpx-vp9 -crf 30 -b:v 0 -c:a libopus out.webm",
        {"video": {"codec": "libvpx-vp9", "crf": 30}, "audio": {"codec": "libopus"}},
    ),
    (
        "-i in.mov -c:v libvpx-vp9 -crf 30 -b:v 2M -row-mt 1 -c:a libopus -b:a 96k out.webm",
        {
            "video": {"codec": "libvpx-vp9", "crf": 30, "bitrate": "2M"},
            "audio": {"codec": "libopus", "bitrate": "96k"},
            "extra_args": ["-row-mt", "1"],
        },
    ),
    (
        "-i in.mov -c:v libsvtav1 -preset 8 -crf 35 -svtav1-params tune=0 -c:a libopus out.webm",
        {
            "video": {"codec": "libsvtav1", "preset": "8", "crf": 35},
            "audio": {"codec": "libopus"},
            "extra_args": ["-svtav1-params", "tune=0"],
        },
    ),
    (
        "-i in.mov -c:v libaom-av1 -crf 30 -cpu-used 6 out.mkv",
        {"video": {"codec": "libaom-av1", "crf": 30}, "extra_args": ["-cpu-used", "6"]},
    ),
    (
        "-i in.mov -c:v libx264 -x264-params keyint=60:scenecut=0 out.mp4",
        {"video": {"codec": "libx264"}, "extra_args": ["-x264-params", "keyint=60:scenecut=0"]},
    ),
    (
        "-i in.mov -c:v libx264 -g 48 -keyint_min 48 -sc_threshold 0 -bf 2 out.mp4",
        {
            "video": {"codec": "libx264", "gop": 48, "bframes": 2},
            "extra_args": ["-keyint_min", "48", "-sc_threshold", "0"],
        },
    ),
    (
        '-i in.mov -c:v libx264 -force_key_frames "expr:gte(t,n_forced*2)" out.mp4',
        {
            "video": {"codec": "libx264"},
            "extra_args": ["-force_key_frames", "expr:gte(t,n_forced*2)"],
        },
    ),
    (
        "-i in.mov -c:v libx264 -qp 0 -preset ultrafast out.mkv",
        {"video": {"codec": "libx264", "qp": 0, "preset": "ultrafast"}},
    ),
    (
        "-i in.mov -vcodec mpeg4 -q:v 3 -acodec libmp3lame -q:a 2 out.avi",
        {
            "video": {"codec": "mpeg4"},
            "audio": {"codec": "libmp3lame", "quality": 2},
            "extra_args": ["-q:v", "3"],
        },
    ),
    (
        "-i in.mov -vcodec mpeg4 -qscale 3 out.avi",
        {"video": {"codec": "mpeg4"}, "extra_args": ["-qscale", "3"]},
    ),
    (
        "-i in.mov -c:v prores_ks -profile:v 3 -c:a pcm_s16le out.mov",
        {"video": {"codec": "prores_ks", "profile": "3"}, "audio": {"codec": "pcm_s16le"}},
    ),
    (
        "-i in.mov -c:v ffv1 -level 3 -g 1 -slices 16 -c:a flac out.mkv",
        {
            "video": {"codec": "ffv1", "level": "3", "gop": 1},
            "audio": {"codec": "flac"},
            "extra_args": ["-slices", "16"],
        },
    ),
    (
        "-i in.mov -c:v h264_nvenc -preset p5 -cq 23 out.mp4",
        {"video": {"codec": "h264_nvenc", "preset": "p5"}, "extra_args": ["-cq", "23"]},
    ),
    (
        "-y -hide_banner -loglevel error -stats -i in.mov -c:v libx264 -crf 20 -r 30 out.mp4",
        {"video": {"codec": "libx264", "crf": 20, "fps": "30"}},
    ),
    ("-i in.mov -r 30000/1001 out.mp4", {"video": {"fps": "30000/1001"}}),
    ("-i in.mov -r ntsc out.mp4", {"video": {"fps": "30000/1001"}}),
    (
        "-i in.mov -c:v libx264 -colorspace bt709 -color_primaries bt709 -color_trc bt709 out.mp4",
        {
            "video": {"codec": "libx264"},
            "extra_args": [
                "-colorspace",
                "bt709",
                "-color_primaries",
                "bt709",
                "-color_trc",
                "bt709",
            ],
        },
    ),
    (
        "-i in.mov -c:v libx264 -crf 22 -fps_mode cfr out.mp4",
        {"video": {"codec": "libx264", "crf": 22}, "extra_args": ["-fps_mode", "cfr"]},
    ),
    (
        "-i in.mov -c:v libx264 -crf 22 -vsync 1 out.mp4",
        {"video": {"codec": "libx264", "crf": 22}, "extra_args": ["-fps_mode", "cfr"]},
    ),
    (
        "-i in.mov -c:v libx264 -aspect 16:9 out.mp4",
        {"video": {"codec": "libx264"}, "extra_args": ["-aspect", "16:9"]},
    ),
    (
        "-i in.mov -c:v libx264 -shortest out.mp4",
        {"video": {"codec": "libx264"}, "extra_args": ["-shortest"]},
    ),
    (
        "-i in.mov -c:v libtheora -q:v 7 -c:a libvorbis -q:a 4 out.ogv",
        {
            "video": {"codec": "libtheora"},
            "audio": {"codec": "libvorbis", "quality": 4},
            "extra_args": ["-q:v", "7"],
        },
    ),
    (
        "-i in.mov -c:v libx264 -movflags frag_keyframe+empty_moov -f mp4 out.mp4",
        {
            "video": {"codec": "libx264"},
            "container": "mp4",
            "extra_args": ["-movflags", "frag_keyframe+empty_moov"],
        },
    ),
    ("-i in.mov -f mp4 -", {"container": "mp4"}),
    # scaling, padding, turning
    ("-i in.mp4 -vf scale=1280:720 out.mp4", {"video": {"filters": ["scale=1280:720"]}}),
    (
        "-i in.mp4 -vf scale=1280:-2 -c:a copy out.mp4",
        {"video": {"filters": ["scale=1280:-2"]}, "audio": {"codec": "copy"}},
    ),
    ('-i in.mp4 -vf "scale=iw/2:ih/2" out.mp4', {"video": {"filters": ["scale=iw/2:ih/2"]}}),
    ('-i in.mp4 -filter:v "scale=-2:720" out.mp4', {"video": {"filters": ["scale=-2:720"]}}),
    ("-i in.mp4 -s 640x480 out.mp4", {"video": {"scale": "640:480"}}),
    ("-i in.mp4 -s hd720 out.mp4", {"video": {"scale": "1280:720"}}),
    (
        "-i in.mp4 -vf hflip -s 640x480 -r 25 out.mp4",
        {"video": {"filters": ["hflip", "scale=640:480", "fps=25"]}},
    ),
    (
        '-i in.mp4 -vf "scale=1280:720:force_original_aspect_ratio=decrease,pad=1280:720:(ow-iw)/2:(oh-ih)/2" out.mp4',
        {
            "video": {
                "filters": [
                    "scale=1280:720:force_original_aspect_ratio=decrease,pad=1280:720:(ow-iw)/2:(oh-ih)/2"
                ]
            }
        },
    ),
    ("-i in.mp4 -vf crop=640:360:0:60 out.mp4", {"video": {"filters": ["crop=640:360:0:60"]}}),
    (
        '-i in.mp4 -vf "crop=in_w:in_h-40" -c:a copy out.mp4',
        {"video": {"filters": ["crop=in_w:in_h-40"]}, "audio": {"codec": "copy"}},
    ),
    ("-i in.mp4 -vf transpose=1 out.mp4", {"video": {"filters": ["transpose=1"]}}),
    (
        '-i in.mp4 -vf "transpose=2,transpose=2" out.mp4',
        {"video": {"filters": ["transpose=2,transpose=2"]}},
    ),
    ("-i in.mp4 -vf hflip out.mp4", {"video": {"filters": ["hflip"]}}),
    ("-i in.mp4 -vf yadif out.mp4", {"video": {"filters": ["yadif"]}}),
    (
        '-i in.mp4 -vf "yadif=1:-1:0,scale=1280:720" -r 50 out.mp4',
        {"video": {"filters": ["yadif=1:-1:0,scale=1280:720", "fps=50"]}},
    ),
    ("-i in.mp4 -vf fps=15 out.mp4", {"video": {"filters": ["fps=15"]}}),
    (
        '-i in.mp4 -vf "eq=brightness=0.06:saturation=2" -c:a copy out.mp4',
        {"video": {"filters": ["eq=brightness=0.06:saturation=2"]}, "audio": {"codec": "copy"}},
    ),
    (
        '-i in.mp4 -vf "setpts=0.5*PTS" -an out.mp4',
        {"video": {"filters": ["setpts=0.5*PTS"]}, "audio": False},
    ),
    (
        '-i in.mp4 -vf "setpts=2.0*PTS" -af atempo=0.5 out.mp4',
        {"video": {"filters": ["setpts=2.0*PTS"]}, "audio": {"filters": ["atempo=0.5"]}},
    ),
    (
        '-t 10 -i in.mp4 -vf "setpts=0.5*PTS" -an out.mp4',
        {"video": {"filters": ["setpts=0.5*PTS"]}, "input": {"duration": 10}, "audio": False},
    ),
    (
        '-i in.mp4 -vf "fade=t=in:st=0:d=1,fade=t=out:st=9:d=1" out.mp4',
        {"video": {"filters": ["fade=t=in:st=0:d=1,fade=t=out:st=9:d=1"]}},
    ),
    (
        '-i in.mp4 -vf "hqdn3d=4:3:6:4.5,unsharp=5:5:1.0" out.mp4',
        {"video": {"filters": ["hqdn3d=4:3:6:4.5,unsharp=5:5:1.0"]}},
    ),
    (
        '-i in.mp4 -vf "drawbox=x=10:y=10:w=100:h=50:color=red@0.5:t=fill" out.mp4',
        {"video": {"filters": ["drawbox=x=10:y=10:w=100:h=50:color=red@0.5:t=fill"]}},
    ),
    ("-i in.mp4 -vf format=gray out.mp4", {"video": {"filters": ["format=gray"]}}),
    (
        '-i in.mp4 -filter_complex "[0:v]scale=640:-2[v]" -map "[v]" -map 0:a out.mp4',
        {"video": {"filters": ["scale=640:-2"]}, "streams": ["0:v:0", "0:a"]},
    ),
    ('-i in.mp4 -filter_complex "scale=640:-2" out.mp4', {"video": {"filters": ["scale=640:-2"]}}),
    (
        '-i in.mp4 -filter_complex "[0:a]volume=2[a]" -map 0:v -map "[a]" -c:v copy out.mp4',
        {
            "audio": {"filters": ["volume=2"]},
            "video": {"codec": "copy"},
            "streams": ["0:v", "0:a:0"],
        },
    ),
    (
        '-i in.mp4 -filter_complex "[0:v]split[a][b];[b]boxblur=20[c];[a][c]vstack" out.mp4',
        {"video": {"filters": ["split[a][b];[b]boxblur=20[c];[a][c]vstack"]}},
    ),
    # one file's parts put together
    (
        "-i in.mp4 -vf \"select='between(t,0,5)+between(t,10,15)',setpts=N/FRAME_RATE/TB\" -af \"aselect='between(t,0,5)+between(t,10,15)',asetpts=N/SR/TB\" out.mp4",
        {
            "video": {
                "filters": ["select='between(t,0,5)+between(t,10,15)',setpts=N/FRAME_RATE/TB"]
            },
            "audio": {"filters": ["aselect='between(t,0,5)+between(t,10,15)',asetpts=N/SR/TB"]},
        },
    ),
    (
        '-i in.mp4 -vf "trim=0:5,setpts=PTS-STARTPTS" -an out.mp4',
        {"video": {"filters": ["trim=0:5,setpts=PTS-STARTPTS"]}, "audio": False},
    ),
    # sound
    ("-i in.mp4 -vn -c:a copy out.m4a", {"audio": {"codec": "copy"}, "video": False}),
    ("-i in.mp4 -vn out.mp3", {"video": False}),
    (
        "-i in.mp4 -vn -acodec libmp3lame -ab 320k out.mp3",
        {"audio": {"codec": "libmp3lame", "bitrate": "320k"}, "video": False},
    ),
    (
        "-i in.mp4 -vn -c:a libmp3lame -q:a 2 out.mp3",
        {"audio": {"codec": "libmp3lame", "quality": 2}, "video": False},
    ),
    (
        "-i in.mp4 -vn -c:a libopus -b:a 64k -ac 1 out.opus",
        {"audio": {"codec": "libopus", "bitrate": "64k", "channels": 1}, "video": False},
    ),
    (
        "-i in.mp4 -vn -acodec pcm_s16le -ar 16000 -ac 1 out.wav",
        {"audio": {"codec": "pcm_s16le", "sample_rate": 16000, "channels": 1}, "video": False},
    ),
    ("-i in.mp4 -q:a 0 -map a out.mp3", {"audio": {"quality": 0}, "streams": ["0:a"]}),
    (
        "-i in.mp4 -map 0:a -c copy out.mka",
        {"video": {"codec": "copy"}, "audio": {"codec": "copy"}, "streams": ["0:a"]},
    ),
    ("-i in.wav out.flac", {}),
    (
        "-i in.wav -c:a flac -compression_level 12 out.flac",
        {"audio": {"codec": "flac"}, "extra_args": ["-compression_level", "12"]},
    ),
    (
        "-i in.wav -c:a aac -b:a 256k -ar 48k out.m4a",
        {"audio": {"codec": "aac", "bitrate": "256k", "sample_rate": 48000}},
    ),
    (
        "-i in.mp4 -af loudnorm=I=-16:TP=-1.5:LRA=11 -c:v copy out.mp4",
        {"audio": {"filters": ["loudnorm=I=-16:TP=-1.5:LRA=11"]}, "video": {"codec": "copy"}},
    ),
    (
        '-i in.mp4 -af "volume=10dB" -c:v copy out.mp4',
        {"audio": {"filters": ["volume=10dB"]}, "video": {"codec": "copy"}},
    ),
    (
        '-i in.mp4 -filter:a "atempo=1.5" -vn out.mp3',
        {"audio": {"filters": ["atempo=1.5"]}, "video": False},
    ),
    (
        '-i in.mp4 -af "highpass=f=200,lowpass=f=3000" -c:v copy out.mp4',
        {"audio": {"filters": ["highpass=f=200,lowpass=f=3000"]}, "video": {"codec": "copy"}},
    ),
    (
        '-i in.mp4 -af "afade=t=out:st=25:d=5" out.mp3',
        {"audio": {"filters": ["afade=t=out:st=25:d=5"]}},
    ),
    ('-i in.mp4 -af "pan=mono|c0=c0" out.wav', {"audio": {"filters": ["pan=mono|c0=c0"]}}),
    (
        "-i in.mp4 -af silenceremove=1:0:-50dB out.wav",
        {"audio": {"filters": ["silenceremove=1:0:-50dB"]}},
    ),
    ("-i in.mp4 -an -c:v copy out.mp4", {"video": {"codec": "copy"}, "audio": False}),
    (
        "-i in.mp4 -c:v copy -af aresample=async=1 out.mp4",
        {"video": {"codec": "copy"}, "audio": {"filters": ["aresample=async=1"]}},
    ),
    (
        "-i in.mp4 -c:v copy -c:a ac3 -b:a 640k -ac 6 out.mkv",
        {"video": {"codec": "copy"}, "audio": {"codec": "ac3", "bitrate": "640k", "channels": 6}},
    ),
    # gifs and pictures
    ("-i in.mp4 out.gif", {}),
    (
        '-ss 2 -t 3 -i in.mp4 -vf "fps=10,scale=320:-1:flags=lanczos" -loop 0 out.gif',
        {
            "video": {"filters": ["fps=10,scale=320:-1:flags=lanczos"]},
            "input": {"start": 2, "duration": 3},
            "extra_args": ["-loop", "0"],
        },
    ),
    (
        '-i in.mp4 -filter_complex "[0:v] fps=12,scale=480:-1,split [a][b];[a] palettegen [p];[b][p] paletteuse" out.gif',
        {
            "video": {
                "filters": ["fps=12,scale=480:-1,split [a][b];[a] palettegen [p];[b][p] paletteuse"]
            }
        },
    ),
    (
        '-i in.mp4 -vf "fps=10,scale=320:-1,split[s0][s1];[s0]palettegen[p];[s1][p]paletteuse" -loop 0 out.gif',
        {
            "video": {
                "filters": ["fps=10,scale=320:-1,split[s0][s1];[s0]palettegen[p];[s1][p]paletteuse"]
            },
            "extra_args": ["-loop", "0"],
        },
    ),
    ("-ss 5 -i in.mp4 -frames:v 1 out.jpg", {"thumbnail": {"at": 5}}),
    (
        "-ss 00:00:05 -i in.mp4 -vframes 1 -q:v 2 out.jpg",
        {"thumbnail": {"at": 5}, "extra_args": ["-q:v", "2"]},
    ),
    (
        "-i in.mp4 -ss 3 -frames:v 1 -s 320x180 thumb.png",
        {"thumbnail": {"at": 3}, "video": {"scale": "320:180"}},
    ),
    (
        "-ss 5 -i in.mp4 -vf scale=320:-1 -frames:v 1 -update 1 out.png",
        {"video": {"filters": ["scale=320:-1"]}, "thumbnail": {"at": 5}},
    ),
    ("-ss 5 -i in.mp4 -frames:v 1 -f image2 out.png", {"container": "png", "thumbnail": {"at": 5}}),
    (
        "-i in.mp4 -vf thumbnail -frames:v 1 out.png",
        {"video": {"filters": ["thumbnail"]}, "thumbnail": {"at": 0}},
    ),
    (
        '-i in.mp4 -vf "fps=1/10,tile=5x5,scale=1920:-1" -frames:v 1 sheet.jpg',
        {"video": {"filters": ["fps=1/10,tile=5x5,scale=1920:-1"]}, "thumbnail": {"at": 0}},
    ),
    ("-i in.mp4 -frames:v 100 out.mp4", {"extra_args": ["-frames:v", "100"]}),
    # subtitles
    ("-i in.mkv -map 0:s:0 out.srt", {"streams": ["0:s:0"]}),
    (
        "-i in.mkv -c:v copy -c:a copy -c:s srt out.mkv",
        {
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "subtitles": {"mode": "convert", "codec": "srt"},
        },
    ),
    (
        "-i in.mkv -sn -c copy out.mkv",
        {"video": {"codec": "copy"}, "audio": {"codec": "copy"}, "subtitles": {"mode": "drop"}},
    ),
    ("-i in.mkv -vf subtitles=in.mkv out.mp4", {"subtitles": {"mode": "burn", "track": 0}}),
    (
        '-i in.mkv -vf "scale=1280:-2,subtitles=in.mkv:si=1" -c:a copy out.mp4',
        {
            "subtitles": {"mode": "burn", "track": 1},
            "video": {"filters": ["scale=1280:-2"]},
            "audio": {"codec": "copy"},
        },
    ),
    (
        "-i in.mkv -map 0:v -map 0:a -map 0:s -c:v libx264 -c:a copy -c:s copy out.mkv",
        {
            "video": {"codec": "libx264"},
            "audio": {"codec": "copy"},
            "streams": ["0:v", "0:a", "0:s"],
            "subtitles": {"mode": "copy"},
        },
    ),
    # metadata
    (
        '-i in.mp4 -metadata title="A = B" -metadata artist=Me -c copy out.mp4',
        {
            "metadata": {"title": "A = B", "artist": "Me"},
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "subtitles": {"mode": "copy"},
        },
    ),
    (
        "-i in.mp4 -map_metadata -1 -c:v copy -c:a copy out.mp4",
        {"strip_metadata": True, "video": {"codec": "copy"}, "audio": {"codec": "copy"}},
    ),
    (
        "-i in.mp4 -metadata:s:a:0 language=eng -c copy out.mp4",
        {
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "subtitles": {"mode": "copy"},
            "extra_args": ["-metadata:s:a:0", "language=eng"],
        },
    ),
    (
        "-i in.mp4 -c copy -disposition:a:0 default out.mp4",
        {
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "subtitles": {"mode": "copy"},
            "extra_args": ["-disposition:a:0", "default"],
        },
    ),
    (
        "-i in.mp4 -c copy -map_chapters -1 out.mp4",
        {
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "subtitles": {"mode": "copy"},
            "extra_args": ["-map_chapters", "-1"],
        },
    ),
    # two passes
    (
        "-i in.mp4 -c:v libx264 -b:v 2600k -pass 2 -c:a aac -b:a 128k out.mp4",
        {
            "video": {"codec": "libx264", "bitrate": "2600k", "two_pass": True},
            "audio": {"codec": "aac", "bitrate": "128k"},
        },
    ),
    # what a job cannot say
    (
        "-i in.mp4 -dn -c copy out.mp4",
        {
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "subtitles": {"mode": "copy"},
            "extra_args": ["-dn"],
        },
    ),
]

REFUSED: list[tuple[str, str]] = [
    # trims
    ("-sseof -10 -i in.mp4 out.mp4", "-sseof: count from the beginning instead: -ss"),
    ("-i in.mp4 -ss -5 out.mp4", "-ss -5: this is no time that counts from the beginning"),
    ("-ss 20 -i in.mp4 -t 0 out.mp4", "-t: the stretch would end before it begins"),
    # remuxes
    # encodes for the web
    (
        "-i in.mov -c:v libx264 -crf 23 -b:v 1M out.mp4",
        "-b:v 1M: this encoder does not look at it beside -crf",
    ),
    ("-i in.mov -c:v libx264 -crf good out.mp4", "-crf good: this option wants a number"),
    (
        "-i in.mov -threads 4 out.mp4",
        "-threads: the server decides how many threads it uses; leave it out",
    ),
    ("-i in.mov -c libx264 out.mp4", "-c libx264: say which: -c:v or -c:a"),
    # scaling, padding, turning
    (
        '-i in.mp4 -vf "setpts=0.5*PTS" -t 5 -an out.mp4',
        "-t: after -i it counts in the result, whose pace setpts changes",
    ),
    (
        '-i in.mp4 -filter_complex "[0:v]scale=640:-2[v]" -map 0:a out.mp4',
        "[v]: no -map takes this output of the filters",
    ),
    (
        '-i in.mp4 -i logo.png -filter_complex "overlay=10:10" out.mp4',
        "logo.png: this would be a second input, and a job has one",
    ),
    (
        "-i in.mp4 -i music.mp3 -map 0:v -map 1:a -c:v copy -shortest out.mp4",
        "music.mp3: this would be a second input, and a job has one",
    ),
    (
        '-i in.mp4 -filter_complex "[0:v][1:v]overlay" out.mp4',
        "-filter_complex [0:v][1:v]overlay: it reads [1:v], and filters of a job read its pictures or its sound once",
    ),
    # one file's parts put together
    (
        '-i in.mp4 -filter_complex "[0:v]trim=0:5,setpts=PTS-STARTPTS[a];[0:v]trim=10:15,setpts=PTS-STARTPTS[b];[a][b]concat=n=2:v=1[out]" -map "[out]" out.mp4',
        "-filter_complex [0:v]trim=0:5,setpts=PTS-STARTPTS[a];[0:v]trim=10:15,setpts=PTS-STARTPTS[b];[a][b]concat=n=2:v=1[out]: it reads the input more than once, and filters of a job read its pictures or its sound once",
    ),
    (
        "-f concat -safe 0 -i list.txt -c copy out.mp4",
        "-f concat: a job reads one uploaded file; join the files before, or run a command for each",
    ),
    (
        '-i "concat:a.ts|b.ts" -c copy out.mp4',
        "-i concat:a.ts|b.ts: a job reads one uploaded file; join the files before, or run a command for each",
    ),
    # sound
    ("-i in.mp4 -vol 512 out.mp3", "-vol: use -af volume"),
    ("-i in.mp4 -af volumedetect -f null -", "-f null: nothing would come back from the server"),
    (
        "-i in.mp4 -map_channel 0.1.0 out.wav",
        "-map_channel: use -af pan, such as -af pan=mono|c0=c0",
    ),
    # gifs and pictures
    (
        '-i in.mp4 -i palette.png -lavfi "fps=10 [x]; [x][1:v] paletteuse" out.gif',
        "palette.png: this would be a second input, and a job has one",
    ),
    (
        "-i in.mp4 -vf fps=1 out%03d.jpg",
        "out%03d.jpg: this makes several files, and a job makes one",
    ),
    ("-i in.mp4 out.jpg", "out.jpg: a picture of a film needs -frames:v 1"),
    (
        "-framerate 25 -i img%03d.png out.mp4",
        "-framerate: the input's own times are used; set the output's rate with -r after -i",
    ),
    # subtitles
    (
        '-i in.mkv -vf "subtitles=in.mkv,scale=1280:-2" out.mp4',
        "-vf subtitles=in.mkv,scale=1280:-2: burn the subtitles in with the last filter",
    ),
    (
        "-i in.mp4 -vf subtitles=subs.srt out.mp4",
        "-vf subtitles=subs.srt: a job reads one file, so subs.srt is not on the server",
    ),
    (
        "-i in.mkv -map 0:m:language:eng -c copy out.mkv",
        "-map 0:m:language:eng: a job's maps are like 0, 0:v:0, 0:a?, 0:3 or -0:s",
    ),
    (
        "-i in.mp4 -i subs.srt -c copy -c:s mov_text out.mp4",
        "subs.srt: this would be a second input, and a job has one",
    ),
    # metadata
    ("-i in.mp4 -metadata title -c copy out.mp4", "-metadata title: metadata is KEY=VALUE"),
    # two passes
    # what a job cannot say
    (
        "-re -i in.mp4 -c copy -f flv rtmp://live/x",
        "-re: the server works as fast as it can; leave it out",
    ),
    ("-i rtsp://camera/1 -c copy out.mp4", "-i rtsp://camera/1: the server reads no addresses"),
    (
        "-f lavfi -i testsrc out.mp4",
        "-f lavfi: a job reads one uploaded file; join the files before, or run a command for each",
    ),
    ("-stream_loop 3 -i in.mp4 -c copy out.mp4", "-stream_loop: a job reads its input once"),
    (
        "-i in.mp4 -hls_time 10 -f hls out.m3u8",
        "-f hls: this makes several files, and a job makes one",
    ),
    ("-i in.mp4 a.mp4 b.mp4", "b.mp4: this would be a second output, and a job has one"),
    (
        "-i in.mp4 -c copy -f segment -segment_time 60 out%03d.mp4",
        "-f segment: this makes several files, and a job makes one",
    ),
    (
        "-hwaccel cuda -i in.mp4 out.mp4",
        "-hwaccel: the server decides how it decodes; leave it out",
    ),
    (
        "-itsoffset 0.5 -i in.mp4 -c copy out.mp4",
        "-itsoffset: the input's own times are used; shift sound with -af adelay, pictures with -vf setpts",
    ),
    ("-i in.mp4 out.mp4 -crf 23", "-crf: this option stands after the last file"),
    ("-i in.mp4 out.mp4 -crf", "-crf: this option needs a value"),
    ("-i in.mp4", "ffmpeg: at least one output file must be given"),
    ("out.mp4", "ffmpeg: there is no input (-i)"),
    ("-i in.mp4 -copyts out.mp4", "-copyts: times begin at zero in a result; leave it out"),
    (
        "-f mov -i in.mp4 out.mkv",
        "-f: the server finds out by itself what the input is; leave it out",
    ),
]

FIRST_PASSES = [
    "-y -i in.mp4 -c:v libx264 -b:v 2600k -pass 1 -an -f null /dev/null",
    "-y -i in.mp4 -c:v libx264 -b:v 2600k -pass 1 -passlogfile x -f mp4 /dev/null",
]

REFUSED_BY_THE_SERVER = {
    "-i in.mov -c:v h264_nvenc -preset p5 -cq 23 out.mp4": "-cq",
    "-i in.mp4 -af silenceremove=1:0:-50dB out.wav": "silenceremove",
}
"""Translated, but with an option or a filter that no server takes; it says so by name."""

FILM = MediaFacts(
    format="matroska,webm",
    duration=600.0,
    streams=(
        Stream(0, "video", "h264", 1920, 1080, 25.0, "yuv420p", is_default=True),
        Stream(1, "audio", "aac", sample_rate=48000, channels=2, is_default=True),
        Stream(2, "audio", "aac", sample_rate=48000, channels=2),
        Stream(3, "subtitle", "subrip"),
        Stream(4, "subtitle", "subrip"),
    ),
)


def translated(line: str) -> Translation | FirstPass:
    return translate(read_line(shlex.split(line)))


def job_of(line: str) -> dict[str, Any]:
    result = translated(line)
    assert isinstance(result, Translation)
    return dict(result.job)


@pytest.mark.parametrize(("line", "job"), LINES)
def test_the_line_means_this_job(line: str, job: dict[str, Any]) -> None:
    output = shlex.split(line)[-1]

    assert job_of(line) == {
        "output_filename": "result.mp4" if output == "-" else output,
        **job,
    }


@pytest.mark.parametrize(("line", "said"), REFUSED)
def test_what_no_job_can_say_is_refused_by_name(line: str, said: str) -> None:
    with pytest.raises(CannotTranslate) as caught:
        translated(line)

    assert caught.value.message == said
    assert caught.value.word.split()[0] in said


@pytest.mark.parametrize("line", FIRST_PASSES)
def test_the_first_of_two_passes_is_done_with_the_second(line: str) -> None:
    assert translated(line) == FirstPass()


@pytest.fixture(scope="module")
def capabilities() -> ffmpeg.Capabilities:
    return ffmpeg.read_capabilities(ffmpeg.locate(Settings()))


@pytest.mark.parametrize("line", [line for line, _ in LINES])
def test_the_server_takes_the_job_and_runs_what_was_typed(
    line: str, capabilities: ffmpeg.Capabilities
) -> None:
    job = spec.parse_job(json.dumps(job_of(line)).encode())
    if line in REFUSED_BY_THE_SERVER:
        with pytest.raises(RequestError, match=REFUSED_BY_THE_SERVER[line]):
            ffmpeg.check(job, capabilities)
        return

    plan = ffmpeg.plan(job, FILM, capabilities, ffmpeg.Limits(), attempt="a")

    planned = list(pairwise(plan.passes[-1].argv))
    assert [pair for pair in typed(line) if not is_in(planned, *pair)] == []


SAME = {
    "-vcodec": "-c:v",
    "-acodec": "-c:a",
    "-ab": "-b:a",
    "-b": "-b:v",
    "-level": "-level:v",
    "-vf": "-filter:v",
    "-af": "-filter:a",
    "-vframes": "-frames:v",
}
ELSEWHERE = {"-i", "-ss", "-t", "-to", "-map", "-s", "-r", "-f", "-loglevel", "-filter_complex"}
ELSEWHERE |= {"-vsync", "-pass", "-c", "-codec", "-c:s", "-b:v 0", "-update", "-map_metadata"}
"""Said in other words by the server's own rules; the tests above hold their jobs."""
SWITCHES = {"-y", "-an", "-vn", "-sn", "-dn", "-hide_banner", "-stats", "-shortest"}


def typed(line: str) -> list[tuple[str, str]]:
    """The options of the line with their values, as the server would write them."""
    words, pairs = shlex.split(line)[:-1], []
    while words:
        name = words.pop(0)
        if name in SWITCHES:
            continue
        value = words.pop(0)
        name = SAME.get(name, name)
        if name in ELSEWHERE or f"{name} {value}" in ELSEWHERE or "subtitles=" in value:
            continue
        pairs.append((name, canonical(name, value)))
    return pairs


def is_in(planned: list[tuple[str, str]], name: str, value: str) -> bool:
    """The server may go on after a filter chain or a list of parameters, never before."""
    goes_on = name.startswith("-filter") or name.endswith("-params")
    return any(
        word == name and (text == value or (goes_on and text.startswith(value)))
        for word, text in planned
    )


def canonical(name: str, value: str) -> str:
    if name.startswith("-filter"):
        return str(read_graph(value, name[-1]))
    return {"48k": "48000", "16:9": "16/9"}.get(value, value)
