"""The job JSON that the options of an ffmpeg command line make together."""

from collections.abc import Callable
from pathlib import PurePath
from typing import Any

from ..file_names import server_label
from .errors import CannotTranslate
from .filters.chains import Filters
from .line import unsupported
from .line.command_line import Line, Option
from .line.ignored import is_ignored, remark_on
from .line.option_names import without_no
from .sections.conflicts import refuse_change_of_pace, settle_rate
from .sections.container import container_of
from .sections.single_picture import IMAGES, thumbnail_of
from .sections.streams import streams_of
from .sections.subtitles import subtitles_of
from .sections.tables import FIELDS, FPS_MODES, RATES, SAME, SIZES
from .sections.times import stretch

_TALK = frozenset({"y", "n", "hide_banner", "stdin", "stats", "loglevel", "v", "progress"})
_SWITCHES = frozenset({"vn", "an", "sn", "dn"})


class JobBuilder:
    """The job JSON while it grows, option by option."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._job: dict[str, Any] = {}
        self._after: dict[str, str] = {}
        self._maps: list[str] = []
        self._extra: list[str] = []
        self._filters = Filters(line.input or "")
        self._said: dict[str, str] = {}
        self._off: set[str] = set()
        self._ignored: list[Option] = []
        self.remarks: list[str] = []

    def build(self) -> dict[str, Any]:
        """Read every option, then put together what depends on several."""
        for option in self._line.input_options:
            self._read_before(option)
        for option in (*self._line.globals, *self._line.output_options):
            self._read(option)
        job = self._job
        name = PurePath(self._line.output or "").name
        codec = str(job.get("video", {}).get("codec", ""))
        container = container_of(name, {**self._said, "c:v": codec})
        unnamed = name == "-" or name.startswith("pipe:")
        job["output_filename"] = f"result.{container}" if unnamed else server_label(name)
        if "f" in self._said or unnamed:
            job["container"] = container
        self._filters.put_into(job)
        self._put_times(container in IMAGES)
        self._put_pictures()
        self._put_codecs()
        self._put_streams(container)
        if self._extra:
            job["extra_args"] = self._extra
        self.remarks += remark_on(self._ignored)
        return job

    # -- one option -----------------------------------------------------------------------

    def _read_before(self, option: Option) -> None:
        """Options of the input that have passed its own checks."""
        if option.key in _SWITCHES:
            self._off.add(option.key)
        elif is_ignored(option, before_input=True):
            self._ignored.append(option)

    def _read(self, option: Option) -> None:
        key = SAME.get(option.key, option.key)
        if without_no(key) in _TALK:
            return
        why = unsupported.OUTPUT.get(option.name)
        if key in FIELDS:
            self._put_field(key, option)
        elif key in _READERS:
            _READERS[key](self, option)
        elif key in _FILTERS:
            _FILTERS[key](self._filters, option)
        elif is_ignored(option, before_input=False):
            self._ignored.append(option)
        elif why is not None:
            raise CannotTranslate(option.word, why)
        else:
            # the server knows which further options it takes, and refuses the others by name
            words = [f"-{key}", *option.words[1:]] if key.startswith("bsf:") else option.words
            self._extra += words

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

    def _add_metadata(self, option: Option) -> None:
        key, equals, value = (option.value or "").partition("=")
        if not equals:
            raise CannotTranslate(f"-metadata {option.value}", "metadata is KEY=VALUE")
        self._part("metadata")[key] = value

    def _add_fps_mode(self, option: Option) -> None:
        """-vsync is the old name, with numbers for the modes."""
        mode = FPS_MODES.get(option.value or "", option.value or "")
        self._extra += ["-fps_mode", mode]

    def _add_rate(self, option: Option) -> None:
        """-r picks pictures after all filters, otherwise than the filter `fps` does."""
        self._extra += ["-r", RATES.get(option.value or "", option.value or "")]

    def _check_copied(self, option: Option) -> None:
        """Data streams and attachments are only ever copied."""
        if option.value != "copy":
            raise CannotTranslate(f"{option.word} {option.value}", "such streams are copied only")

    # -- what several options say together -------------------------------------------------

    def _put_times(self, is_image: bool) -> None:
        times = ("ss", "t", "to")
        before = {
            each.key: each.value or "" for each in self._line.input_options if each.key in times
        }
        part = stretch(before, self._after)
        if is_image:
            source, output = self._line.input or "", self._line.output or ""
            start = part.get("start", 0)
            self._job["thumbnail"] = thumbnail_of(source, output, self._said, self._job, start)
            return
        if part:
            refuse_change_of_pace(self._job, self._after)
            self._job["input"] = part
        if "frames:v" in self._said:
            self._extra += ["-frames:v", self._said["frames:v"]]
        if "update" in self._said:
            raise CannotTranslate("-update", unsupported.OUTPUT["update"])

    def _put_pictures(self) -> None:
        size = self._said.get("s")
        if size is not None:
            scale = SIZES.get(size, size.replace("x", ":"))
            # ffmpeg scales for -s after all filters; `scale` would come before them
            if "filters" in self._part("video"):
                self._part("video")["filters"].append(f"scale={scale}")
            else:
                self._part("video")["scale"] = scale
        if self._said.get("pass") in ("1", "2", "3"):
            self._part("video")["two_pass"] = True
        self.remarks += settle_rate(self._job.get("video", {}))

    def _put_codecs(self) -> None:
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
        streams = streams_of(self._maps, self._filters.graphs)
        if streams:
            self._job["streams"] = streams
        subtitles = subtitles_of(
            self._said.get("c:s"),
            maps=self._maps,
            dropped="sn" in self._off,
            copies_all=self._said.get("c") == "copy",
            container=container,
        )
        if subtitles is not None:
            self._job.setdefault("subtitles", subtitles)


_KEPT = ("c", "c:s", "f", "s", "frames:v", "update", "pass", "passlogfile")
_READERS: dict[str, Callable[[JobBuilder, Option], None]] = {
    **dict.fromkeys(_KEPT, JobBuilder._keep),
    **dict.fromkeys(("ss", "t", "to"), JobBuilder._keep_time),
    **dict.fromkeys(_SWITCHES, JobBuilder._switch_off),
    "map": JobBuilder._add_map,
    "metadata": JobBuilder._add_metadata,
    "metadata:g": JobBuilder._add_metadata,
    "vsync": JobBuilder._add_fps_mode,
    "r": JobBuilder._add_rate,
    "c:d": JobBuilder._check_copied,
    "c:t": JobBuilder._check_copied,
    "codec:d": JobBuilder._check_copied,
    "codec:t": JobBuilder._check_copied,
    "dcodec": JobBuilder._check_copied,
}
_FILTERS: dict[str, Callable[[Filters, Option], None]] = {
    "filter:v": Filters.add_pictures,
    "filter:a": Filters.add_sound,
    "filter_complex": Filters.add_graph,
    "lavfi": Filters.add_graph,
    "async": Filters.add_async,
    "vol": Filters.add_volume,
}
