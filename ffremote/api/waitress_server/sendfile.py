"""A file on its way out: sent by the kernel, in turns, from the server's own loop."""

import os
import socket
from typing import Any

from waitress.buffers import ReadOnlyFileBasedBuffer

# What one connection may send before the others have their turn.
TURN_BYTES = 256 << 10


class FileBuffer(ReadOnlyFileBasedBuffer):  # type: ignore[misc]
    """`wsgi.file_wrapper`: waitress keeps it in its out buffers, our channel sends it by sendfile.

    No thread waits for a slow download, and no byte of it passes through Python.
    """

    def get(self, numbytes: int = -1, skip: bool = False) -> "FileBuffer":
        """Stand for the next bytes; the channel's `send` knows what to do with us."""
        return self

    def send_some(self, client: socket.socket) -> int:
        """Send at most one turn to the non-blocking `client`; return how much it took.

        0 means that it takes no more now. Raises OSError when the file ends too early, since then
        the promised length cannot be kept. `skip` moves on, as with any other out buffer.
        """
        count = min(self.remain, TURN_BYTES)
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
