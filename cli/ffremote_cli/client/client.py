"""The library: every operation of an ffremote server as a typed call.

from ffremote_cli import Client

with Client("http://127.0.0.1:8080") as client:
    client.run("in.mp4", {"video": {"crf": 23}}, "out.mp4")
"""

import os
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self, cast

from ..errors import Misused, Stopped
from ..file_names import server_label
from .address import DEFAULT_SERVER
from .environment import client_arguments
from .http import HttpSession
from .job_calls import JobCalls
from .job_files.download_files import Folder, download_files
from .job_text import job_text, with_overlap
from .memory_inputs import Input, as_paths
from .models import Accepted, Downloaded, JobFile, Status
from .rate_limit import RateLimit
from .retry import OnBreak
from .server_calls import Json
from .transfer.download import Remote, download, request_headers
from .transfer.job_inputs import check_inputs, with_sequences
from .transfer.overwrite_guard import Sources
from .transfer.partial_file import refuse_existing
from .transfer.result_headers import offered_name
from .transfer.transfer import OnBytes, OnInputBytes, Submission, Transfer
from .transfer.upload import Uploader
from .transfer.upload_state import UploadStateStore

PATIENCE_SECONDS = 60.0

PathLike = str | os.PathLike[str]


def _ignore(*_: object) -> None:
    """The default of every callback."""


class Client(JobCalls):
    """One server; safe to use from several threads.

    Raises the errors of `ffremote_cli.errors`. Setting `stop` ends every wait and transfer with
    `Stopped`. With a `state_folder`, the same call in a later process resumes an upload that a
    crash ended. `on_warning` gets a sentence for each problem that does not stop the work.
    `bytes_per_second` limits uploads and downloads together. `ca` is a file with the certificates
    of a private authority, in PEM. `overlap` is that of jobs that do not name theirs.
    """

    def __init__(
        self,
        server: str = DEFAULT_SERVER,
        *,
        token: str | None = None,
        ca: PathLike | None = None,
        poll_interval: float = 1.0,
        patience_seconds: float = PATIENCE_SECONDS,
        stop: threading.Event | None = None,
        state_folder: Path | None = None,
        on_warning: Callable[[str], None] = _ignore,
        bytes_per_second: float | None = None,
        overlap: str = "auto",
    ) -> None:
        self.warn = on_warning
        super().__init__(
            HttpSession(server, token, ca=ca),
            stop=stop or threading.Event(),
            poll_interval=poll_interval,
            patience_seconds=patience_seconds,
        )
        self._rate = RateLimit(bytes_per_second)
        self._overlap = overlap
        store = UploadStateStore(state_folder / "uploads" if state_folder else None, on_warning)
        self._uploader = Uploader(self._http, store, on_warning)

    @classmethod
    def from_env(cls, *, profile: str | None = None, **arguments: Any) -> Self:
        """Return a client for the server that the command line uses in this environment.

        Server, token and limits come from the variables FFREMOTE_…, else from the profile, else
        from the configuration file; `arguments` override all of them.
        """
        found, warning = client_arguments(profile, arguments.get("server"))
        client = cls(**{**found, **arguments})
        if warning is not None and "token" not in arguments:
            client.warn(warning)
        return client

    def submit(
        self,
        path: Input | Sequence[Input],
        job: Json,
        *,
        idempotency_key: str | None = None,
        on_bytes: OnBytes = _ignore,
        on_input_bytes: OnInputBytes = _ignore,
        on_accepted: Callable[[str], None] = _ignore,
        on_break: OnBreak = _ignore,
    ) -> Accepted:
        """Upload the input, or a path for each of the job's `inputs` in order, and queue the job.

        A job with `inputs: []`, which makes everything from sources, has no path: `()`.
        An input may also be bytes, or a file opened in binary mode.
        A path such as `img%03d.png`, `img%03d.png:start_number=7` or `*.png` that is no file is a
        sequence of pictures, sent as one archive.

        `on_bytes` gets the bytes sent so far and their total, `on_accepted` the job's id: for
        large inputs before their first byte. Of several inputs, `on_input_bytes` gets path, bytes
        sent and size of each. `on_break` gets each error that is followed by a retry.
        """
        given = list(path) if isinstance(path, list | tuple) else [cast(Input, path)]
        check_inputs(job, len(given))
        key = idempotency_key or str(uuid.uuid4())
        transfer = self._transfer(on_bytes, on_break, on_input_bytes)
        with as_paths(given) as paths:
            text = job_text(with_overlap(with_sequences(job, paths), self._overlap))
            return self._uploader.submit(paths, Submission(text, key, on_accepted), transfer)

    def run(
        self,
        path: Input | Sequence[Input],
        job: Json,
        target: PathLike,
        *,
        overwrite: bool = False,
        on_status: Callable[[Status], None] = _ignore,
    ) -> Downloaded:
        """Upload, wait and download: the whole way of a job with one result.

        The name of the result is that of `target` unless the job has one. Raises JobFailed or
        JobCanceled; a job that is stopped on this side is canceled on the server.
        """
        if "outputs" in job or "package" in job:
            raise Misused("the job makes several files", hint="submit, wait and download_files")
        target = Path(target)
        given = path if isinstance(path, list | tuple) else [path]
        sources = Sources.of(Path(each) for each in given if isinstance(each, str | os.PathLike))
        sources.refuse(target)
        if not overwrite:
            refuse_existing(target)
        accepted = self.submit(path, {"output_filename": server_label(target.name), **job})
        try:
            self.wait(accepted.job_id, on_status=on_status)
        except (KeyboardInterrupt, Stopped):
            self.cancel(accepted.job_id)
            raise
        return self.download(accepted.job_id, target, overwrite=overwrite, sources=sources)

    def resume_upload(
        self,
        job_id: str,
        *,
        on_bytes: OnBytes = _ignore,
        on_input_bytes: OnInputBytes = _ignore,
        on_break: OnBreak = _ignore,
    ) -> bool:
        """Continue the job's uploads that an earlier process on this machine began.

        Returns False if there are none, or if another process is continuing them.
        """
        return self._uploader.resume(job_id, self._transfer(on_bytes, on_break, on_input_bytes))

    def cancel(self, job_id: str, *, answer_seconds: float = 60.0) -> Json:
        """Stop the job and delete its files and upload on the server."""
        response = self._http.json("DELETE", f"/jobs/{job_id}", answer_seconds=answer_seconds)
        self._uploader.abandon(job_id)
        return response

    def download(
        self,
        job_id: str,
        target: PathLike,
        *,
        overwrite: bool = False,
        sources: Sources | None = None,
        on_bytes: OnBytes = _ignore,
        on_break: OnBreak = _ignore,
    ) -> Downloaded:
        """Download the result to `target`; continue an interrupted earlier download.

        A `target` that is one of `sources` is refused, also with `overwrite`.
        """
        return download(
            self._http,
            Remote(job_id),
            Path(target),
            self._transfer(on_bytes, on_break),
            overwrite=overwrite,
            sources=sources or Sources(),
        )

    def download_files(
        self,
        job_id: str,
        directory: PathLike,
        *,
        files: Sequence[JobFile] | None = None,
        targets: Mapping[str, Path] | None = None,
        overwrite: bool = False,
        sources: Sources | None = None,
        on_bytes: OnBytes = _ignore,
        on_break: OnBreak = _ignore,
    ) -> list[Downloaded]:
        """Download all files of a completed job, or these of `files()`, into `directory`.

        `targets` are other paths for files, by name.

        Files that are there already with the same bytes are kept, so the same call continues an
        interrupted one. Unsafe names are refused. `on_bytes` gets the sum over all files.
        """
        chosen = self.files(job_id) if files is None else files
        folder = Folder(Path(directory), overwrite, sources or Sources(), targets or {})
        transfer = self._transfer(on_bytes, on_break)
        return download_files(self._http, job_id, chosen, folder, transfer)

    def result_name(self, job_id: str) -> str | None:
        """Return the file name that the server offers for the result."""
        with request_headers(self._http, Remote(job_id)) as response:
            return offered_name(response)

    def _transfer(
        self, on_bytes: OnBytes, on_break: OnBreak, on_input_bytes: OnInputBytes = _ignore
    ) -> Transfer:
        return Transfer(self._retry(on_break), self.stop, on_bytes, on_input_bytes, self._rate)
