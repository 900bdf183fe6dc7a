"""Guards: the four pages are one app (`ui.app`) that loads nothing from elsewhere."""

import re
from pathlib import Path

import pytest

from tests.ui.stand_ins import ToldRag, a_site
from ui.app import build_app, looks
from ui.render.frame import PATHS


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_page_that_the_head_leads_to_is_built(tmp_path: Path) -> None:
    app = build_app(a_site(tmp_path, ToldRag()))
    assert app.title == "Sanad · سند"
    assert {f"/{path}" for path, *_ in app.pages} == set(PATHS.values())


def test_the_pages_load_nothing_from_elsewhere() -> None:
    head = str(looks()["head"])
    assert re.findall(r'(?:src|href)="([^"]*)"', head) == ["/sanad/style.css", "/sanad/page.js"]
    assert not re.search(r"https?://", head)
    assert looks()["footer_links"] == []


def test_the_style_sheet_loads_nothing_from_elsewhere() -> None:
    styles = (Path(__file__).parents[2] / "ui" / "style.css").read_text(encoding="utf-8")
    assert "@import" not in styles
    assert not re.search(r"url\(\s*[\"']?(?:https?:)?//", styles)
