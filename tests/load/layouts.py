"""News pages as sites build them: our own articles in fourteen layouts, with what stands around an article there.

Each layout is a function of a `Story` that returns the page. The story's paragraphs are what should be found on it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

_MONTHS = {
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر".split(),
    "en": "January February March April May June July August September October November December".split(),
}
_LEVANT = [
    month.replace("_", " ")
    for month in ("كانون_الثاني شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين_الأول تشرين_الثاني كانون_الأول").split()
]


@dataclass(frozen=True, slots=True)
class Story:
    """What a page tells."""

    title: str
    paragraphs: tuple[str, ...]
    published: date
    language: str
    site: str
    author: str

    @property
    def written(self) -> str:
        """The day in words."""
        month = _MONTHS[self.language][self.published.month - 1]
        return f"{self.published.day} {month} {self.published.year}"

    @property
    def body(self) -> str:
        """The paragraphs in markup."""
        return "\n".join(f"<p>{p}</p>" for p in self.paragraphs)


MENU = {
    "ar": "الرئيسية|سياسة|اقتصاد|مجتمع|رياضة|ثقافة وفن|علوم وتقنية|رأي|فيديو|صور|اتصل بنا|من نحن|سياسة الخصوصية".split(
        "|"
    ),
    "en": "Home|Politics|Business|Society|Sport|Culture|Science|Opinion|Video|Pictures|Contact|About us|Privacy".split(
        "|"
    ),
}
TEASERS = {
    "ar": (
        "المجلس البلدي يقرّ ميزانية الطرق للعام المقبل بعد نقاش دام سبع ساعات",
        "مهرجان المسرح المدرسي يختتم دورته العاشرة بتكريم عشرين فرقة من أنحاء البلاد",
        "أسعار زيت الزيتون ترتفع في الأسواق المحلية مع بدء موسم القطاف في الجبال",
        "الدفاع المدني يحذّر من السيول في الأودية خلال عطلة نهاية الأسبوع ويدعو إلى تجنّب مجاري المياه",
        "فريق السيدات يتأهل إلى نصف النهائي بعد ركلات ترجيح مثيرة أمام جمهور ملأ المدرجات",
    ),
    "en": (
        "Council passes next year's road budget after a debate of seven hours",
        "School theatre festival ends its tenth season with awards for twenty troupes from across the country",
        "Olive oil prices rise on local markets as the harvest begins in the hills",
        "Civil defence warns of flash floods in the valleys over the weekend and asks drivers to keep away from streams",
        "Women's team reaches the semi-final after a dramatic shoot-out before a full house",
    ),
}
COMMENTS = {
    "ar": (
        "أبو سامر: كلام جميل لكن أين التنفيذ؟ سمعنا مثل هذا قبل خمس سنوات ولم نرَ شيئًا على الأرض حتى الآن.",
        "قارئة من الشمال: شكرًا على هذا التقرير، أتمنى أن تتابعوا الموضوع وأن تسألوا الناس في القرى أيضًا عن رأيهم.",
        "مهندس متقاعد: الأرقام تحتاج إلى تدقيق، وقد عملت في هذا القطاع ثلاثين عامًا وأعرف ما أقول جيدًا.",
        "سعاد: ممتاز!",
    ),
    "en": (
        "Hillwalker: Fine words, but where is the work? We heard the same five years ago and nothing has been done since.",
        "Reader in the north: Thank you for this report, I hope you follow it up and ask people in the villages as well.",
        "Retired engineer: These figures need checking. I worked in the trade for thirty years and I know what I am saying.",
        "Sue: Great!",
    ),
}
COOKIES = {
    "ar": "نستخدم نحن وشركاؤنا ملفات تعريف الارتباط لتحسين تجربتك وتحليل الزيارات وعرض إعلانات تهمّك. بالضغط على «أوافق» فإنك تقبل "
    "ذلك، ويمكنك تغيير اختيارك في أي وقت من صفحة الإعدادات، كما يمكنك الاطلاع على سياسة الخصوصية لمعرفة المزيد عن حقوقك.",
    "en": "We and our partners use cookies to improve your experience, measure our audience and show you advertisements that may "
    "interest you. By pressing “Accept” you agree to this; you can change your mind at any time on the settings page, and read "
    "our privacy policy to learn more about your rights.",
}
WORDS = {
    "ar": {
        "read": "اقرأ أيضًا", "most": "الأكثر قراءة", "share": "شارك", "letter": "اشترك في نشرتنا البريدية لتصلك أهم الأخبار كل صباح.",
        "rights": "جميع الحقوق محفوظة © صحيفتنا 2026", "comments": "التعليقات", "by": "بقلم", "published": "نُشر في",
        "updated": "آخر تحديث", "ad": "إعلان", "tags": "وسوم", "accept": "أوافق", "login": "سجّل الدخول للتعليق",
        "bio": "صحافي مقيم في العاصمة، يكتب منذ عشرين عامًا عن الاقتصاد والمجتمع، وله كتابان.",
        "caption": "صورة من الأرشيف (تصوير: ف. الخطيب)", "pay": "هذا المحتوى للمشتركين. اشترك الآن بثلاثة دولارات في الشهر واقرأ كل مقالاتنا.",
    },
    "en": {
        "read": "Read also", "most": "Most read", "share": "Share", "letter": "Sign up for our newsletter and get the news each morning.",
        "rights": "All rights reserved © Our Paper 2026", "comments": "Comments", "by": "By", "published": "Published",
        "updated": "Updated", "ad": "Advertisement", "tags": "Tags", "accept": "Accept", "login": "Log in to comment",
        "bio": "writes about business and society from the capital, has done so for twenty years, and is the author of two books.",
        "caption": "A picture from the archive (photo: F. Khatib)",
        "pay": "This story is for subscribers. Subscribe now for three dollars a month and read all of our stories.",
    },
}  # fmt: skip


def _menu(
    story: Story, opening: str = "<nav><ul>", item: str = "<li><a href='/{n}'>{name}</a></li>", end: str = "</ul></nav>"
) -> str:
    return opening + "".join(item.format(n=n, name=name) for n, name in enumerate(MENU[story.language])) + end


def _share(story: Story) -> str:
    names = ("فيسبوك", "تويتر", "واتساب") if story.language == "ar" else ("Facebook", "Twitter", "WhatsApp")
    return "".join(f'<a class="share" href="#">{name}</a> ' for name in names)


def _with(story: Story, after: int, box: str) -> str:
    """The paragraphs with a box after one of them."""
    paragraphs = [f"<p>{p}</p>" for p in story.paragraphs]
    return "\n".join([*paragraphs[:after], box, *paragraphs[after:]])


def _html(story: Story, head: str, body: str, title: str = "") -> str:
    direction = "rtl" if story.language == "ar" else "ltr"
    return (
        f'<!DOCTYPE html>\n<html lang="{story.language}" dir="{direction}"><head><meta charset="utf-8">'
        f"<title>{title or f'{story.title} - {story.site}'}</title>{head}</head>\n<body>{body}</body></html>"
    )


def wordpress(story: Story) -> str:
    """A news theme of WordPress: JSON-LD, Open Graph, a sidebar of teasers, comments."""
    w, day = WORDS[story.language], story.published.isoformat()
    data = {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": story.title,
        "datePublished": f"{day}T08:00:00+03:00", "dateModified": "2026-09-30T08:00:00+03:00",
        "author": {"@type": "Person", "name": story.author}, "publisher": {"@type": "Organization", "name": story.site},
    }  # fmt: skip
    head = (
        f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'
        f'<meta property="og:title" content="{story.title}"><meta property="og:site_name" content="{story.site}">'
        f'<meta property="article:published_time" content="{day}T08:00:00+03:00"><style>.x{{color:red}}</style>'
    )
    related = "".join(f'<div class="td_module"><h3><a href="#">{t}</a></h3></div>' for t in TEASERS[story.language])
    comments = "".join(
        f'<li class="comment"><div class="comment-body"><p>{c}</p></div></li>' for c in COMMENTS[story.language]
    )
    return _html(
        story,
        head,
        f'<header class="site-header">{_menu(story)}</header><div class="td-container"><article class="post type-post">'
        f'<header><h1 class="entry-title">{story.title}</h1><div class="meta"><span class="td-post-author-name">{w["by"]} '
        f'<a href="#">{story.author}</a></span> <time class="entry-date" datetime="{day}T08:00:00+03:00">{story.written}</time>'
        f'</div></header><div class="td-post-sharing">{_share(story)}</div><div class="td-post-content entry-content">'
        f'<figure><img src="a.jpg"><figcaption>{w["caption"]}</figcaption></figure>'
        f"{_with(story, 2, '<div class=related-inline><strong>' + w['read'] + ':</strong> <a href=#>' + TEASERS[story.language][0] + '</a></div>')}"
        f'</div><footer class="tags">{w["tags"]}: <a>أخبار</a></footer></article><aside class="sidebar"><h4>{w["most"]}</h4>{related}'
        f'<div class="newsletter">{w["letter"]}</div></aside><div id="comments"><h3>{w["comments"]}</h3><ol>{comments}</ol></div></div>'
        f'<footer class="site-footer">{_menu(story)}<p>{w["rights"]}</p></footer>',
    )


def tables_of_2008(story: Story) -> str:
    """A page laid out in tables: no metadata, the day only in its text."""
    w = WORDS[story.language]
    links = "<br>".join(f'<a href="x.asp?id={n}">{name}</a>' for n, name in enumerate(MENU[story.language]))
    news = "".join(f'<tr><td bgcolor="#eeeeee"><a href="n.asp">{t}</a></td></tr>' for t in TEASERS[story.language])
    text = "<br><br>".join(story.paragraphs)
    return (
        f'<html><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1256"><title>{story.site} : {story.title}'
        f'</title></head><body bgcolor="#ffffff" dir="{"rtl" if story.language == "ar" else "ltr"}">'
        f'<table width="780" border="0"><tr><td colspan="3"><img src="logo.gif"></td></tr><tr><td width="150" valign="top">{links}'
        f'</td><td valign="top"><table width="100%"><tr><td><font size="5" color="#000080"><b>{story.title}</b></font></td></tr>'
        f'<tr><td><font size="2" color="#808080">{w["published"]} {story.written}</font></td></tr>'
        f'<tr><td><div align="justify"><font size="3">{text}</font></div></td></tr>'
        f'<tr><td><a href="print.asp">طباعة</a> | <a href="send.asp">أرسل إلى صديق</a></td></tr></table></td>'
        f'<td width="180" valign="top"><table><tr><td><b>{w["most"]}</b></td></tr>{news}</table></td></tr>'
        f'<tr><td colspan="3" align="center"><font size="1">{w["rights"]}</font></td></tr></table></body></html>'
    )


def amp(story: Story) -> str:
    """An AMP page: its boilerplate, a side menu, an advertisement between paragraphs."""
    w, day = WORDS[story.language], story.published.isoformat()
    data = json.dumps({"@type": "NewsArticle", "headline": story.title, "datePublished": day}, ensure_ascii=False)
    return _html(
        story,
        '<script async src="https://cdn.example/v0.js"></script><link rel="canonical" href="https://news.example/a/1">'
        "<style amp-boilerplate>body{animation:-amp-start 8s steps(1,end) 0s 1 normal both}</style>"
        f'<script type="application/ld+json">{data}</script>',
        f'<amp-sidebar id="s" layout="nodisplay">{_menu(story)}</amp-sidebar><header class="amp-bar"><button on="tap:s">☰</button>'
        f'</header><main role="main"><article class="amp-article"><h1>{story.title}</h1><p class="amp-meta"><span>{story.author}'
        f'</span> <span>{story.written}</span></p><amp-social-share type="twitter"></amp-social-share>'
        f'<amp-img src="a.jpg" width="600" height="400"></amp-img>'
        f"{_with(story, 1, '<amp-ad><div fallback>' + w['ad'] + '</div></amp-ad>')}</article>"
        f'<section class="amp-related"><h3>{w["read"]}</h3>{"".join(f"<a href=#>{t}</a>" for t in TEASERS[story.language])}</section>'
        f'</main><amp-consent><div class="consent"><p>{COOKIES[story.language]}</p><button>{w["accept"]}</button></div></amp-consent>'
        f"<footer><p>{w['rights']}</p></footer>",
    )


def live_blog(story: Story) -> str:
    """A live blog: entries with their times, the newest first."""
    w, day = WORDS[story.language], story.published.isoformat()
    posts = "".join(
        f'<div class="live-post" id="p{n}"><time datetime="{day}T{18 - n:02}:15:00Z">{18 - n:02}:15</time>'
        f'<div class="live-post__body"><p>{p}</p></div><div class="live-share">{_share(story)}</div></div>'
        for n, p in enumerate(story.paragraphs)
    )
    data = json.dumps(
        {"@type": "LiveBlogPosting", "headline": story.title, "datePublished": f"{day}T09:00:00Z"}, ensure_ascii=False
    )
    return _html(
        story,
        f'<script type="application/ld+json">{data}</script><meta property="og:site_name" content="{story.site}">',
        f"{_menu(story)}<main><h1>{story.title}</h1><div class='live-badge'>LIVE</div><section class='live-feed'>{posts}</section>"
        f"</main><aside><h2>{w['most']}</h2><ul>{''.join(f'<li><a href=#>{t}</a></li>' for t in TEASERS[story.language])}</ul></aside>"
        f"<footer>{w['rights']}</footer>",
    )


def next_app(story: Story) -> str:
    """A page of a JavaScript framework: nested boxes with hashed names, the whole state as JSON beside them."""
    w, day = WORDS[story.language], story.published.isoformat()
    paragraphs = "".join(
        f'<div class="sc-1a2b3c dPqRst"><p class="sc-9z8y hYkLmn">{p}</p></div>' for p in story.paragraphs
    )
    state = json.dumps({"props": {"pageProps": {"teasers": TEASERS[story.language], "id": 1}}}, ensure_ascii=False)
    cards = "".join(
        f'<div class="sc-card"><a href="#"><span class="sc-t">{t}</span></a></div>' for t in TEASERS[story.language]
    )
    return _html(
        story,
        f'<meta property="article:published_time" content="{day}"><meta name="author" content="{story.author}">',
        f'<div id="__next"><div class="sc-top aBcDeF">{_menu(story, "<div>", "<a class=sc-l href=/{n}>{name}</a>", "</div>")}</div>'
        f'<div class="sc-main"><div class="sc-head"><h1 class="sc-h1 xYz">{story.title}</h1><div class="sc-by">{story.author}</div>'
        f'<div class="sc-dt">{story.written}</div></div><div class="sc-body">{paragraphs}</div></div><div class="sc-rail">{cards}</div>'
        f'<div class="sc-foot">{w["rights"]}</div></div><script id="__NEXT_DATA__" type="application/json">{state}</script>',
    )


def opinion(story: Story) -> str:
    """A column: pull quote, author's box, the day in words of both Arab traditions and in Arabic digits."""
    w, at = WORDS[story.language], story.published
    day = story.written
    if story.language == "ar":
        digits = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
        day = f"{at.day} {_LEVANT[at.month - 1]}/{_MONTHS['ar'][at.month - 1]} {at.year}".translate(digits)
    quote = f'<aside class="pullquote">«{story.paragraphs[0].split(".")[0][:60]}»</aside>'
    return _html(
        story,
        "",
        f'<div class="topbar">{_menu(story, "", "<a href=/{n}>{name}</a> · ", "")}</div><div class="column"><div class="kicker">'
        f'{MENU[story.language][7]}</div><h1>{story.title}</h1><div class="byline">{w["by"]} {story.author}</div>'
        f'<div class="dateline">{day}</div><div class="text">{_with(story, 2, quote)}</div><div class="author-box"><img src="u.jpg">'
        f'<p>{story.author} {w["bio"]}</p></div></div><div class="more"><h3>{w["read"]}</h3>'
        f"{''.join(f'<p><a href=#>{t}</a></p>' for t in TEASERS[story.language])}</div><footer>{w['rights']}</footer>",
    )


def cookie_wall(story: Story) -> str:
    """A local site: a long cookie wall first, and more comments than article."""
    w = WORDS[story.language]
    comments = "".join(
        f'<div class="cmt"><div class="cmt-head">#{n}</div><div class="cmt-text">{c}</div><a>↩</a></div>'
        for n, c in enumerate(COMMENTS[story.language] * 4)
    )
    return _html(
        story,
        f'<meta name="date" content="{story.published.isoformat()}"><meta name="publisher" content="{story.site}">',
        f'<div id="cookie-wall" class="modal"><h2>Cookies</h2><p>{COOKIES[story.language]}</p><p>{COOKIES[story.language]}</p>'
        f'<button>{w["accept"]}</button></div>{_menu(story)}<div class="breadcrumb"><a>{MENU[story.language][0]}</a> › '
        f'<a>{MENU[story.language][3]}</a></div><div class="news-item"><h1>{story.title}</h1><div class="info">{story.written}</div>'
        f'<div class="news-text">{story.body}</div></div><section class="comments-section"><h3>{w["comments"]} (16)</h3>{comments}'
        f"<p>{w['login']}</p></section><footer>{w['rights']}</footer>",
    )


def broadsheet(story: Story) -> str:
    """A broadsheet: JSON-LD in a graph, a paywall's promotion in the middle, a figure with a caption."""
    w, day = WORDS[story.language], story.published.isoformat()
    graph = {
        "@graph": [
            {"@type": "WebSite", "name": story.site},
            {
                "@type": ["NewsArticle"],
                "headline": story.title,
                "datePublished": f"{day}T05:00:00.000Z",
                "author": [{"name": story.author}],
            },
        ]
    }
    promotion = f'<div class="paywall-promo" data-nosnippet><h4>{w["pay"]}</h4><button>OK</button></div>'
    figure = f'<figure class="inline"><img src="b.jpg"><figcaption>{w["caption"]}</figcaption></figure>'
    return _html(
        story,
        f'<script type="application/ld+json">{json.dumps(graph, ensure_ascii=False)}</script>'
        f'<meta property="og:type" content="article"><meta property="og:site_name" content="{story.site}">',
        f'<a class="skip" href="#main">→</a><header role="banner">{_menu(story)}</header><main id="main"><article>'
        f'<p class="section-label">{MENU[story.language][2]}</p><h1 data-test="headline">{story.title}</h1>'
        f'<p class="byline">{w["by"]} <span itemprop="name">{story.author}</span></p><p class="stamp"><time datetime="{day}">'
        f'{story.written}</time></p>{figure}<div class="article-body" itemprop="articleBody">{_with(story, 3, promotion)}</div>'
        f'<div class="toolbar">{_share(story)}</div></article></main><aside aria-label="more"><h2>{w["most"]}</h2><ol>'
        f'{"".join(f"<li><a href=#>{t}</a></li>" for t in TEASERS[story.language])}</ol></aside><footer role="contentinfo">'
        f"{_menu(story)}<small>{w['rights']}</small></footer>",
        title=f"{story.title} | {story.site}",
    )


def agency(story: Story) -> str:
    """A wire agency: bare paragraphs, the day in a line of its own, other headlines below."""
    w = WORDS[story.language]
    return _html(
        story,
        '<link rel="stylesheet" href="s.css">',
        f'<div id="hd"><a href="/">{story.site}</a></div><div id="nav">{_menu(story, "", "<a href=/{n}>{name}</a>", "")}</div>'
        f'<div id="story"><h2 class="hl">{story.title}</h2><div class="ts">{w["published"]}: {story.written} 14:05 GMT</div>{story.body}'
        f'<p class="end">###</p></div><div id="others"><h4>{w["read"]}</h4>'
        f'{"".join(f"<div class=o><a href=#>{t}</a></div>" for t in TEASERS[story.language])}</div><div id="ft">{w["rights"]}</div>',
        title=f"{story.site} | {story.title}",
    )


def press_release(story: Story) -> str:
    """A public body: a content system's page, the day as “Published: …”, contacts below."""
    w = WORDS[story.language]
    contact = "press@example.org"
    return _html(
        story,
        '<meta name="generator" content="Drupal 10">',
        f'<div class="region-header">{_menu(story)}</div><div class="region-content"><div class="breadcrumbs"><ol><li>{MENU[story.language][0]}'
        f'</li></ol></div><h1 class="page-title">{story.title}</h1><div class="field--name-field-date">{w["published"]}: {story.written}</div>'
        f'<div class="field--name-body"><div>{story.body}</div></div><div class="field--name-contact"><a href="mailto:{contact}">{contact}</a>'
        f'</div></div><div class="region-footer"><p>{w["letter"]}</p><p>{w["rights"]}</p></div>',
    )


def magazine(story: Story) -> str:
    """A long read: subheadings, a drop cap, related boxes inside the text, a newsletter form."""
    w, day = WORDS[story.language], story.published.isoformat()
    first, rest = story.paragraphs[0], story.paragraphs[1:]
    box = (
        f'<div class="related-box" role="complementary"><h5>{w["read"]}</h5><ul><li><a href="#">{TEASERS[story.language][1]}</a></li>'
        f'<li><a href="#">{TEASERS[story.language][2]}</a></li></ul></div>'
    )
    text = f'<p class="drop"><span class="cap">{first[0]}</span>{first[1:]}</p>'
    for n, paragraph in enumerate(rest):
        text += f"<p>{paragraph}</p>" + (box if n == 1 else "")
    return _html(
        story,
        f'<meta itemprop="datePublished" content="{day}"><meta name="author" content="{story.author}">'
        f'<meta property="og:site_name" content="{story.site}">',
        f'<div class="masthead">{_menu(story)}</div><article class="longread"><header><h1>{story.title}</h1>'
        f'<span class="writer">{story.author}</span> <span class="when">{story.written}</span></header><section>{text}</section>'
        f'<form class="signup"><label>{w["letter"]}</label><input type="email"></form></article><footer>{w["rights"]}</footer>',
    )


def local_paper(story: Story) -> str:
    """A local paper: no article element, a weather box, most read, comments."""
    w = WORDS[story.language]
    comments = "".join(f'<div class="comment"><b>•</b> {c}</div>' for c in COMMENTS[story.language])
    return _html(
        story,
        f'<meta name="DC.date.issued" content="{story.published.isoformat()}"><meta name="DC.creator" content="{story.author}">',
        f'<div id="page"><div id="weather">☀ 24° / 17°</div><div id="menu">{_menu(story)}</div><div id="left"><h1>{story.title}</h1>'
        f'<div class="small">{story.author}, {story.written}</div><div id="sharebar">{_share(story)}</div><div id="txt">{story.body}</div>'
        f'<div id="cm"><h2>{w["comments"]}</h2>{comments}</div></div><div id="right"><h3>{w["most"]}</h3><ol>'
        f'{"".join(f"<li>{t}</li>" for t in TEASERS[story.language])}</ol></div><div id="bottom">{w["rights"]}</div></div>',
    )


LAYOUTS: tuple[tuple[Callable[[Story], str], str], ...] = (
    (wordpress, "ar"), (tables_of_2008, "ar"), (amp, "ar"), (live_blog, "ar"), (next_app, "ar"), (opinion, "ar"),
    (cookie_wall, "ar"), (broadsheet, "en"), (agency, "en"), (amp, "en"), (live_blog, "en"), (press_release, "en"),
    (magazine, "en"), (local_paper, "en"),
)  # fmt: skip
"""Each layout with the language of its page."""
