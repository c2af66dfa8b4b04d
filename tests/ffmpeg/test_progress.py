"""From FFmpeg's own words to percent that never lies upwards and never falls."""

from ffremote.ffmpeg.progress import Block, Meter, Reader

FIRST = b"frame=0\nfps=0.00\ntotal_size=48\nout_time_us=N/A\nspeed=N/A\nprogress=continue\n"
THEN = (
    b"frame=50\nfps=25.5\nbitrate= 100kbits/s\ntotal_size=2048\nout_time_us=2000000\n"
    b"out_time_ms=2000000\nout_time=00:00:02.000000\nspeed=1.5x\nprogress=end\n"
)


def test_blocks_are_read_however_they_are_cut() -> None:
    expected = [
        Block(0, 0.0, None, 48, None, is_last=False),
        Block(50, 25.5, 2_000_000, 2048, 1.5, is_last=True),
    ]
    data = FIRST + THEN

    whole = list(Reader().feed(data))
    reader = Reader()
    by_byte = [block for byte in data for block in reader.feed(bytes([byte]))]

    assert whole == expected
    assert by_byte == expected


def test_percent_never_falls_and_ends_at_99() -> None:
    meter = Meter(10.0)

    read = [meter.read(out) for out in (None, -5, 2_500_000, 2_000_000, 10_000_000, 99_000_000)]

    assert read == [0, 0, 25, 25, 99, 99]


def test_a_second_pass_counts_from_where_the_first_ended() -> None:
    meter = Meter(10.0, before=0.5, weight=0.5)

    assert [meter.read(0), meter.read(5_000_000), meter.read(10_000_000)] == [0, 75, 99]


def test_an_unknown_duration_gives_no_percent_and_no_eta() -> None:
    meter = Meter(None)

    assert (meter.read(5_000_000), meter.eta_seconds(5_000_000, 2.0)) == (0, None)


def test_the_eta_is_what_is_left_at_the_present_speed() -> None:
    assert Meter(10.0).eta_seconds(4_000_000, 2.0) == 3.0


def test_the_second_writing_of_a_file_moves_the_percent_too() -> None:
    meter = Meter(10.0, tail=0.5)

    at_the_end = meter.read(10_000_000)
    meter.note_rewriting(1000, 1500)
    half_again = meter.read(10_000_000)
    meter.note_rewriting(1000, 9000)

    assert (at_the_end, half_again, meter.read(10_000_000)) == (50, 75, 99)
