"""The options for the keys of `input` that say what its bytes are."""

from .job_option import FLAG, LIST, JobOption, number, option

DECODING: tuple[JobOption, ...] = (
    option(
        "--input-format",
        "input.format",
        "NAME",
        "Read the input as this format: s16le, mulaw, rawvideo, h264.",
        default="detected from the content",
    ),
    option(
        "--input-sample-rate",
        "input.sample_rate",
        "HZ",
        "Samples per second of raw audio: 16000.",
        number,
        default="44100",
    ),
    option(
        "--input-channels",
        "input.channels",
        "N",
        "Channels of raw audio: 2.",
        number,
        default="1",
    ),
    option("--input-size", "input.size", "WxH", "Size of the pictures of rawvideo: 640x360."),
    option(
        "--input-pix-fmt",
        "input.pix_fmt",
        "NAME",
        "Pixel format of rawvideo: rgb24.",
        default="yuv420p",
    ),
    option(
        "--decoder",
        "input.decoder",
        "NAME",
        "Decoder of the input: libvpx-vp9. Can be repeated, once for each codec.",
        LIST,
    ),
    option(
        "--charset",
        "input.charset",
        "NAME",
        "Charset of the input's subtitles: CP1251.",
        default="UTF-8, or the server's guess",
    ),
    option(
        "--probe-bytes",
        "input.probe.bytes",
        "N",
        "Bytes that FFmpeg reads to find the streams of the input: 50000000.",
        number,
    ),
    option(
        "--probe-seconds",
        "input.probe.seconds",
        "N",
        "Seconds that FFmpeg reads to find the streams of the input: 60.",
        number,
    ),
    option(
        "--input-rotate",
        "input.rotate",
        "HOW",
        "Turn the pictures as the input says (auto), or leave them as they are stored (keep).",
        default="auto",
    ),
    option(
        "--skip-frames",
        "input.skip_frames",
        "WHICH",
        "Frames that are not decoded: nokey (all but key frames), nointra, bidir, noref.",
    ),
    option(
        "--seek",
        "input.seek",
        "HOW",
        "Begin exactly at --start (exact), or at the key frame before it (keyframe).",
        default="exact",
    ),
    option(
        "--motion-vectors",
        "input.motion_vectors",
        "",
        "Decode motion vectors, which the filter codecview draws.",
        FLAG,
    ),
    option(
        "--stretch", "input.stretch", "FACTOR", "Multiply the times of the input by: 2.", number
    ),
)
