"""A claim and a passage → a verb of the claim that the passage has turned round: admitted for denied, rose for fell.

Only pairs that reports of news use of the same matter are looked for, in both languages; a negation before a verb turns
it round. Which verb of the passage is meant is told by the words around it, as in `rag.binding`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from rag.binding import nearness
from rag.clean import find_folded, fold
from rag.encode import Matrix
from rag.facts import Said

# On the claims of `tests.benchmarks.claim_sets`, one in five of the reversals that nothing else finds is found by
# these, and 6 of 1,000 true claims.
_NEAR = 0.2  # how near the words around a verb have to come to those around the claim's
_SURE = 0.05  # by how much nearer than those around one that says the same


@dataclass(frozen=True, slots=True)
class Turn:
    """A verb, or what stands for one, that has an opposite.

    Attributes:
        start: its first character in the text.
        end: one past its last.
        pair: which opposites it is of.
        affirms: whether it is the affirming one of them, a negation before it counted in.
    """

    start: int
    end: int
    pair: str
    affirms: bool


def find_reversed(claim: Said, passage: Said, alike: Matrix) -> Turn | None:
    """Return the first verb of a claim of which the passage says the opposite; None where there is none.

    Args:
        claim: what is said.
        passage: the whole of it.
        alike: how alike their words are, shape (claim, passage).
    """
    if not alike.size or not (turns := find_turns(claim.text)):
        return None
    held, there = np.clip(alike, 0.0, 1.0), find_turns(passage.text)
    for turn in turns:
        of_pair = [other for other in there if other.pair == turn.pair]
        same = [nearness(turn, claim, o, passage, held) for o in of_pair if o.affirms == turn.affirms]
        opposite = [nearness(turn, claim, o, passage, held) for o in of_pair if o.affirms != turn.affirms]
        if max(opposite, default=0.0) >= max(_NEAR, max(same, default=0.0) + _SURE):
            return turn
    return None


@lru_cache(maxsize=1024)  # a passage is held beside several claims
def find_turns(text: str) -> tuple[Turn, ...]:
    """Return the verbs of a text that have an opposite, in order.

    >>> [(t.pair, t.affirms) for t in find_turns("نفت الشركة الخبر ولم ترفض العرض; prices did not rise")]
    [('deny', False), ('refuse', True), ('rise', False)]
    """
    found = []
    for match, start, end in find_folded(_TURN, text):
        pair, affirms = _PAIR_OF[match["verb"]]
        before = match.string[max(0, match.start() - _REACH) : match.start()]
        found.append(Turn(start, end, pair, affirms != bool(_NEGATED.search(before))))
    return tuple(found)


_PAIRS: Final = {
    "deny": (
        "confirmed confirms confirm admitted admits admit acknowledged acknowledges conceded concedes "
        "أكد أكدت يؤكد تؤكد أكدوا مؤكدا مؤكدة أقر أقرت يقر تقر اعترف اعترفت يعترف تعترف",
        "denied denies deny denying نفى نفت ينفي تنفي نافيا نافية نفوا أنكر أنكرت ينكر تنكر",
    ),
    "refuse": (
        "accepted accepts accept accepting agreed agrees agree agreeing approved approves approve granted grants "
        "consented قبلت وافق وافقت يوافق توافق وافقوا موافقة استجاب استجابت قبول",
        "refused refuses refuse refusing rejected rejects reject rejecting turned_down turns_down turning_down "
        "رفض رفضت رفضوا يرفض ترفض رافضا رافضة امتنع امتنعت",
    ),
    "rise": (
        "rose rises rise rising grew grows grow growing climbed climbs gained gains increased increases increase "
        "went_up going_up gone_up jumped higher strengthened lifted raised raises "
        "ارتفع ارتفعت يرتفع ترتفع ارتفاع زاد زادت يزيد زيادة صعد صعدت صعود ازداد ازدادت نما نمت قفز قفزت رفع رفعت",
        "fell falls fall falling dropped drops decreased decreases slid slipped went_down gone_down lower weakened "
        "shrank shrunk eased cut cuts lowered "
        "انخفض انخفضت ينخفض تنخفض انخفاض منخفضا منخفضة تراجع تراجعت يتراجع هبط هبطت هبوط تدنى تقلص خفض خفضت تخفيض",
    ),
    "ban": (
        "allowed allows allow permitted permits permit سمح سمحت يسمح تسمح سماح أجاز أجازت أتاح أتاحت",
        "banned bans ban barred bars forbidden forbids prohibited prohibits blocked "
        "حظر حظرت يحظر تحظر منع منعت يمنع تمنع",
    ),
    "fail": (
        "succeeded succeeds managed نجح نجحت ينجح تنجح تمكن تمكنت يتمكن",
        "failed fails failure فشل فشلت أخفق أخفقت يفشل تعذر تعذرت",
    ),
}
"""Pair → words that affirm, and words that do not."""
_PAIR_OF: Final = {
    fold(word.replace("_", " ")): (pair, affirms)
    for pair, sides in _PAIRS.items()
    for affirms, words in zip((True, False), sides, strict=True)
    for word in words.split()
}
_TURN: Final = re.compile(
    rf"(?<!\w)[وف]?(?P<verb>{'|'.join(sorted(_PAIR_OF, key=len, reverse=True))})(?:ه|ها|هم)?(?!\w)"
)
_REACH = 22  # characters before a verb in which a negation of it is looked for
_NEGATED: Final = re.compile(
    r"(?:\b(?:not|never|no|cannot|nor|without)|n't|(?<!\w)[وف]?(?:لم|لا|لن|ما|عدم|دون|ليس|ليست|غير))(?: \w+)?\s+$"
)
