"""Keys → values that take a while to read: the last of them are held."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """Reads values by their keys, and holds those that were asked for last; safe to share by threads.

    Args:
        read: gives the values of keys; what it does not know it leaves out, and is asked for again.
        most: how many are held.
    """

    def __init__(self, read: Callable[[Sequence[str]], Mapping[str, Value]], most: int) -> None:
        self._read = read
        self._most = most
        self._held: OrderedDict[str, Value] = OrderedDict()
        self._lock = Lock()

    def __call__(self, keys: Sequence[str]) -> dict[str, Value]:
        """Return the values of keys, in their order; those that are not known are left out."""
        with self._lock:
            found = {key: self._held[key] for key in keys if key in self._held}
        missing = [key for key in keys if key not in found]
        if missing:
            found.update(self._read(missing))
        with self._lock:
            for key in keys:
                if key in found:
                    self._held[key] = found[key]
                    self._held.move_to_end(key)
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        return {key: found[key] for key in keys if key in found}
