"""Guards: whatever is sent to `/api`, within its forms or not, no answer is a failure and each is as the forms say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from rag.align import WordAligner
from tests.fakes import write_article
from tests.serving import serving
from tests.ui.api.conftest import open_small

pytestmark = pytest.mark.slow

CASES = 2000
_OPERATIONS = ("POST /ask", "POST /search", "GET /articles", "POST /articles", "GET /articles/{article_id}",
               "DELETE /articles/{article_id}")  # fmt: skip


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory, aligner: WordAligner) -> Iterator[schemathesis.BaseSchema]:
    """The forms of a server whose articles come and go."""
    folder = tmp_path_factory.mktemp("forms")
    write_article(folder / "articles", "canal", "Ships left the Suez canal.")
    rag = open_small(folder / "index", aligner, folder / "articles")
    with serving(rag, folder / "index", programs=True) as address:
        yield schemathesis.openapi.from_url(f"{address}/api/openapi.json")


# Both ends of each case are on this machine; the plugin's own way of asking does not know the pytest that is used here.
@pytest.mark.parametrize("mode", list(GenerationMode), ids=["within the forms", "outside them"])
@pytest.mark.parametrize("name", _OPERATIONS)
def test_no_case_fails(forms: schemathesis.BaseSchema, name: str, mode: GenerationMode) -> None:
    operations = {result.ok().label: result.ok() for result in forms.get_all_operations()}
    assert set(operations) == set(_OPERATIONS)

    @given(case=operations[name].as_strategy(generation_mode=mode))
    @settings(
        max_examples=-(-CASES // (2 * len(_OPERATIONS))),
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: schemathesis.Case) -> None:
        # That two articles in one request may not have the same id is more than a schema can say.
        beyond = [positive_data_acceptance] if name == "POST /articles" else []
        case.call_and_validate(excluded_checks=beyond)

    ask()
