"""Downloads: files sent by the kernel, in turns, from the server's loop."""

import os
import socket
from typing import Any

from waitress.buffers import ReadOnlyFileBasedBuffer

# The most bytes that one connection sends in its turn.
TURN_BYTES = 256 << 10


class FileBuffer(ReadOnlyFileBasedBuffer):  # type: ignore[misc]  # waitress has no types
    """`wsgi.file_wrapper`: waitress queues it as an out buffer, the channel sends it by sendfile.

    No thread waits for a slow download, and no byte of it passes through Python.
    """

    def get(self, numbytes: int = -1, skip: bool = False) -> "FileBuffer":
        """Return the buffer itself in place of its next bytes; the channel's `send` handles it."""
        return self

    def send_some(self, client: socket.socket) -> int:
        """Send at most one turn to the non-blocking `client`; return the number of bytes sent.

        0 means that the socket accepts no more now. Raises OSError if the file is shorter than the
        Content-Length sent. The caller advances with `skip`, as for any other out buffer.
        """
        count = min(self.remain, TURN_BYTES)
        if hasattr(self.file, "send_to"):  # an archive, which knows the files that it consists of
            return int(self.file.send_to(client, count))
        try:
            sent = os.sendfile(client.fileno(), self.file.fileno(), self.file.tell(), count)
        except BlockingIOError:
            return 0
        if sent == 0:
            raise OSError("the file ended before its promised length")
        return sent

    def __next__(self) -> Any:
        chunk = self.file.read(self.block_size)
        if not chunk:
            raise StopIteration
        return chunk
