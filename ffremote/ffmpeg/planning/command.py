"""The command lines of one job, once its streams are chosen."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ffremote.spec import Audio, Video
from ffremote.states import FailureReason

from ..formats import audio as sounds
from ..formats import audio_limits, subtitles
from ..formats.decision import Choice
from ..formats.encoders import COPY
from ..formats.loudness import measuring
from ..formats.server_params import with_server_params
from ..model.capabilities import Capabilities
from ..model.failure import refuse
from ..model.limits import Limits
from ..model.media_info import MediaInfo
from ..model.plan import MEASURED, Expected, Pass, Plan
from ..policy.filtergraph import Graph
from ..policy.options import Option
from ..streams import alpha, covers
from ..streams.selection import Selection
from . import audio_copy, extraction
from .expected import expect
from .frame_rate import TIMING, frame_timing
from .input_options import reading_options
from .output_options import bound, container_options, end
from .picture_subtitles import overlay
from .video_track import settle
from .warnings import notes


class Writer:
    """Writes the command lines of one job; a class only to hold what all parts need."""

    def __init__(
        self,
        choice: Choice,
        info: MediaInfo,
        capabilities: Capabilities,
        limits: Limits,
        attempt: str,
        selection: Selection,
    ) -> None:
        self.choice = choice
        self.spec = choice.spec
        self.video = choice.spec.video_options or Video()
        self.audio = choice.spec.audio_options or Audio()
        self.info = info
        self.capabilities = capabilities
        self.limits = limits
        self.attempt = attempt
        self.selection = selection
        self.fonts = extraction.fonts(selection, info)
        self.output = f"{attempt}/out.{choice.container.extension}"
        film = next(iter(selection.video_streams), None)
        self.pictures = settle(choice, info, film, capabilities)
        self.warnings = list(self.pictures.warnings)
        if self._encodes("audio"):
            assert choice.audio_encoder is not None
            self.audio, said = audio_limits.adjust(self.audio, choice.audio_encoder)
            self.warnings += said

    def write(self) -> Plan:
        """Put the passes together."""
        self.warnings += notes(self.choice, self.selection, self.info)
        self.warnings += extraction.lacking_fonts(self.selection, self.info)
        head = self._head()
        graphs = self._graphs()
        video = self._video(graphs["video"])
        audio = self._audio(graphs["audio"])
        passes = []
        taken_out = extraction.outputs(self.choice, self.selection, self.attempt)
        if taken_out:
            fonts = extraction.font_options(self.fonts, self.attempt)
            passes.append(Pass((*self._head(fonts), *taken_out), 0.05))
        if self._normalises:
            passes.append(Pass((*head, *self._measuring(graphs["audio"])), 0.1, True))
        twice = bool(self.video.two_pass and self._encodes("video"))
        video += frame_timing(self.choice, self.info, graphs["video"], twice=twice)
        last = [
            *self._maps(),
            *video,
            *audio,
            *self._subtitles(),
            *alpha.options(self.choice, self.selection.video_streams),
            *covers.options(self.choice, self.selection, self.attempt),
            *container_options(self.choice, self.capabilities, self.info),
        ]
        if twice:
            passes.append(Pass((*head, *self._first_pass(video)), 0.4))
            last += self._pass_options(2)
        words = (
            *self._settled(covers.without_covers(last, self.selection)),
            *end(self.choice.container, self.limits, self.output),
        )
        passes.append(Pass((*head, *words), 1.0))
        if self.spec.thumbnail and "-ss" in head:
            # nothing may lie behind that moment: then it is the first picture
            head = self._head(seeks=False)
            passes.append(Pass((*head, *words), 0.0, is_fallback=True))
        total = sum(each.weight for each in passes)
        return Plan(
            passes=tuple(replace(each, weight=each.weight / total) for each in passes),
            output=self.output,
            expected=self._expected(graphs),
            warnings=tuple(self.warnings),
            rewrites_output=any("faststart" in word for word in last),
            folders=(extraction.fonts_folder(self.attempt),) if self.fonts else (),
            demuxer=self.choice.container.demuxer,
        )

    def _head(self, more: Sequence[str] = (), *, seeks: bool = True) -> list[str]:
        return reading_options(
            self.spec,
            self.info,
            self.capabilities,
            self.limits,
            copies=COPY in (self.choice.video_encoder, self.choice.audio_encoder),
            seeks=seeks,
            more=more,
        )

    def _expected(self, graphs: dict[str, list[Graph]]) -> Expected:
        expected = expect(self.spec, self.info, self.selection, dict(graphs), self.choice.options)
        if self.choice.container.is_image:
            nothing = (None,) * len(expected.streams)
            return replace(expected, duration=None, lengths=nothing, reads_to_end=False)
        return expected

    # what is done

    def _encodes(self, kind: str) -> bool:
        encoder = getattr(self.choice, f"{kind}_encoder")
        there = self.selection.video_streams if kind == "video" else self.selection.of_kind(kind)
        return bool(there) and encoder not in (None, COPY)

    @property
    def _normalises(self) -> bool:
        return self._encodes("audio") and self.audio.loudness is not None

    @property
    def _burns_text(self) -> bool:
        return extraction.burns_text(self.selection)

    def _graphs(self) -> dict[str, list[Graph]]:
        audio = []
        if self._encodes("audio"):
            encoder, streams = self.choice.audio_encoder or "", self.selection.of_kind("audio")
            audio = audio_limits.downmix(self.audio, encoder, streams) + sounds.chain(self.audio)
        return {"video": list(self.pictures.graphs), "audio": audio}

    def _maps(self) -> list[str]:
        attached = covers.attached(self.choice, self.selection)
        mapped = [stream for stream in self.selection.streams if stream not in attached]
        if self._burns_picture:
            others = [s for s in mapped if s not in self.selection.video_streams]
            return ["-map", "[burned]", *_maps(s.index for s in others)]
        return _maps(stream.index for stream in mapped)

    @property
    def _burns_picture(self) -> bool:
        return self.selection.burned is not None and not self._burns_text

    def _video(self, graphs: list[Graph]) -> list[str]:
        if not self.selection.video_streams:
            return []
        return [*self._filters(graphs), *self.pictures.argv]

    def _filters(self, graphs: list[Graph]) -> list[str]:
        if self.selection.burned is not None and not self._encodes("video"):
            raise refuse(
                FailureReason.BAD_FILTER, "Subtitles cannot be burned into copied pictures."
            )
        parts = [str(graph) for graph in graphs]
        if self._burns_text:
            parts.append(extraction.burning_filter(self.fonts, self.attempt))
        if self._burns_picture:
            burned = self.selection.burned
            assert burned is not None
            *before, last = overlay(self.selection.video_streams[0], burned)
            chain = ";".join([*before, ",".join([last, *parts])])
            return ["-filter_complex", f"{chain}[burned]"]
        return ["-filter:v", ",".join(parts)] if parts else []

    def _audio(self, graphs: list[Graph]) -> list[str]:
        if not self.selection.of_kind("audio"):
            return []
        assert self.choice.audio_encoder is not None
        parts = [str(graph) for graph in graphs]
        argv = ["-filter:a", ",".join(parts)] if parts else []
        if self._normalises:
            argv = []
            for track in range(len(self.selection.of_kind("audio"))):
                words = ",".join([*parts, MEASURED.format(track)])
                argv += [f"-filter:a:{track}", words]
        encoder, streams = self.choice.audio_encoder, self.selection.of_kind("audio")
        argv += sounds.encoding(self.audio, encoder)
        fitted, said = audio_limits.stream_options(self.audio, encoder, streams)
        instead, more = audio_copy.encoded_instead(self.choice, streams, self.capabilities)
        self.warnings += [*said, *more]
        return [*argv, *fitted, *instead]

    def _subtitles(self) -> list[str]:
        argv, warnings = subtitles.encoding(
            self.choice.subtitle_encoder,
            self.choice.container,
            self.selection.of_kind("subtitle"),
        )
        self.warnings += warnings
        return argv

    # the passes before the last

    def _settled(self, argv: Sequence[str]) -> list[str]:
        encoder = self.choice.video_encoder if self._encodes("video") else None
        return with_server_params(argv, encoder, self.limits.threads)

    def _pass_options(self, number: int) -> list[str]:
        if self.choice.video_encoder == "libx265":
            return ["-x265-params", f"pass={number}:stats={self.attempt}/pass.log"]
        return ["-pass", str(number), "-passlogfile", f"{self.attempt}/pass"]

    def _first_pass(self, video: list[str]) -> list[str]:
        private = [w for option in self.choice.options if _is_private(option) for w in option.argv]
        film = self.selection.video_streams[0].index
        maps = [] if self._burns_picture else _maps([film])
        if self._burns_picture:
            maps = ["-map", "[burned]"]
        return [
            *maps,
            *self._settled([*video, *private, *self._pass_options(1)]),
            *("-threads", str(self.limits.threads), *bound(self.limits), "-f", "null", "-"),
        ]

    def _measuring(self, graphs: list[Graph]) -> list[str]:
        target = sounds.loudness_target(self.audio)
        assert target is not None
        chain = ",".join(str(graph) for graph in graphs)
        tracks = self.selection.of_kind("audio")
        options = measuring([chain] * len(tracks), sounds.loudnorm(target))
        maps = _maps(stream.index for stream in tracks)
        return [*maps, *options, *bound(self.limits), "-f", "null", "-"]


def _maps(indexes: Iterable[int]) -> list[str]:
    return [word for index in indexes for word in ("-map", f"0:{index}")]


def _is_private(option: Option) -> bool:
    return option.name.endswith(("-params", "opts")) or option.name in TIMING
