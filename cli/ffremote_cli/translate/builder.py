"""The job JSON that the options of an ffmpeg command line make together."""

from pathlib import PurePath
from typing import Any

from ..labels import server_label
from .agreement import refuse_change_of_pace, settle_rate
from .burn import take_burn
from .container import container_of, is_one_picture
from .graph import Graph, read_graph
from .line import Line, Option
from .refusal import CannotTranslate
from .streams import streams_of, subtitles_of
from .tables import (
    FIELDS,
    FPS_MODES,
    IMAGES,
    NO_OUTPUT_OPTION,
    RATES,
    SAME,
    SIZES,
)
from .times import stretch

_TALK = frozenset(
    {"y", "n", "hide_banner", "stdin", "nostdin", "stats", "nostats", "stats_period"}
    | {"loglevel", "v", "progress"}
)


class JobBuilder:
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
        container = container_of(name, self._said)
        unnamed = name == "-" or name.startswith("pipe:")
        job["output_filename"] = f"result.{container}" if unnamed else server_label(name)
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

    def _put_times(self, is_image: bool) -> None:
        before = {option.key: option.value or "" for option in self._line.input_options}
        part = stretch(before, self._after)
        frames = self._said.get("frames:v")
        if is_image:
            if not is_one_picture(self._said):
                raise CannotTranslate(
                    str(self._line.output), "a picture of a film needs -frames:v 1"
                )
            self._job["thumbnail"] = {"at": part.get("start", 0)}
            return
        if part:
            refuse_change_of_pace(self._job, self._after)
            self._job["input"] = part
        if frames is not None:
            self._extra += ["-frames:v", frames]
        if "update" in self._said:
            raise CannotTranslate("-update", NO_OUTPUT_OPTION["update"])

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
        settle_rate(self._job.get("video", {}))

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
    "c": JobBuilder._keep,
    "c:s": JobBuilder._keep,
    "f": JobBuilder._keep,
    "s": JobBuilder._keep,
    "r": JobBuilder._keep,
    "frames:v": JobBuilder._keep,
    "update": JobBuilder._keep,
    "pass": JobBuilder._keep,
    "passlogfile": JobBuilder._keep,
    "ss": JobBuilder._keep_time,
    "t": JobBuilder._keep_time,
    "to": JobBuilder._keep_time,
    "vn": JobBuilder._switch_off,
    "an": JobBuilder._switch_off,
    "sn": JobBuilder._switch_off,
    "dn": JobBuilder._switch_off,
    "map": JobBuilder._add_map,
    "filter:v": JobBuilder._add_filter,
    "filter:a": JobBuilder._add_filter,
    "filter_complex": JobBuilder._add_graph,
    "lavfi": JobBuilder._add_graph,
    "metadata": JobBuilder._add_metadata,
    "metadata:g": JobBuilder._add_metadata,
    "map_metadata": JobBuilder._map_metadata,
    "vsync": JobBuilder._add_fps_mode,
}
