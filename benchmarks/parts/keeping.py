"""What a program does that keeps an upload: write, hash in a thread, sync."""

import hashlib
import os
import queue
import socket
import threading
from collections.abc import Callable

BUFFERS = 4


def keep(client: socket.socket, file: int, block: int, on_written: Callable[[int], None]) -> int:
    """Keep what comes on a connection in blocks of at most `block` bytes; return the bytes.

    `on_written` is called with the size of the file after each write.
    """
    digest = hashlib.sha256()
    empty: queue.SimpleQueue[memoryview] = queue.SimpleQueue()
    full: queue.SimpleQueue[tuple[memoryview, int]] = queue.SimpleQueue()
    for _ in range(BUFFERS):
        empty.put(memoryview(bytearray(block)))

    def hash_all() -> None:
        while (item := full.get())[1]:
            digest.update(item[0][: item[1]])
            empty.put(item[0])

    thread = threading.Thread(target=hash_all)
    thread.start()
    size = 0
    while True:
        buffer = empty.get()
        count = client.recv_into(buffer)
        size += os.write(file, buffer[:count])
        full.put((buffer, count))
        on_written(size)
        if not count:
            break
    thread.join()
    os.fsync(file)
    return size
