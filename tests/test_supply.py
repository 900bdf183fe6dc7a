"""Guards: every package that Sanad brings along is pinned, agrees with the others, and may be used and passed on."""

import re
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = {name: [Requirement(line) for line in lines] for name, lines in PROJECT["optional-dependencies"].items()}
NEEDED = [Requirement(line) for line in PROJECT["dependencies"]]
PINS = {
    canonicalize_name(line.split("==")[0]): line.split("==")[1]
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
}

# Families of licences that THIRD_PARTY_NOTICES.md names, as packages write them.
ALLOWED = re.compile(
    r"\b(MIT|Apache ?\d?|BSD|0BSD|ISC|PSF|Python Software Foundation|CNRI|Zlib|CC0|BSL-1|MPL|Mozilla|LGPL)\b"
)
SAY_NOTHING = {"axe-playwright-python": "MIT"}  # the licence is a file in the package only


def _applies(requirement: Requirement, extras: set[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in extras | {""})


def _installed() -> tuple[dict[str, Distribution], list[str]]:
    """All that is installed because pyproject.toml names it, by name, and what is missing or does not fit."""
    found: dict[str, Distribution] = {}
    wrong: list[str] = []
    seen: set[str] = set()
    optional = [requirement for name, some in EXTRAS.items() if name != "test" for requirement in some]
    queue = [(requirement, "pyproject.toml", True) for requirement in [*NEEDED, *EXTRAS["test"]]]
    queue += [(requirement, "pyproject.toml", False) for requirement in optional]
    while queue:
        requirement, by, must = queue.pop()
        extras = set(requirement.extras)
        if str(requirement) in seen or not _applies(requirement, set()):
            continue
        seen.add(str(requirement))
        try:
            package = distribution(requirement.name)
        except PackageNotFoundError:
            wrong += [f"{by} needs {requirement}, which is not installed"] if must else []
            continue
        if not requirement.specifier.contains(package.version, prereleases=True):
            wrong.append(f"{by} needs {requirement}, not {package.version}")
        found[canonicalize_name(requirement.name)] = package
        for line in package.requires or []:
            needed = Requirement(line)
            if _applies(needed, extras):
                needed.marker = None
                queue.append((needed, requirement.name, True))
    return found, wrong


INSTALLED, WRONG = _installed()


def test_every_package_is_there_and_fits_those_that_need_it() -> None:
    assert not WRONG
    assert len(INSTALLED) > 150


def test_every_package_is_pinned_at_what_is_installed() -> None:
    # A local version ("+cpu") is another build of the same.
    installed = {name: Version(package.version).public for name, package in INSTALLED.items()}
    assert {name: PINS.get(name) for name in installed} == installed


def test_the_project_and_the_constraints_agree() -> None:
    for requirement in [*NEEDED, *(requirement for some in EXTRAS.values() for requirement in some)]:
        assert str(requirement.specifier) == f"=={PINS[canonicalize_name(requirement.name)]}"


@pytest.mark.parametrize("name", sorted(INSTALLED))
def test_every_licence_is_one_that_the_notices_name(name: str) -> None:
    about = INSTALLED[name].metadata
    told = (about.get("License-Expression") or "").split(" AND ")
    if told == [""]:
        told = [text for text in about.get_all("Classifier") or [] if text.startswith("License ::")]
    told = told or [(about.get("License") or SAY_NOTHING[name]).partition("\n")[0]]
    assert all(ALLOWED.search(licence) for licence in told), told
