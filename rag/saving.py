"""The commands that save an index in one file and bring it back: `sanad backup` and `restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

import rag
from rag import show
from rag.options import AsJson, IndexFolder

File = Annotated[Path, typer.Argument(metavar="FILE", help="The backup: a zip.")]


def backup(
    file: File,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    index: IndexFolder = None,
    as_json: AsJson = False,
) -> None:
    """Save index, talks, users, judgements, runs, uploads and settings in one file; others may go on meanwhile."""
    from rag.backup import write_backup

    settings = rag.Settings(index=index)
    with show.progress("saving, MB") as progress:
        manifest = write_backup(settings, file, force=force, progress=progress)
    if manifest.shared:
        show.note(
            f"the articles lie in {settings.home} and are not in this file: save them with pg_dump; from them "
            "`sanad doctor --repair` makes vectors and keywords anew"
        )
    show.findings(_describe(file, manifest) | {"bytes": file.stat().st_size}, as_json=as_json)


def restore(
    file: File,
    force: Annotated[bool, typer.Option("--force", help="Replace all that is in the folder of the index.")] = False,
    index: IndexFolder = None,
    as_json: AsJson = False,
) -> None:
    """Bring back what `sanad backup` saved, once it is checked; nothing changes where the file is damaged."""
    from rag.restore import restore_backup

    settings = rag.Settings(index=index)
    with show.progress("restoring, MB") as unpacking, show.progress("storing vectors") as storing:
        restored = restore_backup(settings, file, force=force, progress=(unpacking, storing))
    now = settings.public_variables()
    differing = {
        name: f"{restored.variables.get(name, 'unset')} (now {now.get(name, 'unset')})"
        for name in sorted(restored.variables.keys() | now.keys())
        if restored.variables.get(name) != now.get(name) and name != "RAG_INDEX"
    }
    if differing:
        told = ", ".join(f"{name}={value}" for name, value in differing.items())
        show.note(f"settings that were others when it was saved: {told}")
    settled = {"settings": differing} if as_json else {}
    show.findings(_describe(file, restored.manifest) | settled, as_json=as_json)


def _describe(file: Path, manifest: Any) -> dict[str, Any]:
    made = manifest.made.isoformat()
    return {"file": str(file), "made": made, "sanad": manifest.sanad, "encoder": manifest.encoder, **manifest.counts}
