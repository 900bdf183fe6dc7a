"""What each signal of retrieval is worth, and how the weights of retrieval and confidence are set.

    python -m tests.benchmarks.weights XQUAD       # holds xquad.ar.json and xquad.en.json

Asks every question in both languages of both languages' paragraphs. Everything is set on one half of the subjects,
those with even numbers in the order of their names, and shown for both halves:

* success@1 and RR@10 with the shipped weights, and without each signal in turn;
* the weights that coordinate ascent over RR@10 ends at, from the shipped ones;
* the logistic regression of `rag.confidence`, and how it tells questions with an answer from those without.
"""

from __future__ import annotations

import argparse
import pickle
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from scipy.optimize import minimize

from rag import Settings, open_index, open_rag
from rag.evaluate import QuestionSet, join_sets, read_corpus, read_questions
from rag.evaluate.measures import auroc
from rag.weigh import WEIGHTS

_DEPTH = 60  # hits of each question that are weighed anew
_STEPS = (0.5, 0.75, 1.25, 1.5)  # what coordinate ascent multiplies a weight by
_PENALTY = 1e-3  # of the squares of the regression's standardised weights


@dataclass(frozen=True)
class Asked:
    """The hits of the questions of one language in the articles of one.

    Attributes:
        signals: shape (questions, hits, signals); in the order of `NAMES`.
        right: shape (questions, hits): whether a hit is of the right paragraph.
        strange: likewise: whether it is of another subject.
        articles: likewise: the number of its paragraph; -1 where there are fewer hits.
        seen: shape (questions,): whether the question's subject is in the half that weights are set on.
    """

    signals: NDArray[np.float64]
    right: NDArray[np.bool_]
    strange: NDArray[np.bool_]
    articles: NDArray[np.int64]
    seen: NDArray[np.bool_]


NAMES = ("sentence", *WEIGHTS)
Weights = NDArray[np.float64]
console = Console(width=150)


def main() -> None:
    """Measure, fit and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("xquad", type=Path, help="folder with xquad.ar.json and xquad.en.json")
    parser.add_argument("--signals", type=Path, help="keep the signals in this file, and take them from it next time")
    chosen = parser.parse_args()
    if chosen.signals and chosen.signals.is_file():
        pairs: dict[str, Asked] = pickle.loads(chosen.signals.read_bytes())
    else:
        pairs = ask_all(chosen.xquad)
        if chosen.signals:
            chosen.signals.write_bytes(pickle.dumps(pairs))
    shipped = np.array([1.0, *WEIGHTS.values()])
    show("shipped", pairs, shipped)
    for place, name in enumerate(NAMES):
        if shipped[place]:
            show(f"without {name}", pairs, np.where(np.arange(len(NAMES)) == place, 0, shipped))
    best = climb(pairs, shipped)
    show("climbed", pairs, best)
    console.print({name: round(float(weight), 3) for name, weight in zip(NAMES, best, strict=True)})
    for kind in ("same", "other"):
        fit_confidence({name: asked for name, asked in pairs.items() if is_same(name) == (kind == "same")}, shipped)


def ask_all(xquad: Path) -> dict[str, Asked]:
    """Ask every question of both languages' paragraphs."""
    files = {language: xquad / f"xquad.{language}.json" for language in ("ar", "en")}
    pairs = {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for corpus, path in files.items():
            settings = Settings(index=Path(folder) / corpus)
            open_index(settings).put(read_corpus(path).articles)
            for language, questions in files.items():
                joined = join_sets([read_questions(questions)], [read_corpus(path)])
                pairs[f"{language}→{corpus}"] = ask(settings, joined, f"{language}→{corpus}")
    return pairs


def ask(settings: Settings, questions: QuestionSet, label: str) -> Asked:
    """Ask questions of an index; hits that fail to come up leave zeros."""
    rag = open_rag(settings)
    subjects = sorted(set(questions.subjects.values()))
    numbers = {article: number for number, article in enumerate(questions.subjects)}
    count = len(questions.questions)
    asked = Asked(
        np.zeros((count, _DEPTH, len(NAMES))),
        np.zeros((count, _DEPTH), dtype=bool),
        np.zeros((count, _DEPTH), dtype=bool),
        np.full((count, _DEPTH), -1),
        np.array([subjects.index(questions.subjects[q.relevant[0]]) % 2 == 0 for q in questions.questions]),
    )
    for row, question in enumerate(track(questions.questions, label, console=Console(stderr=True), transient=True)):
        for place, hit in enumerate(rag.search(question.question, _DEPTH)):
            article = hit.passage.article_id
            asked.signals[row, place] = [hit.signals.get(name, 0.0) for name in NAMES]
            asked.right[row, place] = article in question.relevant
            asked.strange[row, place] = questions.subjects[article] != questions.subjects[question.relevant[0]]
            asked.articles[row, place] = numbers[article]
    return asked


def reciprocal_ranks(asked: Asked, weights: Weights) -> NDArray[np.float64]:
    """Return 1 / rank of the right paragraph for each question, paragraphs ranked by their best hit; 0 past 10."""
    scores = np.where(asked.articles >= 0, asked.signals @ weights, -np.inf)
    best = np.where(asked.right, scores, -np.inf).max(axis=1)
    ranks = np.array(
        [len(set(articles[row > own])) + 1 for articles, row, own in zip(asked.articles, scores, best, strict=True)]
    )
    return np.where(np.isfinite(best) & (ranks <= 10), 1 / ranks, 0.0)


def show(label: str, pairs: Mapping[str, Asked], weights: Weights) -> None:
    """Print success@1 / RR@10 of each pair, whole and on the half that was not seen."""
    cells = []
    for name, asked in pairs.items():
        found = reciprocal_ranks(asked, weights)
        new = found[~asked.seen]
        cells.append(
            f"{name} {(found == 1).mean():.3f} {found.mean():.3f} (unseen {(new == 1).mean():.3f} {new.mean():.3f})"
        )
    console.print(f"{label:<24}" + "  ".join(cells), highlight=False, soft_wrap=True)


def climb(pairs: Mapping[str, Asked], weights: Weights) -> Weights:
    """Return the weights that no change of one of them betters, by the mean of RR@10 over pairs on the seen half."""

    def worth(tried: Weights) -> float:
        return float(np.mean([reciprocal_ranks(asked, tried)[asked.seen].mean() for asked in pairs.values()]))

    best, highest = weights.copy(), worth(weights)
    improved = True
    while improved:
        improved = False
        for place in range(1, len(NAMES)):
            for factor in _STEPS:
                tried = best.copy()
                tried[place] *= factor
                if (reached := worth(tried)) > highest + 2e-4:
                    best, highest, improved = tried, reached, True
    return best


def fit_confidence(pairs: Mapping[str, Asked], weights: Weights) -> None:
    """Fit and print a logistic regression that tells the best hit from the best of another subject."""
    rows, labels, seen, of_pair = [], [], [], []
    for name, asked in pairs.items():
        scores = np.where(asked.articles >= 0, asked.signals @ weights, -np.inf)
        for label, allowed in ((1, np.ones_like(asked.right)), (0, asked.strange)):
            best = np.where(allowed, scores, -np.inf).argmax(axis=1)
            rows.append(asked.signals[np.arange(len(best)), best])
            labels.append(np.full(len(best), label))
            seen.append(asked.seen)
            of_pair.append(np.full(len(best), name))
    signals, y, known, names = map(np.concatenate, (rows, labels, seen, of_pair))
    used = signals.std(axis=0) > 0
    coefficients = regress(signals[known][:, used], y[known])
    found = dict(zip(np.array(NAMES)[used], coefficients, strict=False)) | {"bias": coefficients[-1]}
    console.print({name: round(float(value), 2) for name, value in found.items()})
    odds = signals[:, used] @ coefficients[:-1] + coefficients[-1]
    for name in pairs:
        for half, mine in (("seen", known), ("unseen", ~known)):
            some = mine & (names == name)
            answerable, not_answerable = odds[some & (y == 1)], odds[some & (y == 0)]
            refused, answered = (answerable < 0).mean(), (not_answerable >= 0).mean()
            console.print(
                f"{name} {half}: AUROC {auroc(answerable, not_answerable):.3f}, "
                f"refused {refused:.3f}, falsely answered {answered:.3f}",
                highlight=False,
            )


def regress(signals: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the coefficients of a logistic regression, the bias last."""
    mean, spread = signals.mean(axis=0), signals.std(axis=0)
    table = np.c_[(signals - mean) / spread, np.ones(len(signals))]

    def loss(coefficients: NDArray[np.float64]) -> float:
        odds = table @ coefficients
        return float(np.mean(np.logaddexp(0, odds) - labels * odds) + _PENALTY * (coefficients[:-1] ** 2).sum())

    found = minimize(loss, np.zeros(table.shape[1])).x
    return np.r_[found[:-1] / spread, found[-1] - (found[:-1] * mean / spread).sum()]


def is_same(pair: str) -> bool:
    """Whether a pair asks in the language of the articles."""
    asked, corpus = pair.split("→")
    return asked == corpus


if __name__ == "__main__":
    main()
