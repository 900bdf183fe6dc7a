"""Guards: a model is exported once and whole, is told by its files, and what cannot be is refused."""

import json
from pathlib import Path

import pytest

from rag.encode import export, export_worker
from rag.encode.export import ExportError, encoder_folder, export_encoder, export_universal
from rag.errors import SourceError


def a_model(folder: Path) -> str:
    folder.mkdir()
    (folder / "modules.json").write_text("[]", encoding="utf-8")
    return str(folder)


def test_what_is_no_model_is_refused_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = a_model(tmp_path / "model")
    with pytest.raises(ExportError, match="it cannot be exported"):
        export_encoder(source, tmp_path / "cache")
    facts = json.loads((encoder_folder(source, tmp_path / "cache") / "facts.json").read_text(encoding="utf-8"))
    assert "refused" in facts
    monkeypatch.setattr(export.subprocess, "run", lambda *_args, **_more: pytest.fail("it was tried again"))
    with pytest.raises(ExportError):
        export_encoder(source, tmp_path / "cache")


def test_a_model_whose_files_changed_is_exported_anew(tmp_path: Path) -> None:
    source = a_model(tmp_path / "model")
    before = encoder_folder(source, tmp_path)
    assert encoder_folder(source, tmp_path) == before
    (tmp_path / "model" / "model.safetensors").write_bytes(b"new")
    assert encoder_folder(source, tmp_path) != before


def test_a_process_that_dies_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "child_command", lambda *_: ["/bin/false"])
    with pytest.raises(SourceError, match="cannot be prepared here: its process ended with 1"):
        export_universal(tmp_path)
    assert [path.suffix for path in (tmp_path / "onnx").iterdir()] == [".lock"]


def test_a_cache_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SourceError, match="set RAG_CACHE"):
        export_universal(tmp_path / "file")


def test_the_second_encoder_is_near_enough_to_its_original(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the other process does, done in this one."""
    monkeypatch.setattr(export_worker.sys, "argv", ["export", "universal", "", str(tmp_path)])
    export_worker.main()
    facts = json.loads((tmp_path / "facts.json").read_text(encoding="utf-8"))
    assert facts["least_cosine"] > 0.99


def test_a_full_disk_is_no_reason_to_refuse_for_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export_worker, "_export_encoder", fill)
    monkeypatch.setattr(export_worker.sys, "argv", ["export_worker", "encoder", "a model", str(tmp_path)])
    with pytest.raises(OSError, match="No space left"):
        export_worker.main()
    assert not (tmp_path / "facts.json").exists()
