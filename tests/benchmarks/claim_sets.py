"""How the claim checker judges the claims that its thresholds were set by: 3,840 on 480 passages, half of them altered.

    python -m tests.benchmarks.claim_sets [tests/data/claims-fit.jsonl]

They were written by hand, in other words than their passages, half in the passage's language and half in the other.
They are many, so that a change of a hundredth can be told from chance. On claims that it was not set by: a file of
1,152 freer ones on 144 passages, half of whose altered figures and names are others of the same passage,
`tests/data/claims-free.jsonl`; and the small sets of `tests/test_check.py`.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rag import Settings
from rag.evaluate.claims import check_claims
from rag.open import open_checker

FILE = Path(__file__).parent.parent / "data" / "claims-fit.jsonl"


def read_claims(path: Path) -> Iterator[dict[str, object]]:
    """Yield claims as `sanad check` reads them, of a file of `{"passage", "claims": [[claim, what is altered], …]}`."""
    for line in path.read_text(encoding="utf-8").splitlines():
        group = json.loads(line)
        for claim, altered in group["claims"]:
            yield {"claim": claim, "passage": group["passage"], "supported": altered is None, "altered": altered}


def main() -> None:
    """Print how many claims are judged rightly, by language and by what was altered."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "claims.jsonl"
        lines.write_text("\n".join(json.dumps(claim) for claim in read_claims(path)), encoding="utf-8")
        found = check_claims(lines, open_checker(Settings()))
    print(f"{found['claims']} claims: {found['accuracy']:.3f} right, {found['milliseconds']} ms a claim")
    for name, group in (found["by_pair"] | found["by_group"]).items():
        print(f"{name:10} {group['accuracy']:.3f} of {group['claims']}")


if __name__ == "__main__":
    main()
