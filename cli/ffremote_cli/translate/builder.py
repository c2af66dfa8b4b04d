"""The job JSON that all options of an ffmpeg command line produce together."""

from collections.abc import Callable
from pathlib import PurePath
from typing import Any

from ..file_names import server_label
from .command_line import unsupported
from .command_line.ignored import is_ignored, remark_on
from .command_line.option_names import CONSOLE_OPTIONS, without_no
from .command_line.parser import CommandLine, Option
from .errors import CannotTranslate
from .filters.chains import FILTER_READERS, FilterChains
from .sections.as_ffmpeg import choose_as_ffmpeg
from .sections.attached import is_about_attachments, with_attached
from .sections.conflicts import (
    counts_in_result,
    put_size,
    require_copy,
    resolve_bitrate,
    with_bounded_pads,
)
from .sections.container import NO_FILE, container_of, is_stdout
from .sections.inputs import Inputs, concat_mode, input_fields
from .sections.job_streams import JobStreams, read_streams
from .sections.packages import OPTIONS as PACKAGE_OPTIONS
from .sections.packages import package_of, words_of
from .sections.pattern import Pattern
from .sections.side_files import with_side_files
from .sections.single_picture import IMAGES, frame_options, picture_options, remarks_on_picture
from .sections.subtitles import subtitles_of
from .sections.tables import ALIASES, FIELDS, FPS_MODES, RATES

_DISABLING = frozenset({"vn", "an", "sn", "dn"})


class JobBuilder:
    """Builds the job JSON: reads the options one by one, then combines those that interact."""

    def __init__(self, line: CommandLine, inputs: Inputs) -> None:
        self._line = line
        self.inputs = inputs
        self._job: dict[str, Any] = {}
        self._output_times: dict[str, str] = {}
        self.maps: list[str] = []
        self._extra_args: list[str] = []
        self.filters = FilterChains()
        self._values: dict[str, str] = {}
        """Values of the options that only mean something together with others."""
        self._disabled: set[str] = set()
        self._container = ""
        self._ignored: list[Option] = []
        self.remarks: list[str] = []
        self.pattern: Pattern | None = None

    def build(self) -> dict[str, Any]:
        """Return the job; raise CannotTranslate for the first option that a job cannot express."""
        self.read()
        return self.write(read_streams(self.inputs, self.filters, self.maps))

    def read(self) -> None:
        """Read all options; raise CannotTranslate for one that a job cannot express."""
        for option in (option for each in self._line.inputs for option in each.options):
            self._read_input_option(option)
        for option in (*self._line.globals, *self._line.output_options):
            self._read_output_option(option)
        self._container = self._put_output()
        self.inputs, burned = with_side_files(self.inputs, self.filters)
        self.inputs, attached = with_attached(self.inputs, self._line.output_options)
        self._job |= {"attachments": attached} if attached else {}
        self._job |= burned

    def write(self, streams: JobStreams) -> dict[str, Any]:
        """Return the job with these streams, after `read`."""
        container = self._container
        self.filters.write_to(self._job, streams.plain)
        self._put_inputs(streams, is_image=container in IMAGES)
        self._put_video()
        self._put_codecs()
        self._put_streams(streams, container)
        first = next(iter(self.inputs.uploads), self._line.inputs[0])
        args, is_pipe = self._extra_args, is_stdout(self._line.output or "")
        self.remarks += choose_as_ffmpeg(self._job, args, first, container, is_pipe=is_pipe)
        if self._extra_args:
            self._job["extra_args"] = self._extra_args
        self.remarks += [*self.filters.remarks, *remark_on(self._ignored)]
        return self._job

    def _read_input_option(self, option: Option) -> None:
        """Read an option before -i that `check_input` has accepted."""
        if option.key in _DISABLING and not self.inputs.is_single:
            raise CannotTranslate(
                option.word, "before one of several inputs it is not supported: choose with -map"
            )
        if option.key in _DISABLING:
            self._disabled.add(option.key)
        elif is_ignored(option, before_input=True):
            self._ignored.append(option)

    def _read_output_option(self, option: Option) -> None:
        key = ALIASES.get(option.key, option.key)
        if without_no(key) in CONSOLE_OPTIONS or is_about_attachments(option):
            return
        reason = unsupported.OUTPUT.get(option.name)
        if key in FIELDS:
            self._put_field(key, option)
        elif key in _READERS:
            _READERS[key](self, option)
        elif key in FILTER_READERS:
            FILTER_READERS[key](self.filters, option)
        elif is_ignored(option, before_input=False):
            self._ignored.append(option)
        elif reason is not None:
            raise CannotTranslate(option.word, reason)
        else:
            # The server has the allow-list of further options, and refuses others by name.
            words = [f"-{key}", *option.words[1:]] if key.startswith("bsf:") else option.words
            self._extra_args += words

    def _put_field(self, key: str, option: Option) -> None:
        section, name, convert = FIELDS[key]
        try:
            self._section(section)[name] = convert(option.value or "")
        except ValueError as exc:
            raise CannotTranslate(
                f"{option.word} {option.value}", "this option takes a number"
            ) from exc

    def _section(self, name: str) -> dict[str, Any]:
        section: dict[str, Any] = self._job.setdefault(name, {})
        return section

    def _store_value(self, option: Option) -> None:
        self._values[ALIASES.get(option.key, option.key)] = option.value or ""

    def _store_time(self, option: Option) -> None:
        self._output_times[option.key] = option.value or ""

    def _disable(self, option: Option) -> None:
        self._disabled.add(option.key)

    def _add_map(self, option: Option) -> None:
        self.maps.append(option.value or "")

    def _add_metadata(self, option: Option) -> None:
        key, equals, value = (option.value or "").partition("=")
        if not equals:
            raise CannotTranslate(f"-metadata {option.value}", "metadata must be KEY=VALUE")
        self._section("metadata")[key] = value

    def _add_rate(self, option: Option) -> None:
        """Add -r as it is: it selects frames after all filters, unlike the job's `fps` filter.

        -vsync is the old name of -fps_mode, with numbers for the modes.
        """
        name, values = ("-r", RATES) if option.name == "r" else ("-fps_mode", FPS_MODES)
        self._extra_args += [name, values.get(option.value or "", option.value or "")]

    def _put_output(self) -> str:
        """Write name and container of the output; return the container."""
        name = PurePath(self._line.output or "").name
        codec = str(self._job.get("video", {}).get("codec", ""))
        source = self._line.inputs[0].name
        package = package_of(self._line.output or "", self._values)
        self._extra_args += words_of(self._values)
        if package is not None:
            self.pattern, self._job["package"] = package
            self._job["output_filename"] = server_label(package[0].archive_name)
            return ""
        container = container_of(name, {**self._values, "c:v": codec}, source)
        is_pipe = is_stdout(name)
        has_name = not is_pipe and container != NO_FILE
        self._job["output_filename"] = server_label(name) if has_name else f"result.{container}"
        if "f" in self._values or container != PurePath(name).suffix[1:].lower():
            self._job["container"] = container
        return container

    def _put_inputs(self, streams: JobStreams, *, is_image: bool) -> None:
        """Write the parts of the inputs, their graph, and which frames are kept."""
        times = self._output_times
        is_list = not streams.is_whole and counts_in_result(self._job, times, self._values.get("c"))
        is_whole = streams.is_whole or is_list
        before = {} if is_whole else times
        fields = input_fields(self.inputs, before, keeps_times="-copyts" in self._extra_args)
        if is_list:
            fields = {"inputs": [fields.get("input", {})]}  # in which times count in the result
        if is_whole:
            self._extra_args += [word for name in times for word in (f"-{name}", times[name])]
        self._job |= fields
        if streams.graph:
            self._job["graph"] = streams.graph
        with_bounded_pads(self._job, times, is_shortest="-shortest" in self._extra_args)
        if self.inputs.is_joined:
            self._job["concat"] = concat_mode(self._job, self._values.get("c"))
        if is_image:
            self._put_picture(streams.graph)
        else:
            self._extra_args += frame_options(self._values)

    def _put_picture(self, graph: str) -> None:
        source, output = self._line.inputs[0].name, self._line.output or ""
        filters = [graph, *self._job.get("video", {}).get("filters", ())]
        self._extra_args += picture_options(output, self._values)
        self.remarks += remarks_on_picture(source, output, self._values, filters)

    def _put_video(self) -> None:
        if "s" in self._values:
            put_size(self._section("video"), self._values["s"])
        if self._values.get("pass") in ("1", "2", "3"):
            self._section("video")["two_pass"] = True
        self.remarks += resolve_bitrate(self._job.get("video", {}))

    def _put_codecs(self) -> None:
        codec = self._values.get("c")
        if codec is not None and codec != "copy":
            raise CannotTranslate(f"-c {codec}", "name the streams: use -c:v or -c:a")
        for section, switch in (("video", "vn"), ("audio", "an")):
            if switch in self._disabled:
                self._job[section] = False
            elif codec == "copy":
                self._section(section).setdefault("codec", "copy")
        if "dn" in self._disabled:
            self._extra_args.append("-dn")

    def _put_streams(self, streams: JobStreams, container: str) -> None:
        if streams.streams:
            self._job["streams"] = list(streams.streams)
        subtitles = subtitles_of(
            self._values.get("c:s"),
            maps=streams.streams,
            dropped="sn" in self._disabled,
            copies_all=self._values.get("c") == "copy",
            container=container,
        )
        if subtitles is not None:
            self._job.setdefault("subtitles", subtitles)


_STORED = ("c", "c:s", "f", "s", "frames:v", "update", "pass", "passlogfile")
_READERS: dict[str, Callable[[JobBuilder, Option], None]] = {
    **dict.fromkeys((*_STORED, *PACKAGE_OPTIONS), JobBuilder._store_value),
    **dict.fromkeys(("ss", "t", "to"), JobBuilder._store_time),
    **dict.fromkeys(_DISABLING, JobBuilder._disable),
    "map": JobBuilder._add_map,
    **dict.fromkeys(("metadata", "metadata:g"), JobBuilder._add_metadata),
    **dict.fromkeys(("vsync", "r"), JobBuilder._add_rate),
    **dict.fromkeys(
        ("c:d", "c:t", "codec:d", "codec:t", "dcodec"), lambda _, each: require_copy(each)
    ),
}
