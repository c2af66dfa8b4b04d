"""Filter values as people write them: decibels, arithmetic, timestamps, sizes and end labels."""

import pytest

from ffremote.ffmpeg.policy.filtergraph import read_graph
from ffremote.ffmpeg.policy.timestamps import read_timing

VALUES = {
    "acompressor=threshold=-18dB": "acompressor=threshold=0.125892541179",
    "silenceremove=start_threshold=-57dB": "silenceremove=start_threshold=-57dB",
    "asetrate=44100*1.1": "asetrate=sample_rate=48510",
    "asetrate=48k": "asetrate=sample_rate=48000",
    "atempo=1/1.25": "atempo=tempo=0.8",
    "zoompan=d=25*5": "zoompan=d=125",
    "eq=contrast=1+1/2": "eq=contrast=1+1/2",
    "scale=640x360": "scale=w=640:h=360",
    "scale=hd720:flags=lanczos": "scale=size=hd720:flags=lanczos",
    "scale=iw/2:-2": "scale=w=iw/2:h=-2",
    "zoompan=z=min(zoom+0.0015\\,1.5)": "zoompan='z=min(zoom+0.0015,1.5)'",
    "split[a][b];[a][b]overlay=W-w-10:H-h-10": "split[a][b];[a][b]overlay=x=W-w-10:y=H-h-10",
}
ENDS = {
    "[in] hflip [out]": "hflip",
    "[in]split[a][b];[b]vflip[c];[a][c]overlay[out]": "split[a][b];[b]vflip[c];[a][c]overlay",
    "hflip[x];[in][x]overlay": "null[in];hflip[x];[in][x]overlay",
    "split[out][b];[b]null": "split[out][b];[b]null;[out]null",
}


@pytest.mark.parametrize("text", VALUES)
def test_a_value_is_written_as_ffmpeg_evaluates_it(text: str) -> None:
    assert str(read_graph(text)) == VALUES[text]


@pytest.mark.parametrize("text", ENDS)
def test_the_labels_in_and_out_are_the_ends_of_a_filter_chain(text: str) -> None:
    assert str(read_graph(text, "v")) == ENDS[text]


@pytest.mark.parametrize(
    ("text", "factor", "shift"),
    [
        ("0.5*PTS", 0.5, 0),
        ("24/25*PTS", 0.96, 0),
        ("(PTS-STARTPTS)/1.6", 0.625, 0),
        ("PTS-STARTPTS+5/TB", 1, 5),
        ("PTS-2/TB", 1, -2),
        ("N/FRAME_RATE/TB", None, 0),
        ("N/(25*TB)", None, 0),
        ("(gte(N,1)*2+gte(N,2)*0.5+0.02)/TB", None, 0.02),
        ("(N*2+gte(N,4)*(0.04-2))/TB", None, 0),
        ("N/round(FRAME_RATE)/TB", None, 0),
        ("N/SR/TB", None, 0),
    ],
)
def test_the_effect_of_new_timestamps_on_the_duration_is_known(
    text: str, factor: float | None, shift: float
) -> None:
    timing = read_timing(text)

    assert (timing.factor, timing.shift) == (factor, shift)


@pytest.mark.parametrize(
    "text", ["PTS*N", "1/PTS", "0*PTS", "2*PTS-STARTPTS", "PTS+9999/TB", "PTS+1", "N*200/TB"]
)
def test_timestamps_of_unknown_effect_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        read_timing(text)


def test_a_number_outside_the_range_is_refused_as_the_range() -> None:
    with pytest.raises(ValueError, match=r"d cannot be '99\*99': expected a whole number from 1"):
        read_graph("zoompan=d=99*99")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("drawtext=text=Hello World", "drawtext='text=Hello World'"),
        (r"drawtext=text=It\\\'s", r"drawtext='text=It\'\''s'"),
        (r"drawtext=text='%{pts\:hms}':x=(w-tw)/2", r"drawtext='text=%{pts\:hms}:x=(w-tw)/2'"),
        ("drawtext=text=50%:expansion=none", r"drawtext='text=50\\%'"),
        ("drawtext=text=a:fontsize=h/20", "drawtext='text=a:fontsize=clip(h/20,1,500)'"),
        (r"drawtext=text=\\\ a\\\ ", r"drawtext='text=\ a\ '"),
    ],
)
def test_a_drawn_text_is_checked_and_quoted_again(text: str, written: str) -> None:
    assert str(read_graph(text)) == written
    assert (
        dict(read_graph(written).filters[0].params)["text"]
        == dict(read_graph(text).filters[0].params)["text"]
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("drawtext=text=%{localtime}", "would draw the clock of the server"),
        ("drawtext=text=100%", "a percent sign is written"),
        ("drawtext=text=%{pts", "not closed"),
        ("drawtext=text=%{rand}", "is not one of pts"),
        ("drawtext=text=a:expansion=strftime", "expected one of normal"),
    ],
)
def test_what_a_drawn_text_may_not_have_is_named(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_graph(text)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("silencedetect=-30dB:0.5", "silencedetect=n=-30dB:d=0.5"),
        ("colorchannelmixer=.393:.769:.189", "colorchannelmixer=rr=.393:rg=.769:rb=.189"),
        ("chorus=0.7:0.9:55:0.4:0.25:2", "chorus=in_gain=0.7:out_gain=0.9:delays=55"),
        ("asetrate=44100*2^(1/12)", "asetrate=sample_rate=46722"),
        ("rotate=PI/4:ow=rotw(PI/4):oh=99", "rotate='angle=PI/4:ow=clip(rotw(PI/4),1,8192):oh=99'"),
        ("pan=mono|c0=.5*c0+.5*c1", "pan=mono|c0=.5*c0+.5*c1"),
        ("lutyuv=y=negval", "lutyuv=y=negval"),
        ("geq=lum=p(W-X\\,Y)", "geq='lum=p(W-X,Y)'"),
        ("settb=AVTB", "settb=expr=AVTB"),
    ],
)
def test_further_filters_take_what_people_write(text: str, written: str) -> None:
    assert str(read_graph(text)).startswith(written)
