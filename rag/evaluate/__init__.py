"""How well an index answers a question set: questions, run, measures, report. Uses the public API only.

>>> from rag.evaluate import evaluate, read_questions
>>> run = evaluate(rag, read_questions("corpus/questions.jsonl"))   # doctest: +SKIP
>>> run.measures["success@1"]                                       # doctest: +SKIP
"""

from rag.evaluate.compare import Comparison, compare_runs
from rag.evaluate.files import read_corpus, read_questions
from rag.evaluate.questions import Question, QuestionSet, Support, join_sets
from rag.evaluate.report import write_report
from rag.evaluate.run import Run, evaluate, read_run

__all__ = [
    "Comparison",
    "Question",
    "QuestionSet",
    "Run",
    "Support",
    "compare_runs",
    "evaluate",
    "join_sets",
    "read_corpus",
    "read_questions",
    "read_run",
    "write_report",
]
