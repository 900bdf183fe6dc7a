"""Guards: a claim set is read, judged and counted by group; a line that is no claim is named."""

import json
from pathlib import Path

import pytest

from rag.align import WordAligner
from rag.check import ClaimChecker
from rag.errors import SourceError
from rag.evaluate.claims import check_claims
from tests.test_main import run

PASSAGE = "Only 13,213 ships used the Suez Canal in 2024."


def write(path: Path, *lines: object) -> Path:
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    return path


@pytest.fixture
def checker(aligner: WordAligner) -> ClaimChecker:
    return ClaimChecker(aligner)


def test_claims_are_counted_by_pair_and_by_what_was_altered(tmp_path: Path, checker: ClaimChecker) -> None:
    result = check_claims(
        write(
            tmp_path / "claims.jsonl",
            {"id": "right", "claim": "13,213 ships used the canal.", "passage": PASSAGE, "supported": True},
            {"claim": "عبرتها 13,999 سفينة.", "passage": PASSAGE, "supported": False, "altered": "number"},
            {"id": "odd", "claim": "13,214 ships used the canal.", "passage": PASSAGE, "supported": True},
        ),
        checker,
    )
    assert (result["claims"], result["accuracy"]) == (3, 0.667)
    assert result["by_pair"] == {"ar-en": {"accuracy": 1.0, "claims": 1}, "en-en": {"accuracy": 0.5, "claims": 2}}
    assert result["by_group"]["number"] == {"accuracy": 1.0, "claims": 1}
    assert [(wrong["id"], wrong["flaw"], wrong["words"]) for wrong in result["wrong"]] == [("odd", "number", "13,214")]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [({"claim": "A."}, 'line 1: needs "claim" and "passage"'), (["A."], "line 1: not a JSON object")],
)
def test_a_line_that_is_no_claim_is_named(tmp_path: Path, checker: ClaimChecker, line: object, complaint: str) -> None:
    with pytest.raises(SourceError, match=complaint):
        check_claims(write(tmp_path / "claims.jsonl", line), checker)


def test_an_empty_file_and_none(tmp_path: Path, checker: ClaimChecker) -> None:
    with pytest.raises(SourceError, match="holds no claims"):
        check_claims(write(tmp_path / "claims.jsonl"), checker)
    with pytest.raises(SourceError, match="cannot be read"):
        check_claims(tmp_path / "nowhere.jsonl", checker)


def test_the_command_prints_groups_and_what_was_judged_otherwise(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = write(tmp_path / "c.jsonl", {"claim": "13,214 ships used it.", "passage": PASSAGE, "supported": True})
    code, out, _ = run(capsys, "check", str(path))
    assert code == 0
    assert "en-en" in out
    assert "number 13,214" in out
    assert json.loads(run(capsys, "check", str(path), "--json")[1])["accuracy"] == 0.0
