"""The percentage never overstates and never falls, and an unreliable ETA is left out."""

from ffremote.ffmpeg.model.expected import PartRead
from ffremote.ffmpeg.process.progress_estimate import ProgressEstimate


def test_percent_never_falls_and_ends_at_99() -> None:
    meter = ProgressEstimate(10.0)

    read = [meter.update(out) for out in (None, -5, 2_500_000, 2_000_000, 10_000_000, 99_000_000)]

    assert read == [0, 0, 25, 25, 99, 99]


def test_a_second_pass_counts_from_where_the_first_ended() -> None:
    meter = ProgressEstimate(10.0, before=0.5, weight=0.5)

    assert [meter.update(0), meter.update(5_000_000), meter.update(10_000_000)] == [0, 75, 99]


def test_an_unknown_duration_gives_no_percent_and_no_eta() -> None:
    meter = ProgressEstimate(None)

    assert (meter.update(5_000_000), meter.eta_seconds(5_000_000, 2.0)) == (0, None)


def test_the_eta_is_the_rest_at_the_current_speed() -> None:
    assert ProgressEstimate(10.0).eta_seconds(4_000_000, 2.0) == 3.0


def test_a_second_write_of_the_file_counts_in_the_percentage() -> None:
    meter = ProgressEstimate(10.0, tail=0.5)

    at_the_end = meter.update(10_000_000)
    meter.note_rewriting(1000, 1500)
    half_again = meter.update(10_000_000)
    meter.note_rewriting(1000, 9000)

    assert (at_the_end, half_again, meter.update(10_000_000)) == (50, 75, 99)


def test_the_share_read_replaces_an_unknown_duration() -> None:
    meter = ProgressEstimate(None)

    read = [
        meter.update(1_000_000, 0.2),
        meter.update(2_000_000, 0.5),
        meter.update(3_000_000, 1.0),
    ]

    assert read == [20, 50, 99]
    assert meter.eta_seconds(3_000_000, 2.0, share_read=0.5, elapsed=10.0) is None  # it jumped back


def test_the_eta_of_an_unknown_duration_comes_from_the_share_read() -> None:
    meter = ProgressEstimate(None)

    assert meter.eta_seconds(1_000_000, 2.0, share_read=0.001, elapsed=60.0) is None
    assert meter.eta_seconds(1_000_000, 2.0, share_read=0.25, elapsed=1.0) is None
    assert meter.eta_seconds(1_000_000, 2.0, share_read=0.25, elapsed=10.0) == 30.0


def test_a_claimed_duration_that_is_far_too_long_is_replaced_by_the_share_read() -> None:
    meter = ProgressEstimate(39_906.0)

    assert meter.update(6_000_000, 0.5) == 50
    assert meter.eta_seconds(6_000_000, 1.0, share_read=0.5, elapsed=10.0) == 10.0


def test_a_claimed_duration_that_is_far_too_short_is_replaced_by_the_share_read() -> None:
    meter = ProgressEstimate(2.0)

    assert [meter.update(1_000_000, 0.02), meter.update(3_000_000, 0.05)] == [2, 5]


def test_no_eta_before_the_claim_could_be_compared_with_the_file() -> None:
    meter = ProgressEstimate(39_906.0)

    assert meter.eta_seconds(1_000_000, 1.0, share_read=0.001, elapsed=1.0) is None


def test_frames_that_an_encoder_buffers_do_not_discredit_a_true_duration() -> None:
    meter = ProgressEstimate(20.0)

    assert meter.update(1_000_000, 0.4) == 5


def test_the_position_in_a_file_that_is_read_back_and_forth_is_ignored() -> None:
    meter = ProgressEstimate(1_000.0)
    meter.update(1_000_000, 0.6)

    assert meter.update(50_000_000, 0.1) == 60  # never falls
    assert meter.update(700_000_000, 0.5) == 70


def test_a_job_with_a_start_time_counts_the_rest_to_read() -> None:
    meter = ProgressEstimate(None, starts_late=True)

    assert [meter.update(100_000, 0.5), meter.update(1_000_000, 0.75)] == [0, 50]


def test_the_eta_of_a_pass_includes_the_passes_after_it() -> None:
    meter = ProgressEstimate(10.0, before=0.0, weight=0.25)

    # 3 s of this pass are left of 5, and three times 5 s follow
    assert meter.eta_seconds(4_000_000, 2.0, elapsed=2.0) == 18.0


def test_outputs_that_begin_late_are_counted_before_ffmpeg_reports_a_time() -> None:
    meter = ProgressEstimate(None, part=PartRead(skips=True))

    assert [meter.update(None, share) for share in (None, 0.1, 0.5)] == [0, 10, 50]
    assert meter.eta_seconds(None, None, share_read=0.5, elapsed=10.0) == 10.0
    assert [meter.update(40_000, 0.6), meter.update(9_000_000, 1.0)] == [60, 99]


def test_one_short_output_among_several_does_not_decide() -> None:
    meter = ProgressEstimate(60.0, part=PartRead())

    assert [meter.update(2_000_000, 0.3), meter.update(2_000_000, 0.8)] == [30, 80]


def test_the_share_counts_within_the_part_that_is_needed() -> None:
    meter = ProgressEstimate(None, part=PartRead(0.2, 0.6, skips=True))

    assert [meter.update(None, share) for share in (0.1, 0.2, 0.4, 0.6, 0.7)] == [0, 0, 50, 99, 99]


def test_without_a_share_the_time_counts_for_outputs_of_different_parts_too() -> None:
    meter = ProgressEstimate(10.0, part=PartRead(skips=True))

    assert [meter.update(None), meter.update(5_000_000)] == [0, 50]
