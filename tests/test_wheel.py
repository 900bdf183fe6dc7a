"""Guards: the wheel carries all it needs and works where the checkout is not."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    # Without isolation: the build backend is among the test dependencies, and tests fetch nothing.
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(out.glob("sanad_rag-*.whl"))


def test_the_wheel_holds_packages_samples_and_notices(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {"rag/__main__.py", "ui/app.py", "ui/style.css", "rag/corpus/articles/ar/ar-h200-orders.md"} <= set(names)
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert any(name.endswith("licenses/THIRD_PARTY_NOTICES.md") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "corpus/"))]


@pytest.mark.usefixtures("encoder")
def test_it_answers_in_an_environment_of_its_own(wheel: Path, tmp_path: Path) -> None:
    """The dependencies are lent by this environment, which spares their download; Sanad itself is the wheel's."""
    home = tmp_path / "env"
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel)], check=True)
    site = Path(
        subprocess.check_output([python, "-c", "import site; print(site.getsitepackages()[0])"], text=True).strip()
    )
    (site / "lent.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    environment = os.environ | {"RAG_INDEX": str(tmp_path / "index")}
    environment.pop("PYTHONPATH", None)

    def sanad(*arguments: str) -> str:
        done = subprocess.run(
            [home / "bin" / "sanad", *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "doctor" in sanad("--help")
    answer = json.loads(sanad("ask", "--json", "ما الشركات التي طلبت منها بكين الاستعداد لشراء رقائق H200؟"))
    assert answer["citations"][0]["passage"]["article_id"] == "ar-h200-orders"
