"""A question → the founding, opening, birth or death that it asks about, and whether a sentence tells of one.

"When was Nvidia founded?" has two words that say something, and an article on Nvidia has one of them on every line:
nothing that is averaged over a question's words shows that the other is missing. These are the events that people
ask of a name alone.

>>> asked_milestone("When did the Suez Canal open?"), asked_milestone("متى تأسست الشركة؟"), asked_milestone("Who won?")
('opening', 'founding', '')
"""

from __future__ import annotations

import re
from typing import Final, Literal

from rag.clean import fold

Milestone = Literal["founding", "opening", "birth", "death", ""]


def asked_milestone(question: str) -> Milestone:
    """Return what a question asks the time, the place or the doer of; "" where it asks for anything else."""
    folded = fold(question)
    if not _ASKS.search(folded):
        return ""
    return next((milestone for milestone, pattern in _ASKED.items() if pattern.search(folded)), "")


def tells_milestone(sentence: str, milestone: Milestone) -> bool:
    """Whether a sentence has a word for a milestone, in either language; it may be another's."""
    return milestone == "" or _TOLD[milestone].search(fold(sentence)) is not None


def _patterns(english: str, arabic: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{english})\b|\b[وفبل]?(?:ال|لل)?(?:{'|'.join(fold(word) for word in arabic.split())})\b")


_ASKS: Final = _patterns(
    "when|where|who|whom|(?:what|which) (?:year|date|day|month|century|decade|city|town|country|place)|how long ago",
    r"متى امتى ايمتى أين وين فين مَن مين (?:أي|أية)\s(?:عام|سنة|يوم|تاريخ|شهر|قرن|مدينة|بلد|دولة|مكان) "
    r"تاريخ موعد مكان",
)
# What a question may be worded by: narrow, for "when did it start?" asks for no founding.
_ASKED: Final[dict[Milestone, re.Pattern[str]]] = {
    "founding": _patterns(
        "founded|founder|establish(?:ed)?|set up|incorporated|founding",
        r"ت?[أؤ]?سس(?:ت|ه|ها|وا|وها)? تأسيس(?:ه|ها)? مؤسس(?:ه|ها|و|ي)? [أا]?نشئ(?:ت)? إنشاء(?:ه|ها)?",
    ),
    "opening": _patterns(
        "open(?:ed)?|inaugurated|opening|inauguration",
        r"افتتح(?:ت|ه|ها)? افتتاح(?:ه|ها)? دشن(?:ت|ه|ها)? تدشين(?:ه|ها)?",
    ),
    "birth": _patterns("born|birth|birthplace", "ولد(?:ت)? مولد(?:ه|ها)? ميلاد(?:ه|ها)? ولاد(?:ته|تها)"),
    "death": _patterns(
        "die|died|death|killed|assassinated", "توفي(?:ت)? وفا(?:ة|ته|تها) مات(?:ت)? قتل(?:ت)? اغتيل(?:ت)? مقتل(?:ه|ها)?"
    ),
}
# What an article may be worded by: wide, for one that is overlooked turns a right answer down.
_TOLD: Final[dict[Milestone, re.Pattern[str]]] = {
    "founding": _patterns(
        r"found(?:ed|er|ers|ing|ation)|co-?found\w*|establish\w*|set(?:ting)? up|creat(?:ed|ion|or|ors)|launch\w*|"
        r"incorporated|form(?:ed|ation)|origins?|originated|inception|"
        r"born|built|opened|dates? (?:back|from)|instituted|organi[sz]ed",
        r"[تي]?[أاؤ]?سس\w* \w*تأسيس\w* مؤسس\w* [أا]?نشئ\w* [أا]نشأ\w* نشأ\w* إنشاء\w* \w?طلق\w* [إا]?طلاق\w* انطلاق\w* "
        r"تشكل\w* تشكيل\w* افتتح\w* افتتاح\w* ولد\w* ولاد\w* بني\w* بناء\w* أقيم\w* "
        r"أقام\w* قيام\w* استحدث\w*",
    ),
    "opening": _patterns(
        r"open(?:ed|s|ing)?|inaugurat\w*|launch\w*|complet\w*|began|started|built|dug|finished|premi?er\w*|"
        r"unveil\w*|dedicated|debut\w*",
        r"\w?فتتح\w* افتتاح\w* فتح\w* \w?دشن\w* تدشين\w* شق\w* حفر\w* أنجز\w* إنجاز\w* بدأ\w* بدء\w* \w?طلق\w* "
        r"إطلاق\w* اكتمل\w* اكتمال\w* بني\w* بناء\w* عرض\w* استقبل\w* ستقبل\w*",
    ),
    "birth": _patterns(
        r"born|birth\w*|aged?|year-old|native of|hails from|grew up|childhood|son of|daughter of",
        r"ولد\w* [تي]ولد\w* مولود\w* مواليد\w* ميلاد\w* مولد\w* ولاد\w* رأس رأسه رأسها عمر\w* نشأ\w* "
        r"منحدر\w* [تي]نحدر\w* ابن ابنة",
    ),
    "death": _patterns(
        r"die[ds]?|dying|dead|deaths?|kill\w*|passed away|the late|assassinat\w*|murder\w*|executed|fatal\w*|"
        r"lost (?:his|her) life|succumb\w*|buried|funeral|suicide|mortally|posthum\w*",
        r"[تي]?توف\w* وفا\w* مات\w* موت\w* [تي]موت\w* ميت\w* رحل\w* رحيل\w* راحل\w* قتل\w* مقتل\w* [اأ]?غتي\w* "
        r"اغتيال\w* استشهد\w* شهيد\w* أعدم\w* إعدام\w* جناز\w* دفن\w* انتحر\w* انتحار\w* لقي مصرع\w* قضى",
    ),
}
