"""Guards: who a request counts for (`ui.clients`)."""

import pytest

from ui.clients import client_of


@pytest.mark.parametrize(
    ("host", "client"),
    [
        pytest.param("192.0.2.7", "192.0.2.7", id="IPv4"),
        pytest.param("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", id="IPv6: its network"),
        pytest.param("::ffff:192.0.2.7", "192.0.2.7", id="IPv4 in IPv6"),
        pytest.param("fe80::1%eth0", "fe80::/64", id="IPv6 of a link"),
        pytest.param("testclient", "testclient", id="no address"),
    ],
)
def test_client_is_the_address_of_the_other_end(host: str, client: str) -> None:
    assert client_of({"client": (host, 5000)}) == client


def test_a_client_without_an_address_counts_as_one() -> None:
    assert client_of({"client": None}) == client_of({}) == ""
