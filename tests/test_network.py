"""Whether a host is private."""

import pytest

from custom_components.pilotstatus.network import is_private_host

PRIVATE = """
    localhost LOCALHOST. 127.0.0.1 ::1 [::1] 10.0.0.1 192.168.1.2 172.16.0.1 169.254.1.1
    fe80::1%eth0 fd00::1 ::ffff:192.168.0.1 100.64.0.1 0.0.0.0 127.1 0x7f000001 2130706433
    nas homeassistant.local a.localhost a.internal a.lan a.home.arpa
"""


@pytest.mark.parametrize("host", [*PRIVATE.split(), "", "fe80::1%eth.one"])
def test_hosts_of_a_local_network_are_private(host: str) -> None:
    assert is_private_host(host)


@pytest.mark.parametrize(
    "host", ["pilotstatus.com.br", "8.8.8.8", "2001:4860:4860::8888", "local.example.com"]
)
def test_other_hosts_are_public(host: str) -> None:
    assert not is_private_host(host)
