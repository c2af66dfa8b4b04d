"""The parts of the manual that are written by hand."""

from ..exits import Exit

EXIT_STATUSES = {
    Exit.DONE: "success",
    Exit.USAGE: "wrong usage: unknown option, invalid value, or options that exclude each other",
    Exit.UNREACHABLE: "the server cannot be reached",
    Exit.REFUSED: "the server refused the request",
    Exit.JOB_FAILED: "the job failed",
    Exit.LOCAL_FILE: "a file on this machine cannot be read or written",
    Exit.CANCELED: "the job was canceled by another client",
    Exit.INTERRUPTED: "stopped with Ctrl-C",
}
ERRORS = """\
With `--json`, an error is printed as `{"error": {"code", "message", "details"}}`. The codes of the
server, such as `INVALID_ARGUMENT`, have the status 4 and are listed in [api.md](api.md). Those of
the client, with the status:"""
ERROR_CODES = {
    "USAGE": "2",
    "UNREACHABLE": "3: no response",
    "WRONG_SERVER": "3: wrong address, scheme or certificate; a retry does not help",
    "TRANSCODE_FAILED": "5: the job failed; `details` has `reason`, `stderr_tail` and `hint`",
    "LOCAL_FILE": "6",
    "JOB_CANCELED": "7",
    "BATCH_FAILED": "that of the first failure; each input has a line of its own before",
    "STOPPED": "130: stopped with Ctrl-C",
    "NOT_STARTED": "130: stopped before this input",
    "CLIENT_ERROR": "an answer that cannot be used",
}
"""The codes of the client in `--json`, with the exit status; all others are the server's."""

VARIABLES = {
    "FFREMOTE_SERVER": "address of the server, as `--server`",
    "FFREMOTE_TOKEN": "token for that server, as `--token`",
    "FFREMOTE_CA": "file with the certificates of a private authority, as `--ca`",
    "FFREMOTE_POLL_INTERVAL": "seconds, as `--poll-interval`",
    "FFREMOTE_PATIENCE": "seconds, as `--patience`",
    "FFREMOTE_PROFILE": "profile of the configuration file, as `--profile`",
    "FFREMOTE_PROGRESS": "as `--progress`, such as `none` for scripts",
    "FFREMOTE_BWLIMIT": "bytes per second, as `--bwlimit`",
    "FFREMOTE_OVERLAP": "as `--overlap`, for jobs that do not say: `off` lets them wait for their "
    "whole input",
    "FFREMOTE_CONFIG": "path of the configuration file; default: `~/.config/ffremote/config.toml`",
    "FFREMOTE_LOCAL_FALLBACK": "1: `ffremote ffmpeg` runs the local ffmpeg if the server cannot be "
    "reached",
    "NO_COLOR": "if set, states have no colours",
    "REQUESTS_CA_BUNDLE": "certificates, where `--ca` names none",
}

INTRODUCTION = """\
Generated from the commands by `ffremote manual markdown`; a test compares the two. Installation is
in the README, the keys of a job in [job-json.md](job-json.md).

Without a command, options belong to `run`: `ffremote --server URL -i in.mp4 --crf 23 -o out.mp4`.

- **Output.** Results are printed on stdout, everything else on stderr. Progress is
  shown as bars on a terminal and as lines of text elsewhere (`--progress`); `--quiet` shows none.
- **JSON.** With `--json`, a command prints the response of the server, one object per line. `run`,
  `attach` and `submit --wait` print the whole job with an additional key `local`: `path`, `bytes`,
  `sha256` and `seconds`. `download` prints `job_id`, `path`, `bytes`, `sha256`; `submit` and
  `run --detach` print `job_id` and `input`; `watch` prints a status at every poll; `doctor` prints
  `findings`. Errors have the form of the server; their codes are listed below the exit statuses.
- **Job ids.** An id can be shortened to its first letters (at least four). `last` is the newest job
  that was started on this machine on the same server.
- **Interruptions.** Files of 16 MB and more are uploaded in pieces. After a broken connection or a
  crash of the client, the same command resumes the upload, and so do `attach` and `watch` with the
  id of the job. A further job on the same file uploads nothing while the server still has it.
  Downloads are resumed from their `.partial` file.
- **Configuration.** `ffremote login URL` tests a server and writes a profile.
  `~/.config/ffremote/config.toml` holds settings and profiles for several servers:

```toml
server = "http://127.0.0.1:8080"
profile = "work"          # the default profile

[profiles.work]
server = "https://encode.example.com"
token = "…"
ca = "/home/me/box.pem"   # certificates of a private authority
poll_interval = 2.0
patience = 600            # seconds to retry while the server cannot be reached
bwlimit = "2M"            # bytes per second
overlap = "off"           # jobs wait for their whole input
progress = "plain"
quiet = false
```

A token in this file is sent only to the server of its own table (the same scheme, host and port),
even with `--server`, and `ca` is used only for it. `FFREMOTE_TOKEN`, `--token`, `FFREMOTE_CA` and
`--ca` apply to any server.

Options override environment variables, these override the profile, and the profile overrides the
rest of the file."""

FFMPEG_COMMAND = """\
What works as with a local ffmpeg, and what differs:

- **Times.** Options before and after `-i` have the same meaning as in ffmpeg.
- **Files.** Several inputs and outputs. URLs, devices and outputs of many files (HLS, segments,
  `%03d`) are refused. Pictures (`-i img%03d.png`, `-pattern_type glob`) are sent as one archive,
  and their sequence ends before a missing number. `-` is stdin or stdout, through a temporary
  file. The files of a `concat` list are sent and joined, and so are the segments of a local HLS
  playlist; another list of files is refused, because the listed files are not uploaded.
  The output never replaces the input, even with `-y`.
- **Two passes.** Both commands of a two-pass encode work as typed: the first does nothing, the
  second makes the server run both passes.
- **Filters.** `-filter_complex` may hold one graph for video and one for audio, each with one
  output (`"[0:v]setpts=0.5*PTS[v];[0:a]atempo=2[a]"`). A graph that mixes inputs or streams is
  refused.
- **Streams.** Without `-map`, MKV and WebM get one subtitle track that fits, other containers none;
  data tracks and attachments need `-map`.
- **Pictures.** A picture of a video requires `-frames:v 1`; a picture of a picture, or the cover of
  an audio file, does not.
- **Codecs.** If the command line names no codec, the server chooses one for the container, which
  may differ from the choice of the local ffmpeg. MP4 results are streamable (`+faststart`).
- **Ignored options.** Options that do not change the result (`-threads`, `-hwaccel`,
  `-max_muxing_queue_size`, `-re` and the like) are ignored; one remark names them.
  The same applies before `-i` to a decoder of a graphics card (`-c:v h264_cuvid`) and to the format
  of a container (`-f mp4`), which the server detects. Raw data has the options that ffmpeg has:
  `-f s16le -ar 16000 -ac 1 -i x.raw`, `-f rawvideo -s 640x360 -pix_fmt rgb24 -r 25 -i -`.
  An option that would change the result and is not supported is refused by name, at every
  `-loglevel`.
- **Information.** `-version`, `-encoders`, `-decoders`, `-codecs`, `-formats`, `-muxers`,
  `-demuxers`, `-filters`, `-pix_fmts`, `-protocols`, `-hwaccels`, `-devices` and `-h` (also
  `-h full`, `-h encoder=NAME`) describe the server, in FFmpeg's columns. Flags that the server does
  not report are dots, and the description is the name. `-i FILE` alone ends with FFmpeg's "At least
  one output file must be specified" and status 1, but does not show the streams.
- **Console.** `-y`, `-n`, `-loglevel`, `-stats` and `-progress` are applied by the client."""

LIBRARY = """\
## Python library

The command line is built on a library, which is described in [library.md](library.md)."""
