"""Lays a job's overlays and mixed sounds over the streams that it selects.

These streams then come out of a filter graph: that of the job, which goes on, or one of ours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ffremote.errors import InvalidArgument
from ffremote.spec import JobSpec, Sound
from ffremote.states import FailureReason

from ...formats.audio import volume_filter
from ...formats.decision import Choice
from ...formats.frame_size import Size
from ...formats.output_errors import under
from ...model.failure import refuse
from ...model.media_info import MADE, MediaInfo, Stream, is_still
from ...policy.graph import Filter
from ...policy.graphs.complex_graph import ComplexGraph, Node, Pad
from ...streams.named_streams import streams_of
from ...streams.selection import Selection
from ..resolved_job import ResolvedJob
from .drawing import Layer, Layers
from .made_size import made_size

LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}


def lay(jobs: Sequence[ResolvedJob]) -> list[ResolvedJob]:
    """Return the job, as it is for each output, with one graph that also has what is laid.

    Raise InvalidArgument if there is nothing to draw on, TranscodeError if an input lacks the
    picture or the sound.
    """
    laying = _Laying(jobs[0].choice.graph, dict(jobs[0].bound))
    found = []
    for job in jobs:
        with under(f"outputs[{job.number}]." if len(jobs) > 1 else ""):
            found.append(_laid(job, laying))
    if found == list(jobs):
        return found
    graph = laying.graph()
    return [
        replace(
            job,
            choice=replace(job.choice, graph=graph),
            bound={**laying.bound, **job.bound},
            bases=laying.bases,
        )
        for job in found
    ]


def _laid(job: ResolvedJob, laying: "_Laying") -> ResolvedJob:
    """Return the job of one output with its streams from the graph that `laying` adds to."""
    selection, before = job.selection, set(laying.bound)
    mixed, layers = _mixed(job.spec, job.info), _layers(job)
    if not layers and not mixed:
        return job
    if mixed and not selection.of_kind("audio"):
        raise refuse(
            FailureReason.NO_SUCH_STREAM,
            "There is no sound to mix the sounds of audio.mix into.",
            "audio.input takes the sound of an input as that of the result.",
        )
    drawn_on = selection.video_streams if layers else ()
    streams = tuple(
        laying.carried(stream)
        if stream in drawn_on
        else laying.mixed(stream, mixed)
        if mixed and stream.kind == "audio"
        else stream
        for stream in selection.streams
    )
    new = (stream for link, stream in laying.bound.items() if link not in before)
    read = (*selection.read, *new, *(each.stream for each in layers))
    return replace(
        job,
        selection=replace(selection, streams=streams, read=read),
        layers=Layers(layers, _picture(job.choice, selection, job.bound) if layers else None),
    )


def _picture(choice: Choice, selection: Selection, bound: Mapping[int, Stream]) -> Size | None:
    """Return the size of the video if the job's own graph makes it."""
    first = selection.video_streams[0]
    if choice.graph is None or not first.is_made:
        return None
    return made_size(choice.graph, bound, choice.graph.outputs[first.index].link)


def _layers(job: ResolvedJob) -> tuple[Layer, ...]:
    spec, infos = job.spec, job.infos
    if not spec.overlays:
        return ()
    if not job.selection.video_streams:
        raise InvalidArgument("overlays", "overlays has no video to draw on in the result.")
    filters = (spec.video_options.filters if spec.video_options else None) or ()
    if any("vidstab" in text for text in filters):
        raise InvalidArgument(
            "overlays", "overlays and vidstabtransform in video.filters exclude each other."
        )
    found = []
    for number, each in enumerate(spec.overlays):
        videos = streams_of(job.info, "video", each.input, f"overlays[{number}].input")
        stream = next((s for s in videos if not s.is_picture), videos[0])
        is_one = is_still(infos[each.input]) or stream.is_picture
        is_picture = is_one and not spec.sources[each.input].loop
        found.append(Layer(each, stream, number, is_picture))
    return tuple(found)


def _mixed(spec: JobSpec, info: MediaInfo) -> list[tuple[Sound, Stream]]:
    sounds = (spec.audio_options.mix if spec.audio_options else None) or ()
    found = []
    for number, each in enumerate(sounds):
        field = f"audio.mix[{number}]"
        streams = streams_of(info, "audio", each.input, f"{field}.input")
        track = each.track or 0
        if track >= len(streams):
            raise refuse(
                FailureReason.NO_SUCH_STREAM,
                f"{field}.track is {track}, but input {each.input} has {len(streams)} audio"
                " streams, counted from 0.",
            )
        found.append((each, streams[track]))
    return found


class _Laying:
    """Adds to a graph; a class only to hold its parts."""

    def __init__(self, graph: ComplexGraph | None, bound: dict[int, Stream]) -> None:
        self.nodes = list(graph.nodes) if graph else []
        self.inputs = list(graph.inputs) if graph else []
        self.outputs = list(graph.outputs) if graph else []
        self.bound, self.bases = bound, dict[int, Stream]()
        links = [link for node in self.nodes for link in (*node.inputs, *node.outputs)]
        self.next = max([*links, *bound], default=-1) + 1

    def graph(self) -> ComplexGraph:
        """Return the graph with what was added."""
        return ComplexGraph(tuple(self.nodes), tuple(self.inputs), tuple(self.outputs))

    def carried(self, stream: Stream) -> Stream:
        """Return the output of the graph that is a stream of an input, unchanged."""
        return stream if stream.is_made else self._output(self._read(stream), stream)

    def mixed(self, stream: Stream, sounds: Sequence[tuple[Sound, Stream]]) -> Stream:
        """Return the output that has the sounds mixed into the stream."""
        base = self.outputs[stream.index].link if stream.is_made else self._read(stream)
        links = [base, *(self._adapted(each, of, stream) for each, of in sounds)]
        params = {"inputs": str(len(links)), "duration": "first", "dropout_transition": "0"}
        link = self._after(links, Filter("amix", (*params.items(), ("normalize", "0"))))
        if stream.is_made:
            self.outputs[stream.index] = replace(self.outputs[stream.index], link=link)
            return stream
        return self._output(link, stream)

    def _adapted(self, sound: Sound, of: Stream, base: Stream) -> int:
        """Return the link of a sound with its volume, and the rate and the channels of `base`."""
        link = self._read(of)
        for each in (*volume_filter(sound.volume), *_same_format(base)):
            link = self._after([link], each)
        return link

    def _read(self, stream: Stream) -> int:
        link = self._link()
        self.inputs.append(Pad(link, stream.kind, stream.specifier))
        self.bound[link] = stream
        return link

    def _output(self, link: int, stream: Stream) -> Stream:
        number = len(self.outputs)
        self.outputs.append(Pad(link, stream.kind))
        self.bases[number] = stream
        return replace(stream, index=number, input=MADE, tag=None)

    def _after(self, links: Sequence[int], each: Filter) -> int:
        self.nodes.append(Node(each, tuple(links), (made := self._link(),)))
        return made

    def _link(self) -> int:
        self.next += 1
        return self.next - 1


def _same_format(base: Stream) -> list[Filter]:
    layout = LAYOUTS.get(base.channels or 0)
    params = [("sample_rates", str(base.sample_rate))] if base.sample_rate else []
    params += [("channel_layouts", layout)] if layout else []
    return [Filter("aformat", tuple(params))] if params else []
