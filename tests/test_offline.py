"""Guards: nothing is looked up at import, start, index or question."""

import json
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Runs before anything is imported, so that a look-up at import is caught too.
BLOCK = """
    import socket
    def refuse(*arguments, **_):
        raise AssertionError(f"the network was used: {arguments}")
    socket.getaddrinfo = socket.create_connection = refuse
    class Blocked(socket.socket):
        def connect(self, address):
            if self.family != socket.AF_UNIX:
                refuse(address)
            return super().connect(address)
        connect_ex = connect
    socket.socket = Blocked
"""

PROGRAM = """
    import ui.app
    from rag import Settings, open_rag
    rag = open_rag(Settings(index={index!r}, corpus={corpus!r}))
    answer = rag.ask("Which firms did Beijing tell to prepare H200 orders?")
    print(answer.citations[0].quote)
"""


@pytest.mark.usefixtures("encoder")
def test_import_index_and_question_look_nothing_up(articles: Path, tmp_path: Path) -> None:
    program = textwrap.dedent(BLOCK) + textwrap.dedent(PROGRAM.format(index=str(tmp_path / "i"), corpus=str(articles)))
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "Beijing told firms to prepare H200 orders."


def can_unshare() -> bool:
    unshare = shutil.which("unshare")
    return bool(unshare) and subprocess.run([unshare, "-rn", "true"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not can_unshare(), reason="unshare -rn is not allowed here; the socket block above stands for it")
def test_the_command_line_works_without_any_network_device(articles: Path, tmp_path: Path) -> None:
    command = ["unshare", "-rn", sys.executable, "-m", "rag", "ask", "--json", "--index", str(tmp_path / "i")]
    done = subprocess.run(
        [*command, "من كتب هاملت؟"],
        cwd=ROOT,
        env=os.environ | {"RAG_CORPUS": str(articles)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["abstained"] is True
