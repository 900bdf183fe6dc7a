"""Guards: a name meets itself across scripts, and other names do not."""

import pytest

from rag.skeleton import name_skeletons, skeleton


@pytest.mark.parametrize(
    ("arabic", "latin"),
    [
        ("تينسنت", "Tencent"), ("بلومبرغ", "Bloomberg"), ("إنفيديا", "Nvidia"), ("مايكروسوفت", "Microsoft"),
        ("نابليون", "Napoleon"), ("شوبان", "Chopin"), ("كانساس", "Kansas"), ("القاهرة", "Cairo"), ("ماكنزي", "Makenzi"),
    ],
)  # fmt: skip
def test_names_meet(arabic: str, latin: str) -> None:
    assert skeleton(arabic) == skeleton(latin) != ""


@pytest.mark.parametrize(("arabic", "latin"), [("سامسونغ", "Siemens"), ("بكين", "Boston"), ("غوغل", "Amazon")])
def test_other_names_do_not(arabic: str, latin: str) -> None:
    assert skeleton(arabic) != skeleton(latin)


def test_what_may_be_a_name() -> None:
    assert name_skeletons("The bank said Tencent rose", "en") == {"TNSNT"}
    assert "TNSNT" in name_skeletons("ارتفع سهم تينسنت", "ar")
    assert name_skeletons("بابا", "ar") == set()
