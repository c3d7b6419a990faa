"""Free ports on loopback."""

import secrets
import socket


def free_port() -> int:
    """A free port that the system does not give to an outgoing connection either."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)  # below the range of outgoing connections
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
