"""The network of a fleet: TCP connections that go through here, and that can be cut off."""

import asyncio
import random
import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

BLOCK = 1 << 16
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[[], Awaitable[Streams]]


@dataclass(slots=True)
class Line:
    """The network of one host; while it is cut, no byte passes, and no connection ends."""

    name: str
    is_whole: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Let bytes pass."""
        self.is_whole.set()


class Network:
    """Runs the relays in a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._servers: list[asyncio.Server] = []
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End all connections."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        self._loop.set_exception_handler(lambda _loop, _context: None)  # cancelled here, no error
        for server in self._servers:
            server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def cut(self, line: Line) -> None:
        """Let no byte of a host pass."""
        self._loop.call_soon_threadsafe(line.is_whole.clear)

    def mend(self, line: Line) -> None:
        """Let them pass again."""
        self._loop.call_soon_threadsafe(line.is_whole.set)

    def to_socket(self, line: Line, path: str) -> int:
        """Relay to a Unix socket; return the port."""
        return self._serve(lambda: [(line, lambda: asyncio.open_unix_connection(path))])

    def to_port(self, line: Line, port: int) -> int:
        """Relay to a port of this machine; return the port."""
        return self._serve(lambda: [(line, lambda: asyncio.open_connection("127.0.0.1", port))])

    def balance(self, servers: Sequence[tuple[Line, int]], draw: random.Random) -> int:
        """Relay each connection to one of the servers, at random, or to one that is up.

        Return the port.
        """

        def to(port: int) -> Connect:
            return lambda: asyncio.open_connection("127.0.0.1", port)

        def ways() -> list[tuple[Line, Connect]]:
            return [(line, to(port)) for line, port in draw.sample(servers, len(servers))]

        return self._serve(ways)

    def _serve(self, ways: Callable[[], Sequence[tuple[Line, Connect]]]) -> int:
        async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for line, connect in ways():
                await line.is_whole.wait()
                with suppress(OSError):
                    here, there = (reader, writer), await connect()
                    await asyncio.gather(
                        _pump(line, here[0], there[1]), _pump(line, there[0], here[1])
                    )
                    return
            writer.close()

        async def start() -> int:
            server = await asyncio.start_server(relay, "127.0.0.1", 0)
            self._servers.append(server)
            return int(server.sockets[0].getsockname()[1])

        return asyncio.run_coroutine_threadsafe(start(), self._loop).result()


async def _pump(line: Line, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while block := await reader.read(BLOCK):
            await line.is_whole.wait()
            writer.write(block)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()
