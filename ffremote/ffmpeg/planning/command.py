"""Writes the command lines of one job, once its encoders and streams are chosen."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ffremote.errors import InvalidArgument
from ffremote.states import FailureReason

from ..formats import side_files, subtitles
from ..formats.encoders import COPY
from ..formats.loudness import measuring
from ..formats.server_params import with_server_params
from ..model.failure import refuse
from ..model.media_info import Stream
from ..model.plan import Expected, Pass, Plan
from ..policy.options import Option
from ..streams import alpha, covers
from . import extraction
from .audio_track import encoding_options, filter_options, plan_audio
from .expected import expect
from .frame_rate import TIMING, frame_timing
from .graphs.alike import list_name
from .graphs.graph_text import graph_options
from .held_in_job import check_memory
from .input_options import Reading, reading_options
from .output_options import container_options, duration_limit, output_end
from .picture_subtitles import overlay
from .resolved_job import ResolvedJob
from .stabilization import stabilize
from .video_track import plan_video
from .warnings import plan_warnings


def write_passes(job: ResolvedJob) -> Plan:
    """Return the plan of a job: its passes in order, the expected result, and warnings."""
    return _Writer(job).write()


class _Writer:
    """Writes the command lines of one job; a class only to hold what all parts need."""

    def __init__(self, job: ResolvedJob) -> None:
        self.job, self.choice, self.selection = job, job.choice, job.selection
        source = next(iter(job.selection.video_streams), None)
        self.source_info = job.info_of(source)
        self.video = plan_video(job.choice, self.source_info, source, job.capabilities)
        self.audio = plan_audio(job.choice, job.selection.of_kind("audio"))
        check_memory(job, self.video.graphs, self.audio.graphs)
        options = job.spec.video_options
        texts = (options.filters if options else None) or ()
        stabilized = stabilize(self.video.graphs, job.attempt, texts)
        self.video = replace(self.video, graphs=stabilized.graphs)
        self.motion = stabilized.measuring
        self.fonts = extraction.fonts(job.selection, job.info)
        uploaded = extraction.uploaded_fonts(job.choice, job.selection)
        self.has_fonts = bool(self.fonts or uploaded)
        self.output = f"{job.attempt}/out.{job.choice.container.extension}"
        self.warnings = [*self.video.warnings, *self.audio.warnings]

    def write(self) -> Plan:
        """Return the plan."""
        job = self.job
        self.warnings += plan_warnings(self.choice, self.selection, job.infos, job.info)
        self.warnings += extraction.unused_font_warnings(self.selection, job.info)
        head, video = self._head(), self._video()
        options = [*graph_options(job, self.video.graphs, self.audio.graphs), *self._maps()]
        options += [*video, *self._audio(), *self._subtitles(), *self._container()]
        passes = [
            *self._extraction_pass(),
            *self._motion_pass(head),
            *self._measuring_pass(head),
        ]
        if self.job.is_two_pass:
            passes.append(Pass((*head, *self._first_pass(video)), 0.4))
            options += self._pass_options(2)
        passes += self._last_passes(head, options)
        total = sum(each.weight for each in passes)
        return Plan(
            passes=tuple(replace(each, weight=each.weight / total) for each in passes),
            output=self.output,
            expected=self._expected(),
            warnings=tuple(self.warnings),
            rewrites_output=any("faststart" in word for word in options),
            folders=(extraction.fonts_folder(job.attempt),) if self.has_fonts else (),
            luts=side_files.luts(self.choice.files, self.choice.used_files),
            links=extraction.links(self.choice, self.selection, job.attempt),
            demuxer=self.choice.container.demuxer,
        )

    def _expected(self) -> Expected:
        graphs = {"video": list(self.video.graphs), "audio": list(self.audio.graphs)}
        job = self.job
        expected = expect(job, graphs)
        if self.choice.container.is_image:
            unknown = (None,) * len(expected.streams)
            return replace(expected, duration=None, lengths=unknown, reads_to_end=False)
        return expected

    # the options of the last pass

    def _head(self, fonts: Sequence[str] = (), *, seeks: bool = True) -> list[str]:
        job, burned = self.job, self.selection.burned
        shown = next(iter(self.selection.of_kind("video")), None)
        reading = Reading(
            copies=COPY in (self.choice.video_encoder, self.choice.audio_encoder),
            thumbnail_of=shown.input if shown and seeks else None,
            more={burned.input: fonts} if burned else {},
            list_file=list_name(job.attempt) if job.parts else None,
            parts=job.parts,
        )
        return reading_options(job.spec, job.infos, job.capabilities, job.limits, reading)

    def _maps(self) -> list[str]:
        attached = covers.attached(self.choice, self.selection)
        mapped = [stream for stream in self.selection.streams if stream not in attached]
        if self.job.burns_bitmap:
            others = [s for s in mapped if s not in self.selection.video_streams]
            return ["-map", "[burned]", *_maps(others)]
        return _maps(mapped)

    def _video(self) -> list[str]:
        argv = [*self._filters(), *self.video.argv] if self.selection.video_streams else []
        graphs, twice = self.video.graphs, self.job.is_two_pass
        return argv + frame_timing(self.choice, self.source_info, graphs, twice=twice)

    def _filters(self) -> list[str]:
        if self.selection.burned is not None and not self.job.encodes_video:
            raise refuse(
                FailureReason.BAD_FILTER, "Subtitles cannot be burned into a copied video stream."
            )
        parts = [str(graph) for graph in self.video.graphs]
        if self.job.burns_text:
            parts.append(extraction.burning_filter(self.has_fonts, self.job.attempt))
        if self.job.burns_bitmap:
            burned = self.selection.burned
            assert burned is not None
            *before, last = overlay(self.selection.video_streams[0], burned)
            chain = ";".join([*before, ",".join([last, *parts])])
            return ["-filter_complex", f"{chain}[burned]"]
        return filter_options("v", ",".join(parts), self.selection.video_streams)

    def _audio(self) -> list[str]:
        streams = self.selection.of_kind("audio")
        argv, warnings = encoding_options(self.audio, self.choice, streams, self.job.capabilities)
        self.warnings += warnings
        return argv

    def _subtitles(self) -> list[str]:
        argv, warnings = subtitles.encoding(
            self.choice.subtitle_encoder,
            self.choice.container,
            self.selection.of_kind("subtitle"),
        )
        self.warnings += warnings
        return argv

    def _container(self) -> list[str]:
        return [
            *alpha.options(self.choice, self.selection.video_streams),
            *covers.options(self.choice, self.selection, self.job.attempt),
            *container_options(self.choice, self.job.capabilities, self.job.info_of(None)),
        ]

    # the passes

    def _extraction_pass(self) -> list[Pass]:
        attempt = self.job.attempt
        outputs = extraction.outputs(self.choice, self.selection, attempt)
        if not outputs:
            return []
        head = self._head(extraction.font_options(self.fonts, attempt))
        return [Pass((*head, *outputs), 0.05)]

    def _motion_pass(self, head: Sequence[str]) -> list[Pass]:
        if self.motion is None:
            return []
        if len(self.selection.video_streams) > 1:
            raise InvalidArgument("video.filters", "vidstabtransform takes one video stream.")
        chain = ",".join(str(graph) for graph in self.motion)
        words = ["-filter:v", chain, *duration_limit(self.job.limits), "-f", "null", "-"]
        return [Pass((*head, *self._first_map(), *words), 0.5)]

    def _measuring_pass(self, head: Sequence[str]) -> list[Pass]:
        loudnorm = self.audio.loudnorm
        if loudnorm is None:
            return []
        chain = ",".join(str(graph) for graph in self.audio.graphs)
        tracks = self.selection.of_kind("audio")
        words = [
            *_maps(tracks),
            *measuring([chain] * len(tracks), loudnorm),
            *duration_limit(self.job.limits),
            *("-f", "null", "-"),
        ]
        return [Pass((*head, *words), 0.1, loudnorm=(loudnorm,) * len(tracks))]

    def _first_pass(self, video: list[str]) -> list[str]:
        private = [w for option in self.choice.options if _is_private(option) for w in option.argv]
        limits = self.job.limits
        return [
            *(["-map", "[burned]"] if self.job.burns_bitmap else self._first_map()),
            *self._with_server_params([*video, *private, *self._pass_options(1)]),
            *("-threads", str(limits.threads), *duration_limit(limits), "-f", "null", "-"),
        ]

    def _first_map(self) -> list[str]:
        return _maps(self.selection.video_streams[:1])

    def _last_passes(self, head: Sequence[str], options: Sequence[str]) -> list[Pass]:
        """Return the pass that writes the result; for a thumbnail, a fallback without seeking."""
        words = (
            *self._with_server_params(covers.without_covers(options, self.selection)),
            *output_end(self.choice, self.job.limits, self.output),
        )
        passes = [Pass((*head, *words), 1.0)]
        if self.job.spec.thumbnail and "-ss" in head:
            # if no frame follows the requested time, the first frame is taken
            unsought = self._head(seeks=False)
            passes.append(Pass((*unsought, *words), 0.0, is_fallback=True))
        return passes

    def _with_server_params(self, argv: Sequence[str]) -> list[str]:
        encoder = self.choice.video_encoder if self.job.encodes_video else None
        return with_server_params(argv, encoder, self.job.limits.threads)

    def _pass_options(self, number: int) -> list[str]:
        attempt = self.job.attempt
        if self.choice.video_encoder == "libx265":
            return ["-x265-params", f"pass={number}:stats={attempt}/pass.log"]
        return ["-pass", str(number), "-passlogfile", f"{attempt}/pass"]


def _maps(streams: Iterable[Stream]) -> list[str]:
    return [word for stream in streams for word in ("-map", stream.specifier)]


def _is_private(option: Option) -> bool:
    return option.name.endswith(("-params", "opts")) or option.name in TIMING
