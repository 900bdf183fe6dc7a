"""Guards: numbers in digits and in words, with magnitude, unit and hedge, in both languages."""

import pytest

from rag.numbers import find_numbers


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("عبرتها ٣٫٥ آلاف سفينة، أي 60 في المئة، مقابل سفينتين", [3500, 60, 2]),
        ("two hundred and five, 1,200 million, 4.5bn", [205, 1.2e9, 4.5e9]),
        ("خمسة وعشرون ألف متفرج", [25_000]),
        ("مليار ونصف المليار دولار", [1.5e9]),
        ("ثلاثمئة وخمسين كيلومترًا", [350]),
        ("half a million euros", [5e5]),
        ("one of the ships", []),
        ("a third of voters; the third man", [100 / 3]),
        ("two-thirds and three quarters", [200 / 3, 75]),
        ("اثنا عشر لاعبًا وإحدى عشرة دولة", [12, 11]),
        ("مليون و200 ألف", [1.2e6]),
        ("يتسع لـ450 مصليًا، أي بـ25 مقعدًا أكثر", [450, 25]),
        ("و500 سفينة", [500]),
        ("سبعًا وخمسين قطعة وواحدًا وتسعين بالمئة", [57, 91]),
        ("أربع سنوات ونصف السنة", [4.5]),
        ("3 مليارات دولار ونصف المليار", [3.5e9]),
        ("عُشر درجة، وخمس السفن، وخمس سفن", [10, 20, 5]),
        ("ثمن التذكرة 4 ريالات", [4]),
        ("موّل البنك ثلثيها", [200 / 3]),
        ("rose by a quarter; a third ship", [25]),
        ("ثلاثة آلاف و500", [3500]),
        ("من ألفين وستمئة طن إلى ألف ومئة طن", [2600, 1100]),
        ("twenty-one ships and fifteen trains", [21, 15]),
        ("مئتي طن بألفي دولار", [200, 2000]),
        ("18,000 of its GB300 chips; H200", [18_000]),
        ("ملايين السفن، thousands of ships", []),
        ("سبعة وخمسون في المئة", [57]),
        ("2,5 مليار", [2.5e9]),
        ("كمية كبيرة من القمح", []),
        ("one hundred and twenty thousand", [120_000]),
    ],
)
def test_values(text: str, values: list[float]) -> None:
    assert [number.value for number in find_numbers(text)] == pytest.approx(values)


@pytest.mark.parametrize(
    ("text", "unit", "hedge"),
    [
        ("أكثر من 26 ألف دولار", "dollar", -1),
        ("at least $5 million", "dollar", -1),
        ("نحو 40٪ من المياه", "percent", 0),
        ("بنسبة 15 بالمئة", "percent", None),
        ("15 per cent", "percent", None),
        ("nearly 300 tonnes", "tonne", 1),
        ("ستة أيام", "day", None),
    ],
)
def test_units_and_hedges(text: str, unit: str, hedge: int | None) -> None:
    [number] = find_numbers(text)
    assert (number.unit, number.hedge) == (unit, hedge)


def test_a_span_is_that_of_the_text_and_dates_can_be_left_out() -> None:
    text = "في ٢٠٢٤ عبرتها ٣٫٥ آلافٍ سفينة"
    [number] = find_numbers(text, [(3, 7)])
    assert text[number.start : number.end] == "٣٫٥ آلافٍ"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Fourteen hundred jobs", [1400]),
        ("مليون ومئتا ألف دينار", [1_200_000]),
        ("متراً ونصف المتر، بعد سنة ونصف", [1.5, 1.5]),
        ("سنتين ونصف السنة", [2.5]),
        ("نصف نهائي الكأس في الربع الثالث والنصف الأول", []),
        ("the first half of the year, half of it", [50]),
    ],
)
def test_parts_and_hundreds(text: str, values: list[float]) -> None:
    assert [number.value for number in find_numbers(text)] == pytest.approx(values)


def test_a_letter_that_may_be_metres_or_millions_is_told() -> None:
    assert [(n.value, n.form) for n in find_numbers("the 200m final, $200m")] == [(2e8, "m"), (2e8, "digits")]
