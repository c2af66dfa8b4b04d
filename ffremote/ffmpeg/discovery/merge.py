"""Merges the capabilities of several FFmpeg builds."""

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

from ..model.capabilities import Capabilities


def merge_capabilities(found: Sequence[Capabilities]) -> Capabilities:
    """Return what at least one of `found` (not empty) can do.

    An encoder is broken if it works in none of those that list it.
    """
    return reduce(_merge, found)


def _merge(one: Capabilities, other: Capabilities) -> Capabilities:
    working = {*one.working_encoders, *other.working_encoders}
    broken = {**one.broken, **other.broken}
    return replace(
        one,
        encoders={**other.encoders, **one.encoders},
        decoders={**other.decoders, **one.decoders},
        filters=one.filters | other.filters,
        muxers=one.muxers | other.muxers,
        demuxers=one.demuxers | other.demuxers,
        pix_fmts=one.pix_fmts | other.pix_fmts,
        options=one.options | other.options,
        broken={name: why for name, why in broken.items() if name not in working},
        tried=one.tried or other.tried,
        excerpts=one.excerpts or other.excerpts,
    )
