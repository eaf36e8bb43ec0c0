"""Ports on which nobody listens."""

import socket

HOST = "127.0.0.1"


def choose_port(wanted: int) -> int:
    """Return a port if it is free, else another one that is."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            # Connections of the last demo that are still being closed take no port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            # Only asks the system: nothing is sent to whoever listens there.
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise RuntimeError("no port is free")
