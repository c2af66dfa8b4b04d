"""What several FFmpegs can do between them."""

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

from ..model.capabilities import Capabilities


def merge_capabilities(found: Sequence[Capabilities]) -> Capabilities:
    """Return what at least one of `found` (not empty) can do; an encoder is broken if all agree."""
    return reduce(_either, found)


def _either(one: Capabilities, other: Capabilities) -> Capabilities:
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
    )
