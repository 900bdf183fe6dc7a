"""Guards: the founding, opening, birth or death that a question asks about is seen, and whether a sentence tells it."""

import pytest

from rag.milestones import Milestone, asked_milestone, tells_milestone


@pytest.mark.parametrize(
    ("question", "milestone"),
    [
        ("When was Nvidia founded?", "founding"),
        ("Who founded TSMC?", "founding"),
        ("متى تأسّست شركة إنفيديا؟", "founding"),
        ("في أي عام أُنشئ البنك المركزي؟", "founding"),
        ("مين أسس أرامكو؟", "founding"),
        ("When did the Suez Canal open?", "opening"),
        ("متى افتُتحت قناة السويس؟", "opening"),
        ("أين وُلد نجيب محفوظ؟", "birth"),
        ("In which city was she born?", "birth"),
        ("متى توفّي طه حسين؟", "death"),
        ("Where did Ibn Battuta die?", "death"),
        ("When did trading start?", ""),
        ("How many shops opened in May?", ""),
        ("كم مصنعًا افتُتح هذا العام؟", ""),
        ("لماذا أُغلقت القناة؟", ""),
    ],
)
def test_what_a_question_asks_about(question: str, milestone: Milestone) -> None:
    assert asked_milestone(question) == milestone


@pytest.mark.parametrize(
    ("sentence", "milestone"),
    [
        ("The company, set up in 1987, makes chips for others.", "founding"),
        ("التي أسّسها موريس تشانغ عام 1987.", "founding"),
        ("وأُنشئت الهيئة بمرسوم.", "founding"),
        ("The waterway was inaugurated in November 1869.", "opening"),
        ("ودُشّن الجسر أمس.", "opening"),
        ("وهو من مواليد القاهرة.", "birth"),
        ("The 61-year-old native of Tainan resigned.", "birth"),
        ("ورحل الكاتب عن 95 عامًا.", "death"),
        ("He was buried in Fez.", "death"),
    ],
)
def test_a_sentence_that_tells_it(sentence: str, milestone: Milestone) -> None:
    assert tells_milestone(sentence, milestone)


@pytest.mark.parametrize(
    ("sentence", "milestone"),
    [
        ("Nvidia lost 589 billion dollars of market value.", "founding"),
        ("تراجعت إيرادات القناة في عام 2024.", "opening"),
        ("وكانت أول من طوّر هذا النوع من الذاكرة.", "founding"),
        ("The minister resigned on Monday.", "death"),
    ],
)
def test_a_sentence_that_does_not(sentence: str, milestone: Milestone) -> None:
    assert not tells_milestone(sentence, milestone)
