"""The names of the results, and the job that makes each of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..client.client import Client
from ..workflow.outputs import default_name, job_for


class ResultNames:
    """The results of one job below a folder: in the directories of their sources."""

    def __init__(self, client: Client, folder: Path, job: Mapping[str, Any]) -> None:
        self.job = job
        self._client = client
        self._folder = folder
        self._containers: dict[str, str | None] = {}

    def check(self) -> None:
        """Raise Refused for a job that the server would refuse, Misused if no format is given."""
        self._client.dry_run(self.job_for(self._folder / self.target_of("input.mkv")))

    def target_of(self, source: str) -> str:
        """Return the path of a result below the folder, for the path of its source."""
        path = Path(source)
        return (path.parent / default_name(path, self.job, self._container_of_preset)).as_posix()

    def job_for(self, target: Path) -> dict[str, Any]:
        """Return the job of the result at `target`."""
        return job_for(target, self.job, is_typed=False)

    def _container_of_preset(self, name: str) -> str | None:
        if name not in self._containers:
            self._containers[name] = self._client.container_of_preset(name)
        return self._containers[name]
