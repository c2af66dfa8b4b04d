"""A job whose encoders and streams are chosen: all that its command lines depend on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ffremote.spec import JobSpec

from ..formats.decision import Choice
from ..formats.encoders import COPY
from ..model.capabilities import Capabilities
from ..model.limits import Limits
from ..model.media_info import NOTHING, MediaInfo, Stream
from ..streams.selection import Selection
from .extraction import burns_text
from .graphs.alike import Parts
from .graphs.drawing import NO_LAYERS, Layers


@dataclass(frozen=True, slots=True)
class ResolvedJob:
    """The job as it is for one output, its inputs, the choices for both, what the server allows."""

    choice: Choice
    infos: tuple[MediaInfo, ...]
    """What each input contains; their order is that of the job."""
    info: MediaInfo
    """All inputs as one; see `merge_inputs`."""
    selection: Selection
    capabilities: Capabilities
    limits: Limits
    bound: Mapping[int, Stream]
    """The stream of each link that the graph reads."""
    attempt: str
    """The directory for this output, relative to the job's; FFmpeg may write no other."""
    number: int = 0
    """The number of this output among those of the job."""
    bases: Mapping[int, Stream] = field(default_factory=dict)
    """The stream of an input that an output of the graph, by its number, carries on."""
    layers: Layers = NO_LAYERS
    """What is drawn on the video."""
    parts: Parts | None = None
    """The inputs whose packets are joined; `infos` then has what their list contains."""

    def base_of(self, stream: Stream) -> Stream:
        """Return the stream of an input that the graph only carries on; others as they are."""
        return self.bases.get(stream.index, stream) if stream.is_made else stream

    def info_of(self, stream: Stream | None) -> MediaInfo:
        """Return what the input of a stream contains: nothing for one that the graph makes.

        Without a stream it is the first input.
        """
        if not self.infos or (stream is not None and stream.is_made):
            return NOTHING
        return self.infos[stream.input if stream else 0]

    @property
    def spec(self) -> JobSpec:
        """The job as it was submitted."""
        return self.choice.spec

    @property
    def encodes_video(self) -> bool:
        """Whether there is video in the result that is not a copy."""
        return bool(self.selection.video_streams) and self.choice.video_encoder not in (None, COPY)

    @property
    def is_two_pass(self) -> bool:
        """Whether the video is encoded in two passes."""
        options = self.spec.video_options
        return bool(options and options.two_pass and self.encodes_video)

    @property
    def burns_text(self) -> bool:
        """Whether text subtitles are drawn into the video."""
        return burns_text(self.selection)

    @property
    def burns_bitmap(self) -> bool:
        """Whether bitmap subtitles are drawn into the video."""
        return self.selection.burned is not None and not self.burns_text
