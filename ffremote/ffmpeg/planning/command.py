"""Writes the command lines of one output, once its encoders and streams are chosen."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ffremote.states import FailureReason

from ..formats import side_files, subtitles
from ..formats.encoders import COPY
from ..formats.media_types import media_type
from ..formats.server_params import pass_options, with_server_params
from ..model.expected import Expected
from ..model.failure import refuse
from ..model.plan import Pass
from ..model.planned_output import PlannedOutput
from ..policy.options import Option
from ..streams import alpha, covers
from . import extraction
from .audio_track import encoding_options, filter_options, plan_audio
from .expected import expect
from .graphs.alike import list_name
from .graphs.graph_text import Tail, graph_options
from .graphs.tails import carried_tags, last_tails, maps
from .held_in_job import check_memory
from .input_options import Reading, reading_options
from .output_command import OutputCommand
from .output_options import container_options, duration_limit, output_end
from .packages.package import write_package
from .packages.renditions import rendition_filters
from .picture_subtitles import overlay, text_filters
from .preparing_passes import measuring_pass, motion_pass
from .resolved_job import ResolvedJob
from .stabilization import stabilize
from .timing.frame_rate import TIMING, frame_timing
from .video_track import plan_video
from .warnings import plan_warnings


def write_output(job: ResolvedJob, *, copies: bool) -> OutputCommand:
    """Return the command lines of one output; `copies`: some output has packets of the inputs."""
    return _Writer(job, copies).write()


class _Writer:
    """Writes the command lines of one output; a class only to hold what all parts need."""

    def __init__(self, job: ResolvedJob, copies: bool) -> None:
        self.job, self.choice, self.selection = job, job.choice, job.selection
        self.copies = copies
        first = next(iter(job.selection.video_streams), None)
        source = first and job.base_of(first)
        self.source_info = job.info_of(source)
        self.video = plan_video(job.choice, self.source_info, source, job.capabilities, job.layers)
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
        self.expected = self._expected()
        self.package = write_package(job, self.expected)
        self.output = self.package.operand or f"{job.attempt}/out.{self.choice.container.extension}"
        self.warnings = [*self.video.warnings, *self.audio.warnings, *self.package.warnings]

    def write(self) -> OutputCommand:
        """Return the passes and the expected result."""
        job = self.job
        self.warnings += plan_warnings(self.choice, self.selection, job.infos, job.info)
        self.warnings += extraction.unused_font_warnings(self.selection, job.info)
        head, video = self._head(), self._video()
        options = [*self._maps(), *video, *self._audio(), *self._subtitles()]
        options += [*self.package.options, *self._container()]
        preparing = [
            *self._extraction_pass(),
            *motion_pass(job, self.motion, head),
            *measuring_pass(job, self.audio, head),
        ]
        if self.job.is_two_pass:
            preparing.append(Pass((*head, *self._first_pass(video)), 0.4))
            options += pass_options(self.choice.video_encoder, 2, job.attempt)
        folders = (*((job.attempt,) if job.number else ()), *self.package.folders)
        fonts = (extraction.fonts_folder(job.attempt),) if self.has_fonts else ()
        return OutputCommand(
            job,
            preparing=tuple(preparing),
            reading=tuple(head),
            unsought=self._unsought(head),
            tails=self._tails(),
            writing=self._writing(options),
            planned=self._planned(options),
            folders=(*folders, *fonts),
            warnings=tuple(self.warnings),
            luts=side_files.luts(self.choice.files, self.choice.used_files),
            links=extraction.links(self.choice, self.selection, job.attempt),
        )

    def _planned(self, options: Sequence[str]) -> PlannedOutput:
        if self.package.members:
            return self.package.planned(self.job, self.expected)
        return PlannedOutput(
            self.output,
            self.expected,
            kind=self.choice.container.output_kind,
            name=self.job.spec.output_filename,
            media_type=media_type(self.job.spec.container, self.job.spec.output_filename),
            is_rewritten=any("faststart" in word for word in options),
            demuxer=self.choice.container.demuxer,
            form=self.choice.container.form,
            copies_video=any(w.startswith("-c:v") and x == COPY for w, x in pairwise(options)),
        )

    def _expected(self) -> Expected:
        choice = self.choice
        expected = expect(self.job, {"video": self.video.timed_graphs, "audio": self.audio.graphs})
        is_cover = any(s.is_picture for s in self.selection.video_streams)
        is_cover = is_cover and choice.container.form is not None
        if choice.is_one_picture or choice.keeps_last_picture or is_cover:
            unknown = (None,) * len(expected.streams)
            return replace(expected.with_unknown_reading(), duration=None, lengths=unknown)
        return expected

    # the options of the last pass

    def _head(self, fonts: Sequence[str] = (), *, seeks: bool = True) -> list[str]:
        job, burned = self.job, self.selection.burned
        first = next(iter(self.selection.of_kind("video")), None)
        shown = first and job.base_of(first)
        reading = Reading(
            copies=self.copies,
            thumbnail_of=shown.input if shown and seeks else None,
            more={burned.input: fonts} if burned else {},
            list_file=list_name(job.attempt) if job.parts else None,
            parts=job.parts,
            attempt=job.attempt,
        )
        return reading_options(job.spec, job.infos, job.capabilities, job.limits, reading)

    def _maps(self) -> list[str]:
        attached = covers.attached(self.choice, self.selection)
        mapped = [stream for stream in self.selection.streams if stream not in attached]
        if self._burns_apart:
            others = [s for s in mapped if s not in self.selection.video_streams]
            return ["-map", self._burned_label, *maps(others)]
        return maps(mapped)

    @property
    def _burned_label(self) -> str:
        return f"[burned{self.job.number or ''}]"

    def _video(self) -> list[str]:
        argv = [*self._filters(), *self.video.argv] if self.selection.video_streams else []
        graphs, twice = self.video.timed_graphs, self.job.is_two_pass
        return argv + frame_timing(self.choice, self.source_info, graphs, twice=twice)

    def _filters(self) -> list[str]:
        if self.selection.burned is not None and not self.job.encodes_video:
            raise refuse(
                FailureReason.BAD_FILTER, "Subtitles cannot be burned into a copied video stream."
            )
        before, behind = text_filters(self.job, fonts=self.has_fonts)
        parts = [*before, *map(str, self.video.graphs), *behind, *self.package.filters]
        if self._burns_apart:
            burned = self.selection.burned
            assert burned is not None
            *scaling, drawn = overlay(self.selection.video_streams[0], burned)
            chain = ";".join([*scaling, ",".join([drawn, *parts])])
            return ["-filter_complex", f"{chain}{self._burned_label}"]
        if self.package.renditions:
            return rendition_filters(self.package.renditions, parts)
        return filter_options("v", ",".join(parts), self.selection.video_streams)

    @property
    def _burns_apart(self) -> bool:
        """Whether bitmap subtitles are drawn by a graph of their own."""
        return self.job.burns_bitmap and not self.selection.video_streams[0].is_made

    def _tails(self) -> dict[int, Tail]:
        before, behind = text_filters(self.job, fonts=self.has_fonts)
        ends = ",".join(before), ",".join([*behind, *self.package.filters])
        return last_tails(self.job, self.video, self.audio, ends)

    def _audio(self) -> list[str]:
        argv, warnings = encoding_options(self.audio, self.job)
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
            *covers.options(self.choice, self.selection, self.job.attempt, self.job.infos),
            *carried_tags(self.job),
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

    def _first_pass(self, video: list[str]) -> list[str]:
        private = [w for option in self.choice.options if _is_private(option) for w in option.argv]
        limits, first = self.job.limits, self.selection.video_streams[0]
        number = pass_options(self.choice.video_encoder, 1, self.job.attempt)
        return [
            *graph_options(self.job, self._tails(), (first.index,) if first.is_made else ()),
            *(["-map", self._burned_label] if self._burns_apart else maps([first])),
            *self._with_server_params([*video, *private, *number]),
            *("-threads", str(limits.threads), *duration_limit(limits), "-f", "null", "-"),
        ]

    def _writing(self, options: Sequence[str]) -> tuple[str, ...]:
        return (
            *self._with_server_params(covers.without_covers(options, self.selection)),
            *output_end(self.choice, self.job.limits, self.output),
        )

    def _unsought(self, head: Sequence[str]) -> tuple[str, ...] | None:
        """Return the head that takes a thumbnail's first frame, if none follows its time."""
        seeks = self.job.spec.thumbnail and "-ss" in head
        return tuple(self._head(seeks=False)) if seeks else None

    def _with_server_params(self, argv: Sequence[str]) -> list[str]:
        encoder = self.choice.video_encoder if self.job.encodes_video else None
        return with_server_params(argv, encoder, self.job.limits.threads)


def _is_private(option: Option) -> bool:
    return option.name.endswith(("-params", "opts")) or option.name in TIMING
