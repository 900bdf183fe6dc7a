"""How the regressions of `rag.answerability` are set, and what they reach on the half they were not set on.

    python -m tests.benchmarks.answerability XQUAD [--every 3]      # holds xquad.ar.json and xquad.en.json

Asks every third question in both languages of both languages' paragraphs, three times: as it is, with its paragraph
taken out, and with its subject taken out; only the first has an answer. Fitted on the subjects with even numbers in the
order of their names. The bias is then moved so that `REFUSED` of the answerable questions of that half are refused.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from rag import Settings, open_index, open_rag
from rag.align import WordAligner
from rag.answerability import OTHER_LANGUAGE, SAME_LANGUAGE, AnswerabilityModel
from rag.confidence import ENOUGH, logit
from rag.evaluate import QuestionSet, join_sets, read_corpus, read_questions
from rag.evaluate.measures import auroc
from tests.benchmarks.weights import is_same, regress

REFUSED = {True: 0.05, False: 0.1}  # in one language, and across
_HITS = 5
_KINDS = ("as it is", "paragraph out", "subject out")
NAMES = tuple(name for name in SAME_LANGUAGE if name != "bias")
console = Console(width=150)


@dataclass(frozen=True)
class Asked:
    """What is known of questions asked three times.

    Attributes:
        signals: shape (questions, 3, signals), in the order of `NAMES`.
        judged: shape (questions, 3): the probability as it is shipped, with what is lacking.
        seen: shape (questions,): whether the subject is in the half that is fitted.
    """

    signals: NDArray[np.float64]
    judged: NDArray[np.float64]
    seen: NDArray[np.bool_]


def main() -> None:
    """Ask, fit and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("xquad", type=Path, help="folder with xquad.ar.json and xquad.en.json")
    parser.add_argument("--every", type=int, default=3, help="ask every Nth question")
    chosen = parser.parse_args()
    files = {language: chosen.xquad / f"xquad.{language}.json" for language in ("ar", "en")}
    pairs = {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for corpus, path in files.items():
            settings = Settings(index=Path(folder) / corpus)
            open_index(settings).put(read_corpus(path).articles)
            for language, questions in files.items():
                joined = join_sets([read_questions(questions)], [read_corpus(path)])
                pairs[f"{language}→{corpus}"] = ask(settings, joined, f"{language}→{corpus}", chosen.every)
    for same, shipped in ((True, SAME_LANGUAGE), (False, OTHER_LANGUAGE)):
        fit({name: asked for name, asked in pairs.items() if is_same(name) == same}, shipped, REFUSED[same])


def ask(settings: Settings, questions: QuestionSet, label: str, every: int) -> Asked:
    """Ask every Nth question three times; a question without hits or words leaves zeros."""
    rag = open_rag(settings)
    model = AnswerabilityModel(WordAligner(rag.index.encoder.encode_words))
    subjects = sorted(set(questions.subjects.values()))
    some = questions.questions[::every]
    signals = np.zeros((len(some), len(_KINDS), len(NAMES)))
    judged = np.zeros((len(some), len(_KINDS)))
    for row, question in enumerate(track(some, label, console=Console(stderr=True), transient=True)):
        subject = questions.subjects[question.relevant[0]]
        whole = [article for article, of in questions.subjects.items() if of == subject]
        for place, without in enumerate(([], question.relevant, whole)):
            if hits := rag.search(question.question, _HITS, without=without):
                found = model.signals(question.question, hits)
                signals[row, place] = [found.get(name, 0.0) for name in NAMES]
                judged[row, place] = model.judge(question.question, hits, question.language).probability
    seen = np.array([subjects.index(questions.subjects[q.relevant[0]]) % 2 == 0 for q in some])
    return Asked(signals, judged, seen)


def fit(pairs: dict[str, Asked], shipped: dict[str, float], refused: float) -> None:
    """Fit and print the regression of some pairs, and what it and the shipped one reach."""
    known = np.concatenate([asked.signals[asked.seen] for asked in pairs.values()])
    labels = np.tile(np.array([1, 0, 0]), len(known))
    coefficients = regress(known.reshape(-1, len(NAMES)), labels)
    answerable = known[:, 0] @ coefficients[:-1]
    bias = logit(ENOUGH) - float(np.quantile(answerable, refused))
    console.print({name: round(float(value), 2) for name, value in zip(NAMES, coefficients, strict=False)})
    console.print(f"bias {bias:.2f}; shipped: {shipped}", highlight=False)
    for name, asked in pairs.items():
        for half, mine in (("seen", asked.seen), ("unseen", ~asked.seen)):
            odds = asked.signals[mine] @ coefficients[:-1] + bias
            report(f"{name} {half} fitted", odds, logit(ENOUGH))
            report(f"{name} {half} shipped", asked.judged[mine], ENOUGH)


def report(label: str, scores: NDArray[np.float64], enough: float) -> None:
    """Print how a score tells the three ways of asking apart."""
    rates = ", ".join(f"{kind} answered {(scores[:, place] >= enough).mean():.3f}" for place, kind in enumerate(_KINDS))
    console.print(
        f"{label:<22} {rates}; AUROC {auroc(scores[:, 0], scores[:, 1]):.3f}, {auroc(scores[:, 0], scores[:, 2]):.3f}",
        highlight=False,
    )


if __name__ == "__main__":
    main()
