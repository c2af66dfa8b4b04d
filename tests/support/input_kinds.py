"""Sixty kinds of input, made small: each is a recipe for FFmpeg or a stored sample."""

import subprocess
from pathlib import Path

from ffremote import ffmpeg
from tests.support.paths import MEDIA
from tests.support.pgs import picture_subtitle

_V = "-f lavfi -i testsrc2=s=160x120:r=25:d=0.6"
_A = "-f lavfi -i anoisesrc=r=48000:d=0.6:a=0.1"
_V2 = "-f lavfi -i testsrc2=s=160x120:r=25:d=2"
_A2 = "-f lavfi -i anoisesrc=r=48000:d=2:a=0.1"
_H264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p"
_AAC = "-c:a aac -b:a 64k"

# name: extension, options of FFmpeg
RECIPES: dict[str, tuple[str, str]] = {
    "phone hevc turned": ("mov", f"{_V} {_A} -c:v libx265 -preset ultrafast -tag:v hvc1 {_AAC}"),
    "hlg": (
        "mp4",
        (
            f"{_V} -c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -x265-params"
            " colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc -color_primaries bt2020"
            " -color_trc arib-std-b67 -colorspace bt2020nc"
        ),
    ),
    "vfr": (
        "mkv",
        f"{_V} {_A} -vf select='not(eq(mod(n\\,4)\\,1))' -fps_mode vfr {_H264} {_AAC}",
    ),
    "odd": ("mkv", f"-f lavfi -i testsrc=s=161x121:r=25:d=0.6 {_A} -c:v ffv1 -c:a flac"),
    "interlaced dv": (
        "avi",
        (
            f"-f lavfi -i testsrc2=s=720x576:r=50:d=0.6 {_A} -ac 2"
            " -vf interlace=scan=bff:lowpass=0,format=yuv420p -c:v dvvideo -c:a pcm_s16le"
        ),
    ),
    "interlaced mpeg-2": (
        "mpg",
        (
            f"-f lavfi -i testsrc2=s=352x288:r=50:d=0.6 {_A} -vf interlace=lowpass=0"
            " -c:v mpeg2video -flags +ilme+ildct -b:v 1M -c:a mp2"
        ),
    ),
    "interlaced h264": (
        "ts",
        (
            f"-f lavfi -i testsrc2=s=352x288:r=50:d=0.6 {_A} -vf interlace=lowpass=0 {_H264}"
            " -flags +ilme+ildct -x264-params tff=1 -c:a ac3"
        ),
    ),
    "telecine": ("mkv", "-f lavfi -i testsrc2=s=160x120:r=24000/1001:d=0.6 -vf telecine -c:v ffv1"),
    "5.1(side)": (
        "mkv",
        (
            f"{_V} -f lavfi -i anoisesrc=r=48000:d=0.6:a=0.1 {_H264} -c:a ac3"
            " -af aformat=channel_layouts=5.1(side)"
        ),
    ),
    "7.1": ("mkv", f"{_V} {_A} {_H264} -c:a flac -af aformat=channel_layouts=7.1"),
    "several audio tracks": (
        "mkv",
        (
            f"{_V} {_A} {_A} {_A} -map 0 -map 1 -map 2 -map 3 {_H264} -c:a:0 aac -c:a:1 ac3"
            " -c:a:2 flac -metadata:s:a:1 language=deu"
        ),
    ),
    "text subtitles": ("mkv", f"{_V} {_A} -i {{srt}} -map 0 -map 1 -map 2 {_H264} {_AAC} -c:s srt"),
    "subtitles in mp4": (
        "mp4",
        f"{_V} {_A} -i {{srt}} -map 0 -map 1 -map 2 {_H264} {_AAC} -c:s mov_text",
    ),
    "pgs": (
        "mkv",
        f"{_V2} {_A2} -i {{sup}} -map 0 -map 1 -map 2 {_H264} {_AAC} -c:s copy",
    ),
    "dvd subtitles": (
        "mkv",
        (
            f"{_V2} {_A2} -fix_sub_duration -i {{sup}} -map 0 -map 1 -map 2 -c:v mpeg2video"
            " -c:a ac3 -c:s dvdsub"
        ),
    ),
    "dvd subtitles for 49 days": (
        "mkv",
        f"{_V2} {_A2} -i {{sup}} -map 0 -map 1 -map 2 -c:v mpeg2video -c:a ac3 -c:s dvdsub",
    ),
    "dvd": (
        "vob",
        f"{_V2} {_A2} -i {{sup}} -map 0 -map 1 -map 2 -c:v mpeg2video -c:a ac3 -c:s dvdsub",
    ),
    "dvd of lpcm": (
        "mpg",
        (
            f"{_V2} {_A2} -i {{sup}} -map 0 -map 1 -map 2 -c:v mpeg2video -c:a pcm_dvd -ac 2"
            " -c:s dvdsub"
        ),
    ),
    "blu-ray": (
        "m2ts",
        (
            f"{_V2} {_A2} -i {{sup}} -map 0 -map 1 -map 2 {_H264} -c:a pcm_bluray -ac 2 -c:s copy"
            " -mpegts_m2ts_mode 1"
        ),
    ),
    "subtitles only": ("srt", "-i {srt} -c:s srt"),
    "4:4:4": ("mp4", f"{_V} -c:v libx264 -preset ultrafast -pix_fmt yuv444p"),
    "10 bit": ("mkv", f"{_V} -c:v libx264 -preset ultrafast -pix_fmt yuv420p10le"),
    "alpha": ("mov", "-f lavfi -i testsrc2=s=160x120:r=25:d=0.6,format=rgba -c:v qtrle"),
    "1000 fps": ("mkv", f"-f lavfi -i testsrc2=s=160x120:r=1000:d=0.2 {_H264}"),
    "anamorphic": (
        "mpg",
        (
            f"-f lavfi -i testsrc2=s=720x576:r=25:d=0.4,setsar=64/45 {_A} -c:v mpeg2video -b:v 2M"
            " -c:a mp2"
        ),
    ),
    "timecode": ("mov", f"{_V} {_A} {_H264} {_AAC} -timecode 01:00:00:00"),
    "fragmented mp4": ("mp4", f"{_V} {_A} {_H264} {_AAC} -movflags frag_keyframe+empty_moov"),
    "ts": ("ts", f"{_V} {_A} {_H264} {_AAC}"),
    "sound only": ("m4a", f"{_A} {_AAC}"),
    "picture and no sound": ("mp4", f"{_V} {_H264}"),
    "png": ("png", "-f lavfi -i testsrc=s=121x81 -frames:v 1"),
    "jpeg": ("jpg", "-f lavfi -i testsrc2=s=160x120 -frames:v 1 -pix_fmt yuvj420p"),
    "mjpeg": ("avi", f"{_V} {_A} -c:v mjpeg -pix_fmt yuvj422p -c:a pcm_s16le"),
    "msmpeg4": ("avi", f"{_V} {_A} -c:v msmpeg4v2 -c:a libmp3lame"),
    "wmv": ("wmv", f"{_V} {_A} -c:v wmv2 -c:a wmav2"),
    "flv": ("flv", f"{_V} {_A} -c:v flv -c:a libmp3lame -ar 44100"),
    "3gp": ("3gp", f"-f lavfi -i testsrc2=s=176x144:r=15:d=0.6 {_A} -c:v h263 {_AAC} -ar 8000"),
    "ogv": ("ogv", f"{_V} {_A} -c:v libtheora -c:a libvorbis"),
    "mxf": (
        "mxf",
        f"{_V} {_A} -c:v mpeg2video -b:v 2M -c:a pcm_s16le -ar 48000 -ac 2",
    ),
    "prores": ("mov", f"{_V} {_A} -c:v prores_ks -c:a pcm_s24le"),
    "wav of 8 bits": ("wav", "-f lavfi -i anoisesrc=r=8000:d=0.6:a=0.1 -c:a pcm_u8"),
    "wav of 96 kHz": ("wav", "-f lavfi -i anoisesrc=r=96000:d=0.6:a=0.1 -ac 2 -c:a pcm_s24le"),
    "raw aac": ("aac", f"{_A} {_AAC}"),
    "gray": ("mkv", "-f lavfi -i testsrc=s=160x120:r=25:d=0.6 -pix_fmt gray -c:v ffv1"),
    "pal8": ("avi", "-f lavfi -i testsrc=s=160x120:r=25:d=0.6 -pix_fmt pal8 -c:v rawvideo"),
    "bgr24": ("avi", "-f lavfi -i testsrc=s=160x120:r=25:d=0.4 -pix_fmt bgr24 -c:v rawvideo"),
    "yuv410p": ("mkv", "-f lavfi -i testsrc=s=160x120:r=25:d=0.6 -pix_fmt yuv410p -c:v ffv1"),
    "tiny": ("mkv", "-f lavfi -i testsrc2=s=2x2:r=25:d=0.4 -pix_fmt yuv420p -c:v ffv1"),
    "4096 wide": ("mkv", f"-f lavfi -i testsrc2=s=4096x64:r=25:d=0.2 {_H264}"),
    "portrait": ("mp4", f"-f lavfi -i testsrc2=s=120x214:r=30:d=0.5 {_A} {_H264} {_AAC}"),
    "90000 ticks": (
        "mp4",
        (
            f"{_V} {_A} -vf settb=1/90000,setpts=N*3600+mod(N\\,2)*7 {_H264} {_AAC} -fps_mode vfr"
            " -video_track_timescale 90000"
        ),
    ),
    "negative timestamps": (
        "mkv",
        f"{_V} {_A} {_H264} {_AAC} -output_ts_offset -0.3 -avoid_negative_ts disabled",
    ),
    "edit list": ("mp4", f"{_V} {_A} -vf setpts=PTS+0.2/TB {_H264} -bf 2 {_AAC}"),
    "animated gif": ("gif", "-f lavfi -i testsrc=s=161x121:r=10:d=0.6"),
    "vp9 opus": ("webm", f"{_V} {_A} -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus"),
    "speech of 8 kHz": ("mp3", "-f lavfi -i anoisesrc=r=8000:d=3:a=0.1 -c:a libmp3lame -b:a 8k"),
}
SAMPLES: dict[str, Path] = {
    "hdr10": MEDIA / "F27" / "hdr.mkv",
    "one frame": MEDIA / "F14" / "one-frame.mp4",
    "song with a cover": MEDIA / "F14" / "cover.mp3",
    "heic": MEDIA / "F23" / "photo.heic",
    "animated webp": MEDIA / "F23" / "anim.webp",
    "attached fonts": MEDIA / "F11" / "fonts.mkv",
    "telemetry": MEDIA / "F18" / "gopro.mp4",
    "ts that jumps": MEDIA / "F04" / "ts-jump-forward.ts",
    "starts at one hour": MEDIA / "F05" / "starts-at-one-hour.mkv",
    "no audio timestamps": MEDIA / "F17" / "old.avi",
}
NAMES = (*RECIPES, *SAMPLES)
_SRT = "1\n00:00:00,100 --> 00:00:00,400\nHello\n"


def make(binaries: ffmpeg.Binaries, folder: Path, name: str) -> Path:
    """Return the path of the input `name`, made in `folder` if missing."""
    if name in SAMPLES:
        return SAMPLES[name]
    extension, words = RECIPES[name]
    path = folder / f"{NAMES.index(name)}.{extension}"
    if not path.exists():
        srt = folder / "hello.srt"
        srt.write_text(_SRT)
        sup = folder / "box.sup"
        sup.write_bytes(picture_subtitle(160, 120, (60, 90, 40, 10)))
        named = {"{srt}": str(srt), "{sup}": str(sup)}
        argv = [named.get(word, word) for word in words.split()]
        subprocess.run([binaries.ffmpeg, "-v", "error", *argv, path], check=True)
    if name == "phone hevc turned":
        path = _turned(binaries, path)
    return path


def _turned(binaries: ffmpeg.Binaries, path: Path) -> Path:
    """Rotate the video by 90 degrees in its metadata; since 6.0 that is an input option."""
    turned = path.with_name("turned.mov")
    for before, after in (("-display_rotation 90", ""), ("", "-metadata:s:v rotate=90")):
        if turned.exists():
            break
        argv = [*before.split(), "-i", path, "-c", "copy", *after.split(), turned]
        made = subprocess.run(
            [binaries.ffmpeg, "-v", "error", *argv], capture_output=True, check=False
        )
        if made.returncode != 0:
            turned.unlink(missing_ok=True)
    return turned
