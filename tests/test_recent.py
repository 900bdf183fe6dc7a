"""Guards: what was read lately is not read again, what is unknown is asked for again, no more is held than may be."""

from collections.abc import Sequence

from rag.recent import Recent


class Shelf:
    """Reads the length of each key but those that begin with "no"."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, keys: Sequence[str]) -> dict[str, int]:
        self.asked += keys
        return {key: len(key) for key in reversed(keys) if not key.startswith("no")}


def test_values_come_in_the_order_of_their_keys_and_are_read_once() -> None:
    shelf = Shelf()
    recent = Recent(shelf, 10)
    assert list(recent(["bb", "a"]).items()) == [("bb", 2), ("a", 1)]
    assert list(recent(["ccc", "a", "bb"]).items()) == [("ccc", 3), ("a", 1), ("bb", 2)]
    assert shelf.asked == ["bb", "a", "ccc"]


def test_what_is_not_known_is_left_out_and_asked_for_again() -> None:
    shelf = Shelf()
    recent = Recent(shelf, 10)
    assert recent(["none", "a"]) == recent(["none", "a"]) == {"a": 1}
    assert shelf.asked == ["none", "a", "none"]


def test_those_asked_for_longest_ago_are_let_go() -> None:
    shelf = Shelf()
    recent = Recent(shelf, 2)
    recent(["a", "b"])
    recent(["a"])
    assert recent(["c", "d", "e"]) == {"c": 1, "d": 1, "e": 1}, "more than are held can be asked for at once"
    recent(["d", "e"])
    assert shelf.asked == ["a", "b", "c", "d", "e"]
