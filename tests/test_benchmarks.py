"""Guards: the benchmarks' ratios, tables, plots and plan are what the figures say; nothing is measured here."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rag.encoded import EncodedPassage
from rag.evaluate import read_corpus
from rag.language import detect_language
from rag.types import Article, Passage, Sentence
from tests.benchmarks import askers, claim_sets, cluster, growth_report, indexing, news, plan, retrieval, server
from tests.benchmarks.machine import describe_machine, middle_ratio, slope
from tests.benchmarks.made_up import FillingEncoder, make_up
from tests.benchmarks.memory import anonymous_memory, watch
from tests.benchmarks.options import Figures
from tests.benchmarks.parts import TITLES, open_part
from tests.benchmarks.plan import Assumptions, advise, find_need, find_slopes, write_plan
from tests.benchmarks.questions import ask_in_turns
from tests.benchmarks.report import read, record, render
from tests.fakes import HashEncoder

XQUAD = ["ar→ar", "en→ar", "ar→en", "en→en"]


def times(*p50: float) -> dict[str, list[float]]:
    return {"p50": list(p50), "p95": [2 * one for one in p50], "cpu": list(p50)}


def growth_row(passages: int, question: float, run: float, held: float) -> Figures:
    return {
        "passages": passages,
        "added": {"passages": 1000, "wall": 4.0 * run, "cpu": 3.0 * run},
        "runs": {
            "smallest": {"wall": [1.0, 2.0, 1.0], "cpu": [1.0, 1.0, 1.0]},
            "sanad": {"wall": [run, 2 * run, 9 * run], "cpu": [run, run, run]},
        },
        "questions": {
            "smallest": times(10, 20, 40),
            "sanad": times(10 * question, 20 * question, 40 * question),
            "encoding": times(5, 10, 20),
            "quickstart": times(40, 80, 160),
            "quickstart int8": times(20, 20, 20),
        },
        "memory": {
            "chroma": {"held": held / 2, "peak": held},
            "sanad": {"held": held, "peak": 2 * held},
            "index": {"held": held, "peak": 2.5 * held},
        },
        "disk": {"catalog": 40_000 * passages, "vectors": 4000 * passages, "keywords": 1000 * passages},
    }


GROWTH = {
    "rows": [growth_row(1000, 1.0, 1.0, 500_000), growth_row(101_000, 1.25, 1.5, 900_000)],
    "encoder": {"held": 400_000, "peak": 450_000},
}
NEWS = {
    "rows": [
        {"articles": 1000, "failed": 0, "passages": 2000, "seconds": 60.0, "peak": 700_000, "disk": 90_000_000},
        {"articles": 5000, "failed": 1, "passages": 10_000, "seconds": 260.0, "peak": 780_000, "disk": 450_000_000},
    ]
}
RATES = {
    "Sanad": [20.0, 10.0],
    "both encoders alone": [25.0, 12.5],
    "int8 encoder alone": [30.0, 15.0],
    "LangChain quickstart": [10.0, 5.0],
    "words": [2.0, 3.0],
}
ONE = {"answered": 100, "rate": 20.0, "p50": 40.0, "p95": 60.0, "failed": {}}
TEN = ONE | {"rate": 30.0, "failed": {"IndexStateError": 2}}
ASKERS = {"passages": 1000, "seconds": 10.0, "one": [ONE, ONE], "ten": [TEN, TEN]}
SAME = {"passages": [9, 9], "other ids": 0, "other passages": 0, "other vectors": 0, "largest difference": 0.0}
CLUSTER = {language: {"rates": {"1": [10.0, 8.0], "2": [18.0, 14.4]}} | SAME for language in ("ar", "en")}
MEASURED = dict.fromkeys(server.MEASURES, 0.9)
SERVER = {pair: {"folder": MEASURED, "server": MEASURED | {"success@1": 0.9011}} for pair in XQUAD}
FOUND = {"success@1": 0.9, "RR@10": 0.95, "success@1 unseen": 0.91, "RR@10 unseen": 0.96}
RETRIEVAL = {pair: {"Sanad": FOUND, "LangChain quickstart": FOUND} for pair in XQUAD}
ALL: dict[str, Figures] = {
    "retrieval": RETRIEVAL,
    "indexing": {"ar": RATES, "en": RATES},
    "growth": GROWTH,
    "news": NEWS,
    "askers": ASKERS,
    "server": SERVER,
    "cluster": CLUSTER,
}


def cells(lines: list[str], row: str) -> list[str]:
    """The cells of the row that begins with a word."""
    [found] = [line for line in lines if line.startswith(f"| {row} |")]
    return [cell.strip() for cell in found.strip("|").split("|")][1:]


def test_a_ratio_is_that_of_the_same_round() -> None:
    assert middle_ratio([10, 100, 30], [10, 50, 10]) == 2.0, "not 30 / 10: a slow minute is slow for both"


def test_a_slope_goes_through_the_points() -> None:
    growth, start = slope([(0, 5), (10, 25), (20, 45)])
    assert growth == pytest.approx(2)
    assert start == pytest.approx(5)
    assert slope([(7, 3)]) == (0.0, 3)


def test_the_table_of_growth() -> None:
    lines = growth_report._growth_table(GROWTH["rows"])
    assert cells(lines, "1,000") == ["20.0", "1.00", "1.00", "10.00", "1.00", "1.00", "4.00", "1.00", "1.00"]
    assert cells(lines, "101,000") == ["25.0", "1.25", "1.25", "15.00", "1.50", "1.50", "6.00", "1.50", "1.50"]


def test_the_table_of_questions() -> None:
    found = cells(growth_report._question_table(GROWTH["rows"]), "101,000")
    assert found[:2] == ["25.0 / 50.0", "10.0 / 20.0"]
    assert found[-3:] == ["2.50", "0.31", "1.25"]


def test_the_tables_of_memory_and_disk() -> None:
    lines = growth_report.tables(GROWTH)
    growth = "Growth a passage: Chroma alone 2.00 kB, Sanad, answering 4.00 kB, Sanad, adding articles 4.00 kB."
    assert f"{growth} A process that only encodes questions: 400 MB (held), 450 MB (peak)." in lines
    memory = growth_report._memory_table(GROWTH["rows"], GROWTH["encoder"])
    assert cells(memory, "101,000") == ["450", "900", "900", "1,800", "900", "2,250"]
    assert cells(growth_report._disk_table(GROWTH["rows"]), "1,000") == ["40.0", "4.0", "1.0", "45.0"]


def test_the_tables_of_indexing_and_news() -> None:
    assert cells(indexing.tables(ALL["indexing"]), "ar")[-3:] == ["0.80", "2.00", "2.5"]
    lines = news.tables(NEWS)
    assert cells(lines, "5,000") == ["10,000", "1", "260", "19.2", "780", "450"]
    assert lines[-1] == "The peak grows by 10.00 kB a passage, from 680 MB."


def test_failures_of_askers_are_told_by_name() -> None:
    lines = askers.tables(ASKERS)
    assert cells(lines, "1") == ["20.0", "1.00", "40.0", "60.0", "200", "0"]
    assert cells(lines, "10") == ["30.0", "1.50", "40.0", "60.0", "200", "4 (4 IndexStateError)"]


def test_askers_go_on_after_a_failure() -> None:
    class Broken:
        asked = 0

        def ask(self, question: str) -> None:
            self.asked += 1
            time.sleep(0.001)
            if question == "bad":
                raise OSError(question)

    broken = Broken()
    found = askers.ask(broken, ["good", "bad"], 2, 0.1)  # type: ignore[arg-type]
    assert found["failed"].keys() == {"OSError"}
    assert found["answered"] + Counter(found["failed"]).total() == broken.asked


def test_differences_of_a_server_are_told() -> None:
    assert cells(server.tables(SERVER), "en→ar")[:2] == ["0.900, 0.901, +0.001", "0.900, 0.900, +0.000"]


def test_the_tables_of_cluster_and_retrieval() -> None:
    assert cells(cluster.tables(CLUSTER), "ar") == ["9.0", "16.2", "1.80", "9, 9", "0", "0", "0", "0.0e+00"]
    assert cells(retrieval.tables(RETRIEVAL), "Sanad") == ["0.900 / 0.950 (0.910 / 0.960)"] * 4


def encoded(text: str, vector: tuple[float, float], sentences: int = 1) -> EncodedPassage:
    spans = tuple(Sentence(text, 0, len(text)) for _ in range(sentences))
    passage = Passage("a:0", "a", "", "", None, "en", text, 0, len(text), spans)
    rows = np.array([vector] * sentences, dtype=np.float32)
    return EncodedPassage(passage, rows, rows)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        pytest.param({"p": encoded("x", (1, 0.0005))}, {}, id="within the tolerance"),
        pytest.param({"p": encoded("x", (1, 0.01))}, {"other vectors": 1}, id="another vector"),
        pytest.param({"p": encoded("y", (1, 0))}, {"other passages": 1}, id="another text"),
        pytest.param({"p": encoded("x", (1, 0), 2)}, {"other passages": 1, "other vectors": 1}, id="another sentence"),
        pytest.param({"q": encoded("x", (1, 0))}, {"other ids": 2}, id="another id"),
    ],
)
def test_indexes_that_differ_are_told(other: dict[str, EncodedPassage], told: dict[str, int]) -> None:
    found = cluster.compare({"p": encoded("x", (1, 0))}, other)
    assert {name: found[name] for name in ("other ids", "other passages", "other vectors") if found[name]} == told


def test_the_claims_that_thresholds_are_set_by_are_half_true_in_both_languages() -> None:
    claims = list(claim_sets.read_claims(claim_sets.FILE))
    kinds = Counter(claim["altered"] for claim in claims)
    assert kinds == {None: 1920, "number": 480, "date": 480, "name": 480, "negation": 480}
    pairs = Counter(tuple(detect_language(str(claim[part])) for part in ("claim", "passage")) for claim in claims)
    assert min(pairs[pair] for pair in (("ar", "ar"), ("ar", "en"), ("en", "ar"), ("en", "en"))) > 900


def test_made_up_articles_are_the_same_wherever_they_begin() -> None:
    given = [Article("a", "", "one two three four", "en", None, "")]
    assert list(make_up(given, 0, 5))[3:] == list(make_up(given, 3, 5))
    assert len({article.text for article in make_up(given, 0, 5)}) == 5


def test_a_filling_encoder_encodes_as_the_real_one_but_for_sentences() -> None:
    real, sentences = HashEncoder(), [f"ship{n} left port{n}" for n in range(60)]
    filling = FillingEncoder(real, sentences)
    found = filling.encode_sentences(["a", "b"], with_tokens=True)
    assert np.allclose(np.linalg.norm(found.vectors, axis=1), 1)
    assert found.vectors.shape == real.encode_sentences(["a", "b"]).vectors.shape
    assert found.tokens is not None
    assert len(found.tokens) == 2
    assert np.array_equal(filling.encode_question("q").vectors, real.encode_question("q").vectors)
    many, like = (encoder.encode_sentences(sentences * 50).vectors.mean(axis=0) for encoder in (filling, real))
    assert many @ like / np.linalg.norm(many) / np.linalg.norm(like) > 0.95


def test_who_is_asked_first_changes_and_each_round_has_other_questions() -> None:
    order: list[tuple[str, str]] = []
    questions = [f"q{number}" for number in range(40)]
    found = ask_in_turns(
        {name: lambda q, name=name: order.append((name, q)) for name in ("a", "b")},  # type: ignore[misc]
        questions,
        asked=2,
        repeats=2,
    )
    assert order == [(n, f"q{q}") for q, n in ((0, "a"), (0, "b"), (1, "b"), (1, "a"))] + [
        (n, f"q{q}") for q, n in ((2, "a"), (2, "b"), (3, "b"), (3, "a"))
    ]
    assert {name: len(rounds["p50"]) for name, rounds in found.items()} == {"a": 2, "b": 2}


def test_memory_is_looked_at_from_outside(tmp_path: Path) -> None:
    take = "import sys; kept = bytearray(80_000_000); print('done', flush=True); sys.stdin.read()"
    mapped = tmp_path / "mapped"
    mapped.write_bytes(bytes(80_000_000))
    read_mapped = (
        f"import mmap, sys; file = open({str(mapped)!r}, 'rb')\n"
        "kept = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ); sum(kept[::4096])\n"
        "print('done', flush=True); sys.stdin.read()"
    )
    idle = "import sys; print('done', flush=True); sys.stdin.read()"
    own, others, none = (watch(["-c", program], held=True) for program in (take, read_mapped, idle))
    assert own.held - none.held == pytest.approx(80_000_000 / 1024, rel=0.1)
    assert others.held - none.held < 10_000, "pages of a file do not count"
    assert own.peak >= own.held


def test_what_a_process_started_counts() -> None:
    program = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"
    child = "kept = bytearray(60_000_000); print('done', flush=True); input()"
    process = subprocess.Popen(
        [sys.executable, "-c", program, child], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    process.stdout.readline()
    assert anonymous_memory(process.pid) > 60_000
    process.communicate("\n")
    assert anonymous_memory(process.pid) == 0


def test_a_process_that_fails_is_an_error() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        watch(["-c", "raise SystemExit(3)"], held=True)


def test_the_plan_is_drawn_on_from_the_slopes() -> None:
    slopes = find_slopes(ALL)
    assert slopes.passages == 2
    assert slopes.seconds == pytest.approx(0.05)
    assert slopes.encoding == pytest.approx(0.8)
    assert slopes.two_machines == pytest.approx(1.8)
    assert slopes.question[0] == pytest.approx(5 / 100_000)
    need = find_need(1_000_000, slopes, Assumptions(gpu=8))
    assert need.passages == 2_000_000
    assert need.disk == pytest.approx(90)
    assert need.answering == pytest.approx((496_000 + 4 * 2_000_000) / 1e6)
    assert need.chroma == pytest.approx((248_000 + 2 * 2_000_000) / 1e6)
    assert need.indexing == pytest.approx((780_000 - 10 * 10_000 + 10 * 2_000_000) / 1e6)
    assert need.hours == pytest.approx(1_000_000 * 0.05 / 3600)
    assert need.gpu_hours == pytest.approx(need.hours * 0.3)
    assert need.milliseconds == pytest.approx(19.95 + 2_000_000 * 5 / 100_000)
    assert need.questions == pytest.approx(30 * 20 / need.milliseconds)


def test_advice_names_only_limits_that_are_passed() -> None:
    slopes = find_slopes(ALL)
    roomy = Assumptions(memory=1e6, disk=1e6, hours=1e6, milliseconds=1e6, questions=1e-6)
    need = find_need(1_000_000, slopes, roomy)
    assert advise(need, slopes, roomy) == ["a folder and one process do"]
    for tight, word in (
        ({"memory": 1.0}, "Chroma server"),
        ({"disk": 1.0}, "Chroma server"),
        ({"questions": 100.0}, "processes"),
        ({"hours": 5.0}, "Ray on 4 machines"),  # 13.9 hours, 0.9 of a machine from each
        ({"milliseconds": 100.0}, "an index for each period"),
    ):
        said = advise(need, slopes, Assumptions(**(vars(roomy) | tight)))
        assert word in said[0]


def test_a_line_that_falls_is_not_drawn_on() -> None:
    assert plan.rising([(0, 5), (10, 4), (20, 3)]) == (0.0, 4.0)
    assert plan.rising([(0, 5), (10, 6)])[0] == pytest.approx(0.1)


def test_the_plan_lists_its_assumptions_or_what_it_lacks() -> None:
    lines = write_plan(ALL, Assumptions(gpu=77))
    assert [cells(lines, size)[0] for size in ("10,000", "100,000", "1,000,000", "10,000,000")] == [
        "20,000",
        "200,000",
        "2,000,000",
        "20,000,000",
    ]
    assert any("77 times" in line for line in lines)
    assert any("beyond 101,000 passages" in line for line in lines)
    few = {part: figures for part, figures in ALL.items() if part != "news"} | {"cluster": {"skipped": "no Ray"}}
    assert write_plan(few, Assumptions()) == ["", "Not yet to be made: needs news, cluster."]


def test_what_is_measured_again_takes_the_place_of_what_was(tmp_path: Path) -> None:
    record(tmp_path / "out", "news", {"skipped": "no --news was named"}, 1.0)
    record(tmp_path / "out", "askers", ASKERS, 60.0)
    assert "Not measured: no --news was named." in render(read(tmp_path / "out"), {})
    record(tmp_path / "out", "news", NEWS, 90.0)
    text = render(read(tmp_path / "out"), {"news": [tmp_path / "news.svg"]})
    assert "The peak grows by 10.00 kB" in text
    assert "](news.svg)" in text
    assert describe_machine() in text
    assert "1.5 minutes" in text


@pytest.mark.parametrize("part", TITLES)
def test_each_part_is_drawn(part: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the extra [bench] is not installed")
    drawn = open_part(part).plots(ALL[part], tmp_path)
    assert drawn
    for path in drawn:
        assert path.read_text(encoding="utf-8").count("<svg") == 1
    before = drawn[0].read_bytes()
    assert open_part(part).plots(ALL[part], tmp_path)[0].read_bytes() == before


def test_news_are_written_as_they_are_read(tmp_path: Path) -> None:
    given = (Article("a", "عنوان", "نصّ الخبر.", "ar", None, "سند"), Article("b", "Title", "Text.", "en", None, "x"))
    written = news.write_table(given, tmp_path / "news.jsonl")
    assert [(a.id, a.title, a.text, a.language) for a in read_corpus(written).articles] == [
        (a.id, a.title, a.text, a.language) for a in given
    ]


def run_benchmarks(*arguments: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", *map(str, arguments)],
        cwd=Path(__file__).parent.parent,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_says_what_it_lacks(tmp_path: Path) -> None:
    asked = run_benchmarks(tmp_path)
    assert asked.returncode == 2
    assert "does not hold xquad.ar.json" in asked.stderr
