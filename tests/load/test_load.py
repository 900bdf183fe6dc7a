"""Guards: what a folder holds, what a file says, and one clear line for what cannot be read."""

from datetime import date
from pathlib import Path

import pytest

from rag.errors import SourceError
from rag.load import find_files, load_article
from tests.fakes import write_article


def test_a_folder_is_searched_below_without_hidden_and_readme_files(tmp_path: Path) -> None:
    for name in ("b.md", "sub/a.txt", ".hidden/x.md", "README.md", "README.ar.md", "picture.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    assert [p.relative_to(tmp_path).as_posix() for p in find_files(tmp_path)] == ["b.md", "sub/a.txt"]


def test_of_a_corpus_only_its_articles_are_read(tmp_path: Path) -> None:
    write_article(tmp_path / "articles", "one", "Text.")
    (tmp_path / "notes.md").write_text("not an article", encoding="utf-8")
    assert [p.name for p in find_files(tmp_path)] == ["one.md"]


def test_a_pattern_and_a_single_file(tmp_path: Path) -> None:
    path = write_article(tmp_path, "one", "Text.")
    assert find_files(f"{tmp_path}/*.md") == [path] == find_files(path)


@pytest.mark.parametrize(
    ("place", "complaint"),
    [("missing", "no such file or folder"), ("empty", "nothing that can be read"), ("a.png", "cannot read .png files")],
)
def test_a_place_without_articles_is_an_error_that_names_it(tmp_path: Path, place: str, complaint: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.png").write_bytes(b"\x89PNG")
    with pytest.raises(SourceError, match=complaint) as error:
        find_files(tmp_path / place)
    assert place in str(error.value)


def test_front_matter_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    path.write_text(
        '---\nid: n1\ntitle: "قمة: اليوم"\nlanguage: ar\npublished: 2026-01-16\nsource: وكالة\nlicence: CC0-1.0\n'
        "---\n\nنص.\n",
        encoding="utf-8",
    )
    article = load_article(path)
    assert (article.id, article.title, article.language) == ("n1", "قمة: اليوم", "ar")
    assert (article.published, article.source, article.licence) == (date(2026, 1, 16), "وكالة", "CC0-1.0")
    assert article.text.strip() == "نص."


def test_without_front_matter_the_text_tells(tmp_path: Path) -> None:
    (tmp_path / "note.md").write_text("# عنوان الخبر\n\nنص الخبر هنا.", encoding="utf-8")
    (tmp_path / "note.txt").write_text("A first line of news\nand more.", encoding="utf-8")
    arabic, english = load_article(tmp_path / "note.md"), load_article(tmp_path / "note.txt")
    assert (arabic.title, arabic.language, arabic.text.strip()) == ("عنوان الخبر", "ar", "نص الخبر هنا.")
    assert (english.title, english.language, english.published) == (
        "A first line of news",
        "en",
        date.fromtimestamp((tmp_path / "note.txt").stat().st_mtime),
    )
    assert arabic.id != english.id


def test_a_long_first_line_is_cut_at_a_word(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("word " * 60, encoding="utf-8")
    title = load_article(tmp_path / "x.txt").title
    assert title.endswith("word…")
    assert len(title) <= 101


@pytest.mark.parametrize(
    "published", ["2026-01-16T10:30:00", "2026-01-16 10:30:00+03:00", "'2026-01-16'", "16/01/2026"]
)
def test_a_date_may_carry_a_time(tmp_path: Path, published: str) -> None:
    assert load_article(write_article(tmp_path, "x", "Text.", published=published)).published == date(2026, 1, 16)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_tells_the_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes("نص الخبر هنا.".encode(encoding))
    assert load_article(path).text == "نص الخبر هنا."


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        pytest.param("---\ntitle: [1\n---\nText", r"line 3: the front matter does not parse", id="yaml"),
        pytest.param("---\ntitle: x\nText", "no closing line of ---", id="unclosed"),
        pytest.param("---\n- a\n---\nText", "lines of key: value", id="a list"),
        pytest.param("---\nlanguage: fr\n---\nText", "language is 'fr'; it must be ar or en", id="language"),
        pytest.param("---\npublished: soon\n---\nText", "published is 'soon'", id="date"),
        pytest.param("---\npublished: 2026-13-45\n---\nText", "front matter does not parse|published is", id="no day"),
        pytest.param("---\ntitle: x\x01\n---\nText", "front matter does not parse", id="control character"),
        pytest.param("---\ntitle: x\n---\n\n", "holds no text", id="no text"),
        pytest.param("a\x00b", "not a text file", id="binary"),
    ],
)
def test_a_broken_file_is_one_line_that_names_it(tmp_path: Path, content: str, complaint: str) -> None:
    path = tmp_path / "broken.md"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SourceError, match=complaint) as error:
        load_article(path)
    assert "broken.md" in str(error.value)
    assert "\n" not in str(error.value)


def test_an_old_encoding_is_read_and_a_mixture_of_two_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "old.txt"
    path.write_bytes("مرحبا بكم في هذا المقال عن الاقتصاد المصري".encode("cp1256"))
    assert load_article(path).text == "مرحبا بكم في هذا المقال عن الاقتصاد المصري"
    path.write_bytes("سطر\n".encode() + "مرحبا بكم".encode("cp1256"))
    with pytest.raises(SourceError, match=r"old.txt: not a text file, or in an encoding .* save it in UTF-8"):
        load_article(path)


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        load_article(tmp_path / "gone.md")
