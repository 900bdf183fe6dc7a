"""A request → who it counts for, where each may only ask so much."""

from __future__ import annotations

import ipaddress
from typing import Final

from starlette.types import Scope

from ui.people import person_in

_NETWORK: Final = 64
"""Bits of an IPv6 address that tell one connection to the internet from another; the rest its owner may choose."""


def client_of(scope: Scope) -> str:
    """Return who asks: the account or key; without one the address of the other end, of IPv6 its network.

    A proxy on this machine tells the address that it was asked from (`X-Forwarded-For`): uvicorn has put it into the
    scope. What a proxy elsewhere tells is not believed, since anybody might tell it; all it passes on counts as one.
    """
    person = person_in(scope)
    if person and person.name:
        return person.id
    host = str((scope.get("client") or ("",))[0])
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, _NETWORK), strict=False))
