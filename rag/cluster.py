"""Files and articles → read and encoded on all machines of a Ray cluster. The one home of ray.

Each file, and each batch of articles, is a task that Ray runs where there is room; what a machine that is lost had in
hand, it runs elsewhere. What needs the catalog, and all writing, stays with who started the run: the outcome is the
same as on one machine.
"""

from __future__ import annotations

import os
import socket
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from rag.encode import Matrix
from rag.encoded import EncodedPassage
from rag.errors import MissingExtraError, SettingsError
from rag.identity import digest_file
from rag.index_report import Failure
from rag.passage_encoder import PassageEncoder
from rag.types import Article
from rag.workers import Read, read_source

if TYPE_CHECKING:
    from ray import ObjectRef

_TOGETHER = 32  # articles of a large file that come back together
_PER_CORE = 2  # tasks that wait or run for each core: enough for none to idle, few enough to be held in memory
_PATIENCE = 10.0  # seconds that a cluster may take to answer
_opened: dict[str, PassageEncoder] = {}  # in a process of the cluster: the encoder of the run that it works for


class RayWorkers:
    """See `rag.workers.Workers`.

    Args:
        encoder: cuts and encodes; it is copied to every process of the cluster, and should use one thread in each.
        address: of the cluster, `host:port` or `ray://host:port`; `auto` for the one that runs on this machine, which
            is started where none does.

    Raises:
        MissingExtraError: Ray is not installed.
        SettingsError: there is no such cluster.
    """

    def __init__(self, encoder: PassageEncoder, address: str) -> None:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it would report to its makers
        try:
            import ray
        except ImportError as error:
            raise MissingExtraError("--ray needs: pip install 'sanad-rag[ray]'") from error
        self._ray = ray
        _connect(ray, address)
        again = {"max_retries": -1, "num_cpus": 1}  # however often a machine is lost
        gpu = {"num_gpus": 1, "max_calls": 0} if self._resources().get("GPU") else {}
        self._read = ray.remote(_read).options(**again, num_returns="streaming")
        self._encode = ray.remote(_encode).options(**again, **gpu)
        self._encode_words = ray.remote(_encode_words).options(**again, **gpu)
        self._name = os.urandom(8).hex()
        self._encoder = ray.put(encoder)

    @property
    def ahead(self) -> int:
        """See `Workers.ahead`: more when machines have joined."""
        return _PER_CORE * max(int(self._resources().get("CPU", 1)), 1)

    @property
    def reading_ahead(self) -> int:
        """See `Workers.reading_ahead`."""
        return self.ahead

    def read(
        self, path: Path, fields: Mapping[str, str], name: str, known: Collection[str]
    ) -> Iterable[Read | Failure]:
        """See `Workers.read`; a file that the other machine does not have, or has in another version, is read here."""
        try:
            content = digest_file(path, fields)
        except OSError:
            return read_source(path, fields, name, known)
        found: Any = self._read.remote(path, dict(fields), name, set(known), content)
        return self._collect(found, path, fields, name, known)

    def encode(
        self, articles: Sequence[Article], known: Sequence[EncodedPassage]
    ) -> Future[list[list[EncodedPassage]]]:
        """See `Workers.encode`."""
        encoded: ObjectRef[Any] = self._encode.remote(self._name, [self._encoder], list(articles), list(known))
        return _plain(encoded.future())

    def encode_words(self, some: Iterable[list[str]]) -> Iterable[Matrix]:
        """See `Workers.encode_words`."""
        under_way: deque[ObjectRef[Any]] = deque()
        for words in some:
            under_way.append(self._encode_words.remote(self._name, [self._encoder], words))
            if len(under_way) > self.ahead:
                yield self._ray.get(under_way.popleft())
        yield from map(self._ray.get, under_way)

    def __enter__(self) -> Self:
        """Return it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the cluster; what it still has in hand is given up."""
        self._ray.shutdown()

    def _resources(self) -> Mapping[str, float]:
        """Return how much there is of everything, on all machines together."""
        return dict(self._ray.cluster_resources())  # type: ignore[no-untyped-call]

    def _collect(
        self, found: Iterable[ObjectRef[Any]], path: Path, fields: Mapping[str, str], name: str, known: Collection[str]
    ) -> Iterator[Read | Failure]:
        for part in found:
            some: list[Read | Failure] | None = self._ray.get(part)
            if some is None:
                yield from read_source(path, fields, name, known)
                return
            yield from some


def _plain(future: Future[Any]) -> Future[Any]:
    """Return a future that fails as the task did, without what Ray wraps the error in."""
    plain: Future[Any] = Future()

    def settle(done: Future[Any]) -> None:
        if (error := done.exception()) is None:
            plain.set_result(done.result())
        else:
            plain.set_exception(getattr(error, "cause", None) or error)

    future.add_done_callback(settle)
    return plain


def _connect(ray: Any, address: str) -> None:
    """Join the cluster; for `auto` one is started where none runs."""
    try:
        if address != "auto":  # Ray itself would try for minutes
            host, _, port = address.removeprefix("ray://").rpartition(":")
            socket.create_connection((host, int(port)), timeout=_PATIENCE).close()
        try:
            ray.init(address=address, log_to_driver=False, logging_level="ERROR")
        except ConnectionError:
            if address != "auto":
                raise
            ray.init(include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    except Exception as error:  # whatever Ray raises, which differs by how it is reached
        reason = " ".join(str(error).split())[:200]
        raise SettingsError(
            f"--ray {address}: there is no Ray cluster that can be reached ({reason}); start one with: ray start --head"
        ) from error


def _read(
    path: Path, fields: Mapping[str, str], name: str, known: Collection[str], content: str
) -> Iterator[list[Read | Failure] | None]:
    """Yield what a file gives, some at a time; None where this machine has not that file."""
    try:
        same = digest_file(path, fields) == content
    except OSError:
        same = False
    if not same:
        yield None
        return
    found = read_source(path, fields, name, known)
    while some := list(islice(found, _TOGETHER)):
        yield some


def _encode(
    run: str, encoder: Sequence[ObjectRef[PassageEncoder]], articles: Sequence[Article], known: Sequence[EncodedPassage]
) -> list[list[EncodedPassage]]:
    """Cut and encode articles in a process of the cluster."""
    return _open(run, encoder).encode_articles(articles, known)


def _encode_words(run: str, encoder: Sequence[ObjectRef[PassageEncoder]], words: list[str]) -> Matrix:
    """Encode words in a process of the cluster."""
    return _open(run, encoder).encoder.encode_words(words)


def _open(run: str, encoder: Sequence[ObjectRef[PassageEncoder]]) -> PassageEncoder:
    """Return the encoder of a run, which this process keeps for what comes next."""
    if run not in _opened:
        import ray

        _opened.clear()
        _opened[run] = ray.get(encoder[0])
    return _opened[run]
