"""An ffmpeg command line, read as ffmpeg reads it: which option belongs to which file."""

from collections.abc import Sequence
from dataclasses import dataclass

from .refusal import CannotTranslate

_WITHOUT_VALUE_WORDS = """
    an vn sn dn y n shortest bitexact hide_banner stdin stats report copyts start_at_zero
    benchmark benchmark_all xerror ignore_unknown copy_unknown autorotate autoscale
    accurate_seek re seek_timestamp dump hex debug_ts psnr deinterlace intra qphist vstats
    find_stream_info fix_sub_duration recast_media version L buildconf formats demuxers muxers
    devices codecs decoders encoders bsfs protocols filters pix_fmts layouts sample_fmts
    dispositions colors hwaccels h help"""
_WITHOUT_VALUE = frozenset(_WITHOUT_VALUE_WORDS.split())

_GLOBAL_WORDS = """
    y n hide_banner stdin nostdin stats nostats report loglevel v progress stats_period version
    L h help buildconf formats demuxers muxers devices codecs decoders encoders bsfs protocols
    filters pix_fmts layouts sample_fmts dispositions colors hwaccels benchmark benchmark_all
    xerror ignore_unknown copy_unknown filter_complex lavfi filter_complex_script
    filter_complex_threads filter_threads max_error_rate cpuflags vsync copyts start_at_zero
    abort_on max_alloc init_hw_device filter_hw_device sdp_file timelimit vstats
    vstats_file qphist"""
_GLOBAL = frozenset(_GLOBAL_WORDS.split())


@dataclass(frozen=True, slots=True)
class Option:
    """One option: `-c:v libx264` has the name `c`, the specifier `v` and a value."""

    name: str
    specifier: str
    value: str | None

    @property
    def word(self) -> str:
        """The option as it was typed, without its value."""
        return f"-{self.name}:{self.specifier}" if self.specifier else f"-{self.name}"

    @property
    def key(self) -> str:
        """`c:v`, as the tables know it."""
        return self.word[1:]

    @property
    def words(self) -> list[str]:
        """The option as it was typed."""
        return [self.word] if self.value is None else [self.word, self.value]


@dataclass(frozen=True, slots=True)
class Line:
    """What stood on the command line: one input and one output, each with its options."""

    globals: tuple[Option, ...]
    input_options: tuple[Option, ...]
    input: str | None
    output_options: tuple[Option, ...]
    output: str | None


def read_line(words: Sequence[str]) -> Line:
    """Sort the words; raises CannotTranslate for a second input or output."""
    common: list[Option] = []
    pending: list[Option] = []
    input_options: tuple[Option, ...] = ()
    output_options: tuple[Option, ...] = ()
    source: str | None = None
    target: str | None = None
    left = list(words)
    while left:
        word = left.pop(0)
        if word.startswith("-") and word != "-":
            option = _option(word, left)
            if option.key == "i":
                _refuse_second("input", source, option.value)
                source, input_options, pending = option.value, tuple(pending), []
            elif option.name in _GLOBAL:
                common.append(option)
            else:
                pending.append(option)
        else:
            _refuse_second("output", target, word)
            target, output_options, pending = word, tuple(pending), []
    if pending:
        raise CannotTranslate(pending[0].word, "this option stands after the last file")
    return Line(tuple(common), input_options, source, output_options, target)


def _option(word: str, left: list[str]) -> Option:
    name, _, specifier = word[1:].partition(":")
    if name in _WITHOUT_VALUE or (name[:2] == "no" and name[2:] in _WITHOUT_VALUE):
        return Option(name, specifier, None)
    if not left:
        raise CannotTranslate(word, "this option needs a value")
    return Option(name, specifier, left.pop(0))


def _refuse_second(what: str, first: str | None, second: str | None) -> None:
    if first is not None:
        raise CannotTranslate(
            str(second),
            f"this would be a second {what}, and a job has one",
            hint="run a command for each" if what == "output" else None,
        )
