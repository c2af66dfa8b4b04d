"""The video and audio filter chains of a job, from -vf, -af, -filter_complex, -async and -vol."""

from collections.abc import Callable, Sequence
from typing import Any

from ..command_line.parser import Option
from ..errors import CannotTranslate
from .audio_options import filter_of_async, filter_of_volume
from .burned_subtitles import BurnedSubtitles, split_burned_in_graph, split_burned_subtitles
from .graph import Graph
from .graph_text import parse_chains
from .kinds import needs_graph
from .local_files import LocalFiles, SideFile, numbered

_SECTIONS = {"v": "video", "a": "audio"}


class FilterChains:
    """Collects the filter options one by one, and writes the chains into the job at the end."""

    def __init__(self) -> None:
        self._chains: dict[str, str] = {}
        self._first_audio_filters: list[str] = []
        self.graphs: list[str] = []
        """The texts of -filter_complex."""
        self.burned: BurnedSubtitles | None = None
        """The subtitles that are burned into the picture."""
        self._files = LocalFiles()

    @property
    def remarks(self) -> list[str]:
        """Sentences on what differs from the filters as they were typed."""
        return self._files.remarks

    @property
    def side_files(self) -> tuple[SideFile, ...]:
        """The fonts and LUTs that filters name."""
        return tuple(self._files.side_files)

    def number_files(self, first: int) -> None:
        """Write the numbers of the side files into the filters; the first is input `first`."""
        self._chains = {kind: numbered(text, first) for kind, text in self._chains.items()}
        self.graphs = [numbered(text, first) for text in self.graphs]

    def set_video(self, option: Option) -> None:
        """Store -vf; as in ffmpeg, the last one wins."""
        text, burned = split_burned_subtitles(self._files.take(option.value or ""))
        self._chains["video"] = text
        self._burn(burned)

    def set_audio(self, option: Option) -> None:
        """Store -af; as in ffmpeg, the last one wins."""
        self._chains["audio"] = option.value or ""

    def add_graph(self, option: Option) -> None:
        """Add a graph of -filter_complex."""
        text, burned = split_burned_in_graph(self._files.take(option.value or ""))
        self.graphs.append(text)
        if burned is not None:
            self._burn(burned)

    def _burn(self, burned: BurnedSubtitles | None) -> None:
        self.burned = burned
        for font in burned.fonts if burned else ():
            self._files.input_of(font, "font")

    def add_async(self, option: Option) -> None:
        """Add the filter of -async, which precedes the filters of -af."""
        self._first_audio_filters += filter_of_async(option)

    def add_volume(self, option: Option) -> None:
        """Add the filter of -vol, which precedes the filters of -af."""
        self._first_audio_filters += filter_of_volume(option)

    def needs_graph(self, kind: str) -> bool:
        """Return whether the chain of the kind has a filter that only a graph may have."""
        text = self._chains.get(_SECTIONS[kind])
        return text is not None and any(
            needs_graph(each.name) for chain in parse_chains(text) for each in chain
        )

    def take(self, kind: str) -> str | None:
        """Return the chain of the kind, `v` or `a`, and forget it."""
        return self._chains.pop(_SECTIONS[kind], None)

    def write_to(self, job: dict[str, Any], graphs: Sequence[Graph]) -> None:
        """Write the chains, and the graphs that are single chains, into the job.

        Raise CannotTranslate for a graph beside filters of the same kind.
        """
        for graph in graphs:
            section = _SECTIONS[graph.kind]
            if self._chains.get(section):
                raise CannotTranslate("-filter_complex", "write all filters in one option")
            self._chains[section] = graph.text
        chains = {section: [text] for section, text in self._chains.items() if text}
        if self._first_audio_filters:
            chains["audio"] = [*self._first_audio_filters, *chains.get("audio", ())]
        for section, chain in chains.items():
            job.setdefault(section, {})["filters"] = chain


FILTER_READERS: dict[str, Callable[[FilterChains, Option], None]] = {
    "filter:v": FilterChains.set_video,
    "filter:a": FilterChains.set_audio,
    "filter_complex": FilterChains.add_graph,
    "lavfi": FilterChains.add_graph,
    "async": FilterChains.add_async,
    "vol": FilterChains.add_volume,
}
"""What reads each option of filters."""
