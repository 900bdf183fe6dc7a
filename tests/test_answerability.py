"""Guards: passages that lack the kind of thing, the name, the year or the office that is asked for do not answer."""

from dataclasses import replace
from datetime import date

import pytest

from rag.align import WordAligner
from rag.answerability import AnswerabilityModel
from rag.confidence import ENOUGH
from rag.types import Hit, Language
from tests.fakes import a_passage

CANAL = a_passage("Only 13,213 ships used the Suez Canal in 2024.", "The authority blamed the fighting.")
ARABIC = a_passage("عبرت قناةَ السويس 13,213 سفينة في عام 2024.", "وعزت الهيئة ذلك إلى التوتر.", language="ar")


@pytest.fixture(scope="module")
def model(aligner: WordAligner) -> AnswerabilityModel:
    return AnswerabilityModel(aligner)


def hit(passage: object = CANAL, confidence: float = 0.95) -> Hit:
    return Hit(1, 1.0, passage, (0.9, 0.2), confidence=confidence)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "passage", "language"),
    [
        ("How many ships used the Suez Canal in 2024?", CANAL, "en"),
        ("كم سفينة عبرت قناة السويس في 2024؟", ARABIC, "ar"),
        ("How many ships crossed the Suez Canal in 2024?", ARABIC, "en"),
        ("كم سفينة عبرت قناة السويس في 2024؟", CANAL, "ar"),
    ],
)
def test_what_the_passage_says_is_answerable(
    model: AnswerabilityModel, question: str, passage: object, language: Language
) -> None:
    judged = model.judge(question, [hit(passage)], language)
    assert judged.probability >= ENOUGH
    assert judged.lack == ""


@pytest.mark.parametrize(
    ("question", "passage", "language", "lack", "words"),
    [
        ("How many ships used the Panama Canal in 2024?", CANAL, "en", "name", "Panama"),
        ("كم سفينة عبرت قناة بنما في 2024؟", ARABIC, "ar", "name", "بنما"),
        ("How many ships used the Panama Canal in 2024?", ARABIC, "en", "name", "Panama"),
        ("What did the Suez Canal cost?", CANAL, "en", "kind", ""),
        ("Who is the mayor of the Suez Canal?", CANAL, "en", "office", "mayor"),
        ("من هو مدير قناة السويس؟", ARABIC, "ar", "office", "مدير"),
        ("How many ships used the Suez Canal in 1998?", CANAL, "en", "year", "1998"),
        ("كم سفينة عبرت قناة السويس في ١٩٩٨؟", ARABIC, "ar", "year", "1998"),
    ],
)
def test_what_it_lacks_is_told(
    model: AnswerabilityModel, question: str, passage: object, language: Language, lack: str, words: str
) -> None:
    judged = model.judge(question, [hit(passage)], language)
    assert (judged.lack, judged.words) == (lack, words)
    assert judged.probability < ENOUGH


FOUNDED = a_passage(
    "TSMC, founded by Morris Chang in 1987, makes chips for others.", "Firms such as Nvidia design them."
)
FOUNDED_AR = a_passage(
    "شركة TSMC التي أسّسها موريس تشانغ عام 1987 تصنع رقائق غيرها.", "وتصمّمها شركات مثل إنفيديا.", language="ar"
)


@pytest.mark.parametrize(
    ("question", "passage", "language", "lack"),
    [
        ("When was TSMC founded?", FOUNDED, "en", ""),
        ("متى تأسست شركة TSMC؟", FOUNDED_AR, "ar", ""),
        ("Who founded TSMC?", FOUNDED_AR, "en", ""),
        ("When was Nvidia founded?", FOUNDED, "en", "kind"),
        ("متى تأسست شركة إنفيديا؟", FOUNDED_AR, "ar", "kind"),
        ("When did the Suez Canal open?", CANAL, "en", "kind"),
        ("متى افتتحت قناة السويس؟", ARABIC, "ar", "kind"),
    ],
)
def test_when_a_thing_began_is_told_of_it_and_not_of_another(
    model: AnswerabilityModel, question: str, passage: object, language: Language, lack: str
) -> None:
    assert model.judge(question, [hit(passage)], language).lack == lack


def test_a_year_may_be_told_by_the_date_or_by_another_hit(model: AnswerabilityModel) -> None:
    dated = replace(CANAL, published=date(1998, 5, 1))
    asked = "How many ships used the Suez Canal in 1998?"
    assert model.judge(asked, [hit(dated)], "en").lack == ""
    after = replace(
        a_passage("A year ago ships left the Suez Canal.", "Last year was quiet."), published=date(1999, 5, 1)
    )
    assert model.judge(asked, [hit(CANAL), hit(after)], "en").lack == ""
    assert model.judge("Who used the Suez Canal in the 1700s?", [hit(CANAL)], "en").lack == ""


def test_what_is_said_of_another_is_not_read(model: AnswerabilityModel) -> None:
    panama = a_passage("The Panama Canal lets 22 ships pass each day.", "It blames the drought.", passage_id="p:0")
    hits = [hit(CANAL), Hit(2, 0.9, panama, (0.8, 0.1), confidence=0.9)]
    assert model.naming("How many ships pass the Panama Canal each day?", hits) == hits[1:]
    assert model.naming("How many ships pass each day?", hits) == hits


def test_news_is_no_name(model: AnswerabilityModel) -> None:
    assert model.judge("ما آخر أخبار قناة السويس؟", [hit(ARABIC)], "ar").lack == ""


def test_no_hits_no_answer(model: AnswerabilityModel) -> None:
    assert model.judge("Anything?", [], "en").probability == 0.0
