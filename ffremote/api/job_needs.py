"""What a worker must know in order to run a job, so that older workers leave it to newer ones."""

from collections.abc import Mapping
from typing import Any

from ffremote import ffmpeg, spec
from ffremote.ledger import needs
from ffremote.spec import JobSpec

# the keys of the job JSON of version 0.1.0, by section
_KEYS_1 = {
    "": """
        output_filename container preset priority labels metadata strip_metadata streams extra_args
        input video audio subtitles thumbnail
    """,
    "input": "upload_id start duration end",
    "video": """
        codec crf qp bitrate maxrate bufsize preset tune profile level pix_fmt fps gop bframes scale
        crop rotate flip deinterlace filters two_pass hardware track
    """,
    "audio": "codec bitrate quality sample_rate channels volume loudness filters track",
    "subtitles": "mode codec track",
    "thumbnail": "at width",
}


def needs_of(job: JobSpec) -> frozenset[str]:
    """Return the words for what an earlier worker does not know."""
    found = {needs.OUTPUTS} if job.outputs else set()
    if job.probe:
        found.add(needs.PROBE)
    if any(each.container == ffmpeg.NO_FILE for each in job.products):
        found.add(needs.REPORT)
    if _has_new_key(spec.to_fields(job)):
        found.add(needs.KEYS_2)
    return frozenset(found)


def _has_new_key(fields: Mapping[str, Any]) -> bool:
    sections = {"": fields, **{k: v for k, v in fields.items() if k in _KEYS_1}}
    return any(
        not section.keys() <= set(_KEYS_1[name].split())
        for name, section in sections.items()
        if isinstance(section, Mapping)
    )
