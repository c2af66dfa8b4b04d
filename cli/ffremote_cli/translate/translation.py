"""The job that an ffmpeg command line means."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from .burn import take_burn
from .graph import Graph, read_graph
from .line import Line, Option
from .refusal import CannotTranslate
from .streams import streams_of, subtitles_of
from .tables import (
    CONTAINERS,
    FIELDS,
    FPS_MODES,
    IMAGES,
    NO_INPUT_OPTION,
    NO_OUTPUT_OPTION,
    ONE_INPUT,
    PACE_CHANGERS,
    RATES,
    SAME,
    SEVERAL_FILES,
    SIZES,
)
from .times import stretch

_TALK = frozenset(
    {"y", "n", "hide_banner", "stdin", "nostdin", "stats", "nostats", "stats_period"}
    | {"loglevel", "v", "progress"}
)
_NOWHERE = frozenset({"/dev/null", "NUL", "nul"})
_FILTER_NAMES = re.compile(r"(?:^|[,;\]])\s*([a-z0-9_]+)")
_TIMES = ("ss", "t", "to")


@dataclass(frozen=True, slots=True)
class FirstPass:
    """The first of two passes: nothing to do, because the second makes the server do both."""


@dataclass(frozen=True, slots=True)
class Translation:
    """The job, the file to send, and where the result goes; `-` is stdin or stdout."""

    job: Mapping[str, Any]
    input: str
    output: str
    remarks: tuple[str, ...] = ()
    """What a person should know about it."""


def translate(line: Line) -> Translation | FirstPass:
    """Say the command line as a job; raises CannotTranslate for what no job can say."""
    if line.input is None:
        raise CannotTranslate("ffmpeg", "there is no input (-i)")
    if line.output is None:
        raise CannotTranslate("ffmpeg", "at least one output file must be given")
    if is_first_pass(line):
        return FirstPass()
    _check_input(line.input, line.input_options)
    job = _Job(line).build()
    source, target = (name.removeprefix("file:") for name in (line.input, line.output))
    return Translation(job, source, target, _remarks(line, job))


def _remarks(line: Line, job: Mapping[str, Any]) -> tuple[str, ...]:
    copies = any((job.get(part) or {}).get("codec") == "copy" for part in ("video", "audio"))
    if copies and any(option.key == "ss" for option in line.output_options):
        return (
            "-ss works as before -i: what is copied begins at the key frame before that moment",
        )
    return ()


def is_first_pass(line: Line) -> bool:
    """Whether the line only makes the statistics for a second one."""
    said = {option.key: option.value for option in line.output_options}
    return said.get("pass") == "1" and (said.get("f") == "null" or line.output in _NOWHERE)


def _check_input(name: str, options: Sequence[Option]) -> None:
    if name.startswith("concat:"):
        raise CannotTranslate(f"-i {name}", ONE_INPUT)
    if re.match(r"[a-z][a-z0-9+.\-]+:(?!\\)", name) and not name.startswith(("file:", "pipe:")):
        raise CannotTranslate(
            f"-i {name}", "the server reads no addresses", hint="download it, and send the file"
        )
    for option in options:
        if option.key == "f" and option.value in ("concat", "lavfi", "image2", "image2pipe"):
            raise CannotTranslate(f"-f {option.value}", ONE_INPUT)
        if option.key not in _TIMES:
            why = NO_INPUT_OPTION.get(option.name, "before -i a job knows -ss, -t and -to")
            raise CannotTranslate(option.word, why)


class _Job:
    """The job JSON while it grows, option by option."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._job: dict[str, Any] = {}
        self._after: dict[str, str] = {}
        self._maps: list[str] = []
        self._extra: list[str] = []
        self._graph: Graph | None = None
        self._said: dict[str, str] = {}
        self._off: set[str] = set()

    def build(self) -> dict[str, Any]:
        """Read every option, then put together what depends on several."""
        for option in (*self._line.globals, *self._line.output_options):
            self._read(option)
        job = self._job
        name = PurePath(self._line.output or "").name
        container = self._container(name)
        job["output_filename"] = f"result.{container}" if name == "-" or ":" in name else name
        if "f" in self._said:
            job["container"] = container
        self._put_times(container in IMAGES)
        self._put_pictures()
        self._put_codecs(container)
        self._put_streams(container)
        if self._extra:
            job["extra_args"] = self._extra
        return job

    # -- one option -----------------------------------------------------------------------

    def _read(self, option: Option) -> None:
        key = SAME.get(option.key, option.key)
        if key in _TALK:
            return
        if key in FIELDS:
            self._put_field(key, option)
        elif key in _READERS:
            _READERS[key](self, option)
        elif key in NO_OUTPUT_OPTION or option.name in NO_OUTPUT_OPTION:
            why = NO_OUTPUT_OPTION.get(key) or NO_OUTPUT_OPTION[option.name]
            raise CannotTranslate(option.word, why)
        else:
            # the server knows which further options it takes, and refuses the others by name
            self._extra += option.words

    def _put_field(self, key: str, option: Option) -> None:
        part, name, convert = FIELDS[key]
        try:
            self._part(part)[name] = convert(option.value or "")
        except ValueError as exc:
            raise CannotTranslate(
                f"{option.word} {option.value}", "this option wants a number"
            ) from exc

    def _part(self, name: str) -> dict[str, Any]:
        part: dict[str, Any] = self._job.setdefault(name, {})
        return part

    def _keep(self, option: Option) -> None:
        self._said[SAME.get(option.key, option.key)] = option.value or ""

    def _keep_time(self, option: Option) -> None:
        self._after[option.key] = option.value or ""

    def _switch_off(self, option: Option) -> None:
        self._off.add(option.key)

    def _add_map(self, option: Option) -> None:
        self._maps.append(option.value or "")

    def _add_filter(self, option: Option) -> None:
        kind = "video" if SAME.get(option.key, option.key) == "filter:v" else "audio"
        text = option.value or ""
        if kind == "video":
            text, track = take_burn(text, self._line.input or "")
            if track is not None:
                self._job["subtitles"] = {"mode": "burn", "track": track}
        if text:
            self._part(kind)["filters"] = [text]

    def _add_graph(self, option: Option) -> None:
        if self._graph is not None:
            raise CannotTranslate(option.word, "one graph is enough for one input")
        self._graph = read_graph(option.value or "")
        kind = "video" if self._graph.kind == "v" else "audio"
        if "filters" in self._part(kind):
            raise CannotTranslate(option.word, "write all filters in one option")
        self._part(kind)["filters"] = [self._graph.text]

    def _add_metadata(self, option: Option) -> None:
        key, equals, value = (option.value or "").partition("=")
        if not equals:
            raise CannotTranslate(f"-metadata {option.value}", "metadata is KEY=VALUE")
        self._part("metadata")[key] = value

    def _add_fps_mode(self, option: Option) -> None:
        """-vsync is the old name, with numbers for the modes."""
        mode = FPS_MODES.get(option.value or "", option.value or "")
        self._extra += ["-fps_mode", mode]

    def _map_metadata(self, option: Option) -> None:
        if option.value == "-1":
            self._job["strip_metadata"] = True
        else:
            self._extra += option.words

    # -- what several options say together -------------------------------------------------

    def _container(self, name: str) -> str:
        muxer = self._said.get("f")
        if muxer in SEVERAL_FILES and not (muxer == "image2" and self._is_one_picture()):
            raise CannotTranslate(f"-f {muxer}", "this makes several files, and a job makes one")
        if muxer == "null":
            raise CannotTranslate("-f null", "nothing would come back from the server")
        if muxer is not None and muxer != "image2":
            return CONTAINERS.get(muxer, muxer)
        extension = PurePath(name).suffix[1:].lower()
        if not extension:
            raise CannotTranslate(name, "say what it will be: -f mp4, or a name with an ending")
        if extension in ("m3u8", "mpd") or re.search(r"%\d*d", name):
            raise CannotTranslate(name, "this makes several files, and a job makes one")
        return extension

    def _is_one_picture(self) -> bool:
        return self._said.get("frames:v") == "1" or self._said.get("update") == "1"

    def _put_times(self, is_image: bool) -> None:
        before = {option.key: option.value or "" for option in self._line.input_options}
        part = stretch(before, self._after)
        frames = self._said.get("frames:v")
        if is_image:
            if not self._is_one_picture():
                raise CannotTranslate(
                    str(self._line.output), "a picture of a film needs -frames:v 1"
                )
            self._job["thumbnail"] = {"at": part.get("start", 0)}
            return
        if part:
            self._refuse_change_of_pace()
            self._job["input"] = part
        if frames is not None:
            self._extra += ["-frames:v", frames]
        if "update" in self._said:
            raise CannotTranslate("-update", NO_OUTPUT_OPTION["update"])

    def _refuse_change_of_pace(self) -> None:
        """After -i, -t and -to count in the result; a job counts in its input."""
        word = next((f"-{name}" for name in ("t", "to") if name in self._after), None)
        parts = [self._job.get(part) or {} for part in ("video", "audio")]
        texts = [text for part in parts for text in part.get("filters", ())]
        found = {name for text in texts for name in _FILTER_NAMES.findall(text)} & PACE_CHANGERS
        if word and found:
            raise CannotTranslate(
                word,
                f"after -i it counts in the result, whose pace {min(found)} changes",
                hint="write it before -i, where it counts in the input",
            )

    def _put_pictures(self) -> None:
        size, rate = self._said.get("s"), self._said.get("r")
        video = self._job.get("video", {})
        if size is not None:
            scale = SIZES.get(size, size.replace("x", ":"))
            # ffmpeg scales for -s after all filters; `scale` would come before them
            if "filters" in video:
                video["filters"].append(f"scale={scale}")
            else:
                self._part("video")["scale"] = scale
        if rate is not None:
            fps = RATES.get(rate, rate)
            if "filters" in video:
                video["filters"].append(f"fps={fps}")
            else:
                self._part("video")["fps"] = fps
        if self._said.get("pass") in ("1", "2", "3"):
            self._part("video")["two_pass"] = True
        _settle_rate(self._job.get("video", {}))

    def _put_codecs(self, container: str) -> None:
        codec = self._said.get("c")
        if codec is not None and codec != "copy":
            raise CannotTranslate(f"-c {codec}", "say which: -c:v or -c:a")
        for part, switch in (("video", "vn"), ("audio", "an")):
            if switch in self._off:
                self._job[part] = False
            elif codec == "copy":
                self._part(part).setdefault("codec", "copy")
        if "dn" in self._off:
            self._extra.append("-dn")

    def _put_streams(self, container: str) -> None:
        streams = streams_of(self._maps, self._graph)
        if streams:
            self._job["streams"] = streams
        subtitles = subtitles_of(
            self._said.get("c:s"),
            maps=self._maps,
            dropped="sn" in self._off,
            copy_all=self._said.get("c") == "copy" and "vn" not in self._off,
            container=container,
        )
        if subtitles is not None:
            self._job.setdefault("subtitles", subtitles)


_READERS = {
    "c": _Job._keep,
    "c:s": _Job._keep,
    "f": _Job._keep,
    "s": _Job._keep,
    "r": _Job._keep,
    "frames:v": _Job._keep,
    "update": _Job._keep,
    "pass": _Job._keep,
    "passlogfile": _Job._keep,
    "ss": _Job._keep_time,
    "t": _Job._keep_time,
    "to": _Job._keep_time,
    "vn": _Job._switch_off,
    "an": _Job._switch_off,
    "sn": _Job._switch_off,
    "dn": _Job._switch_off,
    "map": _Job._add_map,
    "filter:v": _Job._add_filter,
    "filter:a": _Job._add_filter,
    "filter_complex": _Job._add_graph,
    "lavfi": _Job._add_graph,
    "metadata": _Job._add_metadata,
    "metadata:g": _Job._add_metadata,
    "map_metadata": _Job._map_metadata,
    "vsync": _Job._add_fps_mode,
}


def _settle_rate(video: dict[str, Any]) -> None:
    """-b:v beside -crf: a cap for VP9 and AV1, nothing for x264, and `-b:v 0` no rate at all."""
    if "crf" not in video or "bitrate" not in video:
        return
    if video["bitrate"] == "0":
        del video["bitrate"]  # the server says it itself where the encoder needs it
    elif video.get("codec", "libx264") in ("libx264", "libx265", "h264", "hevc"):
        raise CannotTranslate(
            f"-b:v {video['bitrate']}",
            "this encoder does not look at it beside -crf",
            hint="leave one out, or cap the quality with -maxrate and -bufsize",
        )
