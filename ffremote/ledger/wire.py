"""What workers and a server send each other over HTTP: the bodies of `/worker/v1`, with bounds.

Both sides build and read these models. A worker may be hostile: every text and list has a limit.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ffremote.config import MAX_WORKER_LABELS
from ffremote.spec.types import Filename, WorkerLabel
from ffremote.states import FailureReason, Phase, WorkerState

API = "/worker/v1"
MAX_WAIT_SECONDS = 30.0
MAX_PARTS = 10_000  # of one object
MAX_FILES = 20_000  # of one job, as in the registry
LOG_PIECE_BYTES = 64 << 10
MAX_LOG_BYTES = 1 << 20  # of one attempt; what comes after is left out
SMALL_BODY_BYTES = 64 << 10
LARGE_BODY_BYTES = 8 << 20  # capabilities, facts, lists of files

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$", max_length=36)]
Token = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
UploadName = Annotated[str, Field(min_length=1, max_length=1000)]
ETag = Annotated[str, Field(min_length=1, max_length=200)]
Receipt = Annotated[str, Field(max_length=LARGE_BODY_BYTES // 2)]
Size = Annotated[int, Field(ge=0, lt=1 << 50)]
Word = Annotated[str, Field(max_length=100)]
Line = Annotated[str, Field(max_length=4000)]
Number = Annotated[float, Field(ge=-1e18, le=1e18)]


class Body(BaseModel):
    """A body as JSON; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class JoinWish(Body):
    """An invitation, and the sha256 of the token that the worker made for itself."""

    invite: Annotated[str, Field(min_length=1, max_length=100)]
    token_hash: Sha256


class Joined(Body):
    """The name that the worker's token got."""

    name: str


class WorkerFacts(Body):
    """A worker as it registers itself."""

    version: Word
    host: Annotated[str, Field(min_length=1, max_length=255)]
    pid: Annotated[int, Field(ge=1, lt=1 << 31)]
    concurrency: Annotated[int, Field(ge=1, le=64)]
    ffmpeg_version: Annotated[str, Field(max_length=300)]
    sandbox: Word
    capabilities: dict[str, Any]
    labels: Annotated[list[WorkerLabel], Field(max_length=MAX_WORKER_LABELS)] = []


class Registered(Body):
    """What a worker must know of the server."""

    version: str
    lease_seconds: float


class WorkerBeat(Body):
    """A worker that is alive, with its state if that has changed, and what it can store now."""

    state: WorkerState | None = None
    free_bytes: Size | None = None


class WorkerOrders(Body):
    """What the server asks of a worker."""

    drain: bool


class ClaimWish(Body):
    """What a slot asks for; the `token` is one that no claim had before."""

    token: Token
    worker_id: Id
    holder: Id
    able: Annotated[list[Word], Field(max_length=2000)]
    free_bytes: Size | None = None
    wait_seconds: Annotated[float, Field(ge=0, le=MAX_WAIT_SECONDS)] = 0.0


class ClaimInput(Body):
    """An input of a claimed job, read at `/jobs/JOB/TOKEN/inputs/NUMBER`."""

    upload_id: str
    bytes: int
    sha256: str


class Claimed(Body):
    """A claimed job; `spec` is the text of its job JSON."""

    job_id: str
    token: str
    attempt: int
    spec: str
    inputs: list[ClaimInput]


class Progress(Body):
    """FFmpeg's progress, as clients see it."""

    model_config = ConfigDict(populate_by_name=True)

    frame: Number | None = None
    fps: Number | None = None
    speed: Number | None = None
    out_seconds: Number | None = None
    output_bytes: Number | None = None
    dup_frames: Number | None = None
    drop_frames: Number | None = None
    eta_seconds: Number | None = None
    pass_number: Annotated[int | None, Field(alias="pass", ge=0, le=1000)] = None
    passes: Annotated[int | None, Field(ge=0, le=1000)] = None


class Beat(Body):
    """The heartbeat of a claim."""

    phase: Phase
    percent: Annotated[int, Field(ge=0, le=99)]
    progress: Progress | None = None
    message: Line | None = None


class Plan(Body):
    """What is known before FFmpeg starts."""

    command: Annotated[str, Field(max_length=1 << 20)]
    warnings: Annotated[list[Line], Field(max_length=1000)]
    info: dict[str, Any]


class PartsWish(Body):
    """Asks for links to the parts of a result from number `first` on; first without an `upload`."""

    bytes: Annotated[Size, Field(ge=1)]
    upload: UploadName | None = None
    first: Annotated[int, Field(ge=1, le=MAX_PARTS)] = 1


class PartsOffer(Body):
    """Links for the next parts, each for a PUT; without an `upload` the server takes all bytes."""

    upload: UploadName | None = None
    part_bytes: int = 0
    links: list[str] = []


class SentFile(Body):
    """A result whose bytes were sent: to the server, or as parts of an `upload` elsewhere."""

    name: Filename
    bytes: Size
    sha256: Sha256
    content_type: Annotated[str, Field(pattern=r"^[a-z0-9.+-]+/[a-zA-Z0-9.+-]+(; ?[ -~]*)?$")]
    duration: Annotated[float, Field(ge=0)] | None = None
    upload: UploadName | None = None
    etags: Annotated[list[ETag], Field(max_length=MAX_PARTS)] = []


class SentResults(Body):
    """The results of an attempt, all of whose bytes were sent: the file of a job, or its files."""

    files: Annotated[list[SentFile], Field(min_length=1, max_length=MAX_FILES)]
    is_one: bool

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.is_one and len(self.files) != 1:
            raise ValueError("is_one is for one file")
        if not self.is_one and any(each.upload is not None for each in self.files):
            raise ValueError("only the one file of a job is sent elsewhere")
        return self


class Published(Body):
    """The published results as the server measured them; `sha256` of several is their archive's.

    The `receipt` is for the end of the job, which any server may be told.
    """

    bytes: int
    sha256: str | None
    crc32s: list[int]
    receipt: Receipt = ""


class End(Body):
    """The end of a completed attempt; without `has_results` it made no file."""

    has_results: bool
    info: dict[str, Any]
    warnings: Annotated[list[Line], Field(max_length=1000)] = []
    progress: Progress | None = None
    receipt: Receipt = ""


class Failed(Body):
    """The end of a failed attempt."""

    reason: FailureReason
    message: Annotated[str, Field(min_length=1, max_length=4000)]
    hint: Line = ""
    exit_code: Annotated[int, Field(ge=-(1 << 31), lt=1 << 31)] | None = None
    signal: str | int | None = None
    stderr_tail: Annotated[list[Line], Field(max_length=200)] = []


class Released(Body):
    """Why a job goes back to the queue."""

    message: Line


class Standing(Body):
    """What became of a claim."""

    state: Literal["held", "released", "completed", "failed", "canceled", "lost"]
