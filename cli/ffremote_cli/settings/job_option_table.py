"""The option for every key of the job JSON, in the sections of `--help`."""

from collections.abc import Mapping

from .job_option import ARGS, FLAG, LIST, OFF, JobOption, number, option, pair, track, volume

SECTIONS: Mapping[str, tuple[JobOption, ...]] = {
    "Video": (
        option(
            "--video-codec",
            "video.codec",
            "NAME",
            "Encoder (libx264), codec family (h264, hevc, av1, vp9), or copy.",
        ),
        option(
            "--crf",
            "video.crf",
            "N",
            "Constant quality: 23. Lower is better; x264 and x265 count to 51, AV1 and VP9 to 63.",
            number,
        ),
        option("--qp", "video.qp", "N", "Constant quantizer: 20. Lower is better.", number),
        option("--video-bitrate --bitrate", "video.bitrate", "RATE", "Average bit rate: 3M, 800k."),
        option("--maxrate", "video.maxrate", "RATE", "Maximum bit rate: 4M."),
        option(
            "--bufsize",
            "video.bufsize",
            "RATE",
            "Size of the rate control buffer: 8M.",
            default="twice --maxrate",
        ),
        option(
            "--video-preset",
            "video.preset",
            "NAME",
            "Encoder speed against file size: veryfast, slow (x264, x265), 8 (AV1, VP9).",
        ),
        option("--tune", "video.tune", "NAME", "Content to tune the encoder for: film, animation."),
        option("--video-profile", "video.profile", "NAME", "Codec profile: high, main10."),
        option("--level", "video.level", "LEVEL", "Codec level: 4.1."),
        option("--pix-fmt", "video.pix_fmt", "NAME", "Pixel format: yuv420p, yuv420p10le."),
        option("--fps", "video.fps", "N", "Frames per second: 25, 30000/1001."),
        option(
            "--gop", "video.gop", "N", "Maximum number of frames between key frames: 48.", number
        ),
        option(
            "--bframes", "video.bframes", "N", "Maximum number of B-frames in a row: 3.", number
        ),
        option(
            "--scale",
            "video.scale",
            "W:H",
            "Size of the picture: 1280:720, 1280:-2 (keeps the aspect ratio), 50%.",
        ),
        option(
            "--crop",
            "video.crop",
            "W:H[:X:Y]",
            "Cut out a part of the picture: 640:480 (the middle), 640:480:0:60.",
        ),
        option("--rotate", "video.rotate", "DEGREES", "Rotate clockwise: 90, 180, 270.", number),
        option("--flip", "video.flip", "WAY", "Mirror the picture: horizontal, vertical, both."),
        option(
            "--deinterlace",
            "video.deinterlace",
            "",
            "Deinterlace the frames that are marked as interlaced.",
            FLAG,
        ),
        option(
            "--video-filter",
            "video.filters",
            "FILTER",
            "FFmpeg video filter: hqdn3d. Can be repeated.",
            LIST,
        ),
        option(
            "--two-pass",
            "video.two_pass",
            "",
            "Encode in two passes, to meet --video-bitrate exactly.",
            FLAG,
        ),
        option(
            "--hardware",
            "video.hardware",
            "HOW",
            "Use a hardware encoder for a codec family: never, prefer, require.",
            default="never",
        ),
        option("--video-track", "video.track", "N", "Video stream to use, counted from 0.", number),
        option("--no-video", "video", "", "Leave out the video.", OFF),
    ),
    "Audio": (
        option(
            "--audio-codec",
            "audio.codec",
            "NAME",
            "Codec family (aac, opus, mp3, flac), encoder (libopus), or copy.",
        ),
        option("--audio-bitrate", "audio.bitrate", "RATE", "Average bit rate: 192k."),
        option(
            "--audio-quality",
            "audio.quality",
            "N",
            "Variable bit rate with this quality of the encoder: 2 (mp3: 0 is best, 9 worst).",
            number,
        ),
        option("--sample-rate", "audio.sample_rate", "HZ", "Samples per second: 48000.", number),
        option("--channels", "audio.channels", "N", "Number of channels to mix to: 2.", number),
        option("--volume", "audio.volume", "FACTOR", "Change the volume: 1.5, -3dB.", volume),
        option(
            "--loudness",
            "audio.loudness",
            "LUFS",
            "Normalise the loudness (EBU R128): -16.",
            number,
        ),
        option(
            "--audio-filter",
            "audio.filters",
            "FILTER",
            "FFmpeg audio filter: highpass=f=80. Can be repeated.",
            LIST,
        ),
        option("--audio-track", "audio.track", "N", "Audio stream to use, counted from 0.", number),
        option("--no-audio", "audio", "", "Leave out the audio.", OFF),
    ),
    "Subtitles, streams, metadata": (
        option(
            "--subtitles",
            "subtitles.mode",
            "MODE",
            "What happens to subtitles: copy, convert, burn (draw into the picture), drop.",
        ),
        option(
            "--subtitle-codec",
            "subtitles.codec",
            "NAME",
            "Subtitle encoder for --subtitles convert: mov_text.",
        ),
        option(
            "--subtitle-track",
            "subtitles.track",
            "N",
            "Subtitle stream to use, counted from 0, or auto: one that fits the container.",
            track,
        ),
        option(
            "--subtitle-input",
            "subtitles.input",
            "N",
            "Input whose subtitles --subtitles burn draws: 0 is -i, 1 the first --with.",
            number,
        ),
        option(
            "--map",
            "streams",
            "MAP",
            "Keep only these streams: 0:v:0, 0:a? (`?`: if there are any). Can be repeated.",
            LIST,
        ),
        option("--graph", "graph", "GRAPH", "Filter graph over all inputs, as -filter_complex."),
        option("--concat", "concat", "HOW", "Join -i and --with files: auto, copy, encode."),
        option(
            "--metadata",
            "metadata",
            "KEY=VALUE",
            "Metadata of the result: title=Holiday. Can be repeated.",
            pair,
        ),
        option(
            "--strip-metadata",
            "strip_metadata",
            "",
            "Leave out the metadata and chapters of the input.",
            FLAG,
        ),
        option(
            "--thumbnail-at",
            "thumbnail.at",
            "TIME",
            "Make one picture, taken at this time of the input.",
        ),
        option(
            "--thumbnail-width",
            "thumbnail.width",
            "N",
            "Make one picture, this many pixels wide.",
            number,
        ),
    ),
    "Job": (
        option(
            "--container",
            "container",
            "NAME",
            "Container of the result: mp4, mkv, webm.",
            default="extension of the output, then the preset's",
        ),
        option(
            "--preset",
            "preset",
            "NAME",
            "Preset of the server; `ffremote presets` lists them. Other options override it.",
        ),
        option("--start", "input.start", "TIME", "Start at this time of the input: 90, 1:30."),
        option("--duration", "input.duration", "TIME", "Length of the part to convert: 20, 0:20."),
        option("--end", "input.end", "TIME", "Stop at this time of the input: 110, 1:50."),
        option(
            "--end-offset", "input.end_offset", "TIME", "Start this long before the end: 3, 0:30."
        ),
        option("--offset", "input.offset", "SECONDS", "Add this to the input's times.", number),
        option("--loop", "input.loop", "N", "Repeat the input N times after its first.", number),
        option("--input-fps", "input.fps", "RATE", "Read the input's frames at this rate: 30."),
        option(
            "--generate-pts",
            "input.generate_pts",
            "",
            "Derive missing presentation times from decoding times.",
            FLAG,
        ),
        option(
            "--priority",
            "priority",
            "N",
            "Priority in the queue, from -10 to 10; a higher one runs earlier.",
            number,
            default="0",
        ),
        option(
            "--label",
            "labels",
            "KEY=VALUE",
            "Label to find the job by: trip=alps. Can be repeated.",
            pair,
        ),
        option(
            "--extra-args",
            "extra_args",
            "ARGS",
            'More FFmpeg output options in quotes: "-movflags +faststart". Can be repeated.',
            ARGS,
        ),
    ),
}

ALL = tuple(each for options in SECTIONS.values() for each in options)
