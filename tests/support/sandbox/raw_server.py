"""A server that answers with the bytes that a test gives it, at the pace that the test wants."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def raw_server(pieces: list[bytes], pause: float = 0.0) -> Iterator[str]:
    """Answers each connection with the pieces, one after each pause, and closes it.

    Yields:
        The base URI.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    stopped = threading.Event()

    def answer(connection: socket.socket) -> None:
        with connection:
            connection.recv(65_536)
            for piece in pieces:
                if stopped.is_set():
                    return
                try:
                    connection.sendall(piece)
                except OSError:
                    return
                time.sleep(pause)

    def serve() -> None:
        while not stopped.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        stopped.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)
