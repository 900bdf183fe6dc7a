"""Guards: ordinals in words, in both languages, with their tens; the parts that look like them are none."""

import pytest

from rag.ordinals import find_ordinals


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("في الدورة السابعة عشرة، وهي الثالثة له، لامرأة في الرابعة والثلاثين", [17, 3, 34]),
        ("the twenty-first floor, a third of voters, his third goal", [21, 3]),
        ("للمرة الخامسة، في سابع أيامها، وحلّ ثالثاً", [5, 7, 3]),
        ("الأول والثاني، first and second", []),
        ("one fifth of them, the fortieth", [40]),
    ],
)
def test_values(text: str, values: list[int]) -> None:
    assert [ordinal.value for ordinal in find_ordinals(text)] == values


def test_spans_are_those_of_the_text_and_dates_can_be_left_out() -> None:
    text = "في العاشر من مايو، للمرّة الخامسة"
    [ordinal] = find_ordinals(text, [(3, 17)])
    assert text[ordinal.start : ordinal.end] == "الخامسة"
