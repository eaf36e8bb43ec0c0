"""A taken port means another one."""

import socket

from demo.ports import HOST, choose_port


def test_a_free_port_is_taken(socket_enabled: None) -> None:
    free = choose_port(0)
    assert choose_port(free) == free


def test_for_a_taken_port_there_is_another_one(socket_enabled: None) -> None:
    with socket.socket() as listening:
        listening.bind((HOST, 0))
        listening.listen()
        taken = listening.getsockname()[1]
        assert choose_port(taken) not in {0, taken}
        # Who listens there was not spoken to.
        listening.settimeout(0)
        try:
            listening.accept()
        except BlockingIOError:
            return
    raise AssertionError("somebody connected")


def test_a_port_whose_connections_were_closed_a_moment_ago_is_free(socket_enabled: None) -> None:
    with socket.socket() as listening:
        # As servers do.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, 0))
        listening.listen()
        port = listening.getsockname()[1]
        with socket.create_connection((HOST, port)) as client:
            accepted, _ = listening.accept()
            # Who closes first keeps the port for a while.
            accepted.close()
            assert client.recv(1) == b""
    assert choose_port(port) == port
