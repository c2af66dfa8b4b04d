"""A server that gives scripted answers in the place of S3's, for what a real one rarely says."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ffremote.s3_address import S3Address


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `length` is the Content-Length that it claims, its own without one."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None


def error(status: int, code: str) -> Answer:
    """Return the answer that refuses a request."""
    text = f"<Error><Code>{code}</Code><Message>AKIDEXAMPLE and more</Message></Error>"
    return Answer(status, text.encode())


@dataclass
class ScriptedS3:
    """Answers each kind of request in turn; the last answer of a kind is given again and again.

    A kind is a method and the names of the query, such as `PUT partNumber uploadId`.
    """

    port: int = 0
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def address(self) -> S3Address:
        """The address of a bucket there."""
        endpoint = f"http://127.0.0.1:{self.port}"
        return S3Address("films", "", endpoint, "us-east-1", True, 5 << 20)

    def answer(self, method: str, path: str) -> Answer:
        """Return the next answer to a request."""
        query = path.partition("?")[2]
        names = sorted(pair.partition("=")[0] for pair in query.split("&") if pair)
        kind = " ".join([method, *names])
        self.asked.append(kind)
        left = self.answers.get(kind) or self.answers.get(method)
        assert left, f"no answer to {kind}"
        return left.pop(0) if len(left) > 1 else left[0]


@contextmanager
def scripted_s3() -> Iterator[ScriptedS3]:
    """Run a server without answers."""
    script = ScriptedS3()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = script.answer(self.command, self.path)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            length = len(answer.body) if answer.length is None else answer.length
            self.send_header("Content-Length", str(length))
            self.end_headers()
            if self.command == "HEAD":
                return
            self.wfile.write(answer.body)
            if length != len(answer.body):
                self.close_connection = True

        do_PUT = do_POST = do_DELETE = do_HEAD = do_GET

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        script.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield script
        finally:
            server.shutdown()
            thread.join()
