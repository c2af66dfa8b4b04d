"""FFmpeg's progress output is parsed however its bytes arrive."""

from ffremote.ffmpeg.process.progress import ProgressBlock, ProgressReader

FIRST = b"frame=0\nfps=0.00\ntotal_size=48\nout_time_us=N/A\nspeed=N/A\nprogress=continue\n"
THEN = (
    b"frame=50\nfps=25.5\nbitrate= 100kbits/s\ntotal_size=2048\nout_time_us=2000000\n"
    b"out_time_ms=2000000\nout_time=00:00:02.000000\nspeed=1.5x\nprogress=end\n"
)


def test_blocks_are_parsed_however_they_are_split() -> None:
    expected = [
        ProgressBlock(0, 0.0, None, 48, None, is_last=False),
        ProgressBlock(50, 25.5, 2_000_000, 2048, 1.5, is_last=True),
    ]
    data = FIRST + THEN

    whole = list(ProgressReader().feed(data))
    reader = ProgressReader()
    by_byte = [block for byte in data for block in reader.feed(bytes([byte]))]

    assert whole == expected
    assert by_byte == expected
