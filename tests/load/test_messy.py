"""Guards: public documents that break other readers are read right, or one line says why not.

They are no part of the project: `SANAD_TEST_DATA` names the folder that holds `messy/`. What is expected was checked by
reading the documents as pictures.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from rag.clean import clean
from rag.errors import SourceError
from rag.load import load_article
from rag.load.recognise import can_recognise

FOLDER = Path(os.environ.get("SANAD_TEST_DATA", "")) / "messy"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="SANAD_TEST_DATA names no folder with messy/")


def text_of(name: str) -> str:
    return clean(load_article(FOLDER / name).text)


def f1(found: str, expected: str) -> float:
    one, other = Counter(found.split()), Counter(expected.split())
    return 2 * (one & other).total() / (one.total() + other.total())


def test_arabic_with_latin_words_in_its_lines() -> None:
    expected = (FOLDER / "docling_right_to_left_01.groundtruth.md").read_text(encoding="utf-8").lstrip("# ")
    found = load_article(FOLDER / "docling_right_to_left_01.pdf")
    assert f1(f"{found.title} {found.text}" if found.title not in found.text else found.text, expected) >= 0.97


def test_a_corrupt_text_layer_is_recognised_or_reported() -> None:
    if can_recognise():
        article = load_article(FOLDER / "docling_right_to_left_02.pdf")
        assert article.recognised
        assert "معدلات نمو قوية ومستدامة" in article.text
        return
    with pytest.raises(SourceError, match=r"docling_right_to_left_02\.pdf: its text layer is corrupt"):
        load_article(FOLDER / "docling_right_to_left_02.pdf")


def test_presentation_forms_in_visual_order() -> None:
    assert text_of("pdfjs_ArabicCIDTrueType.pdf").split() == ["انواع", "الخطوط", "العربية"] * 4
    assert text_of("pypdf_habibi.pdf") == "حَبيبي habibi حَبيبي"


def test_an_encoding_that_is_declared_wrongly() -> None:
    assert text_of("tika_testArabicMisleadingCharset.html").startswith("في قرية من القرى كان هناك رجل حكيم يعرف كل شيء")
    for number in (1, 2):
        text = text_of(f"tika_testHTMLNoisyMetaEncoding_{number}.html")
        assert text.startswith('وأعرب الاتحاد الجزائري وقتها عن "أسفه لهذا الموقف غير المقبول')
        assert text.endswith('والضرر الكبير الناجم عن ذلك".')


def test_one_text_in_two_encodings() -> None:
    assert text_of("sample-arabic-1.cp1256.txt") == text_of("sample-arabic.utf8.txt")
    assert "المملكة المغربية الحالية" in text_of("sample-arabic.utf8.txt")


def test_a_long_report_with_tables_and_footnotes() -> None:
    text = text_of("poi_stress010.docx")
    pieces = (
        "لجنة القضاء على التمييز ضد المرأة",
        "النظر في التقارير المقدمة من الدول الأطراف بموجب المادة 18",
        "1 - معلومات عامة | 10",
        "ألف - الخصائص الديمغرافية والاقتصادية والاجتماعية والثقافية | 10",
        "أما القطاع المهيمن بشكل كاسح في الاقتصاد فهو الزراعة",
        "في بنغلاديش، على النقيض من بلدان كثيرة أخرى، يشمل التعليم الثانوي ثلاث مراحل",
    )
    places = [text.find(piece) for piece in pieces]
    assert -1 not in places
    assert places == sorted(places)
    assert "[1]" not in text, "the marks of footnotes are no text"
