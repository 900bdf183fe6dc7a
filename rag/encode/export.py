"""A model → its int8 file for onnxruntime, made once and kept in the user's cache.

It is made in a process of its own (`rag.encode.export_worker`), which alone needs torch and its memory, and is trusted
only when what it makes of the bundled sentences is near enough to what the original makes of them.
"""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from rag.child import child_command, child_environment
from rag.encode.quantize import WHOLE
from rag.errors import SourceError
from rag.identity import digest

_FORMAT = 3  # of an exported folder; raise it when what is written below changes
_PATIENCE = 900.0  # seconds
_log = logging.getLogger(__name__)


class ExportError(Exception):
    """A model cannot be exported; says why."""


@dataclass(frozen=True, slots=True)
class Exported:
    """An exported model: its folder, and what was measured when it was made (`facts.json`)."""

    folder: Path
    facts: dict[str, Any]


def export_encoder(source: str, cache: Path) -> Exported:
    """Return a model's exported folder, making it first where the cache does not hold it: about a minute.

    Args:
        source: folder of a sentence-transformers model.
        cache: the folder is made in it.

    Raises:
        ExportError: the model cannot be run so, or not near enough to the original; says why.
    """
    found = _exported("encoder", source, encoder_folder(source, cache))
    if "refused" in found.facts:
        raise ExportError(found.facts["refused"])
    return found


def encoder_folder(source: str, cache: Path) -> Path:
    """Return where a model's exported folder lies; another when the model's files have changed."""
    files = sorted(path for path in Path(source).rglob("*") if path.is_file())
    state = [(str(path.relative_to(source)), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    return cache / "onnx" / f"{Path(source).name}-{digest(state)[:8]}-{_FORMAT}"


def read_facts(source: str, cache: Path) -> dict[str, Any]:
    """Return what was measured of a model when it was exported, or why it was `refused`; nothing if it never was."""
    path = encoder_folder(source, cache) / "facts.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def export_universal(cache: Path) -> Exported:
    """Return the second encoder's exported folder, making it first where the cache does not hold it.

    Raises:
        SourceError: it cannot be made; says why.
    """
    try:
        return _exported("universal", "", cache / "onnx" / f"universal-{_FORMAT}")
    except ExportError as error:
        raise SourceError(f"{cache}: the second encoder cannot be prepared here: {error}") from error


def _exported(kind: str, source: str, folder: Path) -> Exported:
    if not (folder / "facts.json").is_file():
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(folder.with_suffix(".lock")):
                if not (folder / "facts.json").is_file():
                    _make(kind, source, folder)
        except OSError as error:
            raise ExportError(f"{folder.parent} cannot be written ({error.strerror}); set RAG_CACHE") from error
    return Exported(folder, json.loads((folder / "facts.json").read_text(encoding="utf-8")))


def _make(kind: str, source: str, folder: Path) -> None:
    """Have another process export a model into a folder, whole or not at all."""
    if kind == "encoder":
        _log.info("preparing the encoder for this processor, once: about a minute")
    unfinished = Path(tempfile.mkdtemp(prefix=".exporting-", dir=folder.parent))
    try:
        done = subprocess.run(  # our own module, without a shell  # noqa: S603
            child_command("rag.encode.export_worker", kind, source, str(unfinished)),
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=child_environment(),
            timeout=_PATIENCE,
            check=False,
        )
        (unfinished / WHOLE).unlink(missing_ok=True)
        if done.returncode:
            raise ExportError((done.stderr.strip().splitlines() or [f"its process ended with {done.returncode}"])[-1])
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.rename(folder)
    except subprocess.TimeoutExpired as error:
        raise ExportError(f"it took more than {_PATIENCE:.0f} seconds") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
