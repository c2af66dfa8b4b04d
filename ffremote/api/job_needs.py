"""What a worker must know in order to run a job, so that older workers leave it to newer ones.

Every key of the job JSON is listed here, under the first version whose workers know it. A test
fails for a key that is not: whoever adds one adds it to `KEYS`, in the list of the version to
come, which begins with a word of its own once that version is released.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from ffremote import ffmpeg
from ffremote.ledger import needs
from ffremote.spec import JobSpec

Keys = Mapping[str, frozenset[str]]


def _keys(**of_section: str) -> Keys:
    return {section: frozenset(words.split()) for section, words in of_section.items()}


KEYS: Mapping[str, Keys] = {
    # version 0.1.0, whose keys need no word
    "": _keys(
        JobSpec="""
            output_filename container preset priority labels metadata strip_metadata streams
            extra_args input video audio subtitles thumbnail
        """,
        Input="upload_id start duration end",
        Video="""
            codec crf qp bitrate maxrate bufsize preset tune profile level pix_fmt fps gop bframes
            scale crop rotate flip deinterlace filters two_pass hardware track
        """,
        Audio="codec bitrate quality sample_rate channels volume loudness filters track",
        Loudness="integrated true_peak range",
        Subtitles="mode codec track",
        Thumbnail="at width",
    ),
    needs.KEYS_2: _keys(
        JobSpec="inputs outputs overlays attachments graph concat package probe worker",
        WorkerChoice="require",
        Input="""
            role format size pix_fmt fps sample_rate channels decoder charset probe generate_pts
            loop offset end_offset rotate stretch excerpt skip_frames seek motion_vectors
        """,
        Probe="bytes seconds",
        Excerpt="size parts",
        Video="tonemap",
        Audio="input mix",
        Subtitles="input style before_filters",
        Output="""
            output_filename container preset video audio subtitles overlays attachments streams
            metadata strip_metadata thumbnail package extra_args
        """,
        Overlay="input place x y margin size opacity start end",
        Attachment="input filename",
        Sound="input volume track",
        Package="""
            type every fps times count format quality digits start_number seconds list
            segment_type container reset_timestamps renditions columns rows width height
            variants key_frames
        """,
        Variant="streams audio_group language default",
        Rendition="height width bitrate maxrate audio_bitrate",
    ),
    needs.KEYS_3: _keys(JobSpec="overlap"),
}
_STREAM_1 = re.compile(r"-?0(?::(?:[vVasdt](?::[0-9]{1,3})?|[0-9]{1,3}))?\??")


def _always(_value: Any) -> bool:
    return True


def _never(_value: Any) -> bool:
    return False


# Keys of version 0.1.0 that take more now, and whether a value is for a newer worker only. What
# names filters and options is, whatever it says: the allow-lists grow with each version.
WIDER: Mapping[tuple[str, str], Callable[[Any], bool]] = {
    ("JobSpec", "streams"): lambda maps: not all(_STREAM_1.fullmatch(each) for each in maps),
    ("JobSpec", "output_filename"): _never,  # without a name the job has `outputs` or `probe`
    ("JobSpec", "extra_args"): _always,
    ("Video", "filters"): _always,
    ("Video", "crf"): lambda crf: crf > 63,
    ("Video", "pix_fmt"): lambda name: name == "auto",
    ("Audio", "filters"): _always,
    ("Subtitles", "track"): lambda track: isinstance(track, str),
}


def needs_of(job: JobSpec) -> frozenset[str]:
    """Return the words for what an earlier worker does not know."""
    found = {needs.OUTPUTS} if job.outputs else set()
    found |= set(map(needs.label, labels_of(job)))
    if job.probe:
        found.add(needs.PROBE)
    if any(source.excerpt for source in job.sources):
        found.add(needs.EXCERPT)
    if any(each.container == ffmpeg.NO_FILE for each in job.products):
        found.add(needs.REPORT)
    return frozenset(found | set(_words(job)) - {""})


def labels_of(job: JobSpec) -> tuple[str, ...]:
    """Return the labels that a worker must have, each once."""
    required = (job.worker and job.worker.require) or ()
    return tuple(dict.fromkeys(required))


def _words(section: BaseModel) -> Iterator[str]:
    """Yield the word of every key in use, here and in the sections below."""
    name = type(section).__name__
    for key, field in type(section).model_fields.items():
        value = getattr(section, key)
        if value is None or value == field.default:
            continue
        is_wider = WIDER.get((name, key), _never)(value)
        yield needs.KEYS_2 if is_wider else _word(name, key)
        for below in value if isinstance(value, tuple) else (value,):
            if isinstance(below, BaseModel):
                yield from _words(below)


def _word(section: str, key: str) -> str:
    """Return the word of a key; of one without an entry, the newest."""
    known = (word for word, keys in KEYS.items() if key in keys.get(section, ()))
    return next(known, list(KEYS)[-1])
