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
