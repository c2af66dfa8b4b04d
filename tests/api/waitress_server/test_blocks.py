"""Responses in large blocks: every byte in order, however slowly they are read, or cut off."""

import threading
from collections.abc import Callable, Iterator
from typing import Any
from wsgiref.types import WSGIApplication

import pytest

from ffremote.api.waitress_server import server
from ffremote.api.waitress_server.blocks import BLOCK_BYTES, Block
from tests.support.raw_http import connect, head, read_until
from tests.support.waiting import wait_for

Serve = Callable[[WSGIApplication], tuple[str, int]]
SIZES = (100, 1 << 20, BLOCK_BYTES - 1, BLOCK_BYTES, 3 << 20, 7, 2 << 20)
BLOCKS = [bytes([number]) * size for number, size in enumerate(SIZES, 1)]


class Body:
    """An app whose response consists of blocks; it knows how many were taken and how it ended."""

    def __init__(self, blocks: list[bytes]) -> None:
        self.blocks = blocks
        self.taken = 0
        self.closed = threading.Event()

    def __call__(self, _environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [("Content-Length", str(sum(map(len, self.blocks))))])
        return self._all()

    def _all(self) -> Iterator[bytes]:
        try:
            for block in self.blocks:
                self.taken += 1
                yield block
        finally:
            self.closed.set()


def test_small_and_large_blocks_arrive_in_order_and_the_connection_stays(serve: Serve) -> None:
    body = Body(BLOCKS)
    wanted = b"".join(BLOCKS)

    with connect(serve(body)) as client:
        for _ in range(2):
            client.sendall(head("GET", 0))
            rest = read_until(client, b"\r\n\r\n").partition(b"\r\n\r\n")[2]
            while len(rest) < len(wanted):
                rest += client.recv(1 << 20)
            assert rest == wanted


@pytest.mark.parametrize("block", [1 << 20, 16 << 10])
def test_a_client_that_reads_nothing_lets_the_app_make_only_so_much(
    serve: Serve, block: int
) -> None:
    made = 64 << 20
    body = Body([bytes(block)] * (made // block))

    with connect(serve(body)) as client:
        client.sendall(head("GET", 0))
        read_until(client, b"\r\n\r\n")
        # what waits, the buffers of both sockets, and a block in the thread's hand
        limit = 2 * server.WAITING_BYTES + (16 << 20) + 2 * block
        assert not body.closed.wait(0.5)
        assert body.taken * block < limit

    assert body.closed.wait(5)


def test_an_app_is_closed_when_its_client_hangs_up(serve: Serve) -> None:
    body = Body([bytes(1 << 20)] * 1000)

    with connect(serve(body)) as client:
        client.sendall(head("GET", 0))
        wait_for(lambda: body.taken > 0)

    assert body.closed.wait(5)
    assert body.taken < 1000


def test_a_block_is_sent_from_where_it_is() -> None:
    data = b"0123456789"
    block = Block(data)

    block.skip(4, True)
    rest = block.get(2)

    assert (len(block), bytes(rest), rest.obj is data) == (6, b"456789", True)
    block.close()
    assert len(block) == 0
