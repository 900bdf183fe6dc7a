"""Which articles are searched: the form, and how a choice is said."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from rag.filter import Filter
from rag.phrases import say_period
from ui.render.markup import button, field, select
from ui.strings import Locale


def render_filters(
    only: Filter, sources: Sequence[str], locale: Locale, *, opened: bool = False, editing: bool = False
) -> str:
    """Return what stands above the question box: the form of the filters, with what is chosen beside its name.

    Args:
        only: what is chosen.
        sources: what can be chosen.
        locale: the interface's.
        opened: whether the form is unfolded; it is where its period cannot be used.
        editing: whether the next question replaces the last one.
    """
    every = locale.say("every")
    languages = [("", every), ("ar", locale.say("in_ar")), ("en", locale.say("in_en"))]
    chosen = say_filter(only, locale)
    reversed_ = is_reversed(only)
    open_ = " open" if reversed_ or opened else ""
    clear = button(locale.say("clear_filters"), "clear", look="quiet") if chosen else ""
    wrong = f'<p class="problem" role="alert">{locale.html("filter_order")}</p>' if reversed_ else ""
    banner = ""
    if editing:
        cancel = button(locale.say("cancel_edit"), "undo", look="quiet")
        banner = f'<p class="editing" role="status" {locale.run}>{locale.html("editing")} {cancel}</p>'
    return banner + (
        f'<details class="filters" {locale.run}{open_}><summary>{locale.html("filters")}'
        f'<span class="chosen-filters"><bdi>{escape(chosen)}</bdi></span></summary>'
        f'<form data-do="apply">{select("language", locale.say("filter_language"), languages, only.language or "")}'
        f"{select('source', locale.say('filter_source'), [('', every), *((s, s) for s in sources)], only.source or '')}"
        f"{field('since', locale.say('filter_since'), only.since.isoformat() if only.since else '', 'date')}"
        f"{field('until', locale.say('filter_until'), only.until.isoformat() if only.until else '', 'date')}"
        f"</form>{wrong}{clear}</details>"
    )


def is_reversed(only: Filter) -> bool:
    """Whether a period begins after its end."""
    return bool(only.since and only.until and only.since > only.until)


def say_filter(only: Filter, locale: Locale) -> str:
    """Return which articles are searched, in words; "" where all are."""
    facts = [
        locale.say(f"in_{only.language}") if only.language else "",
        only.source or "",
        locale.in_digits(say_period(only.since, only.until, locale.language)),
    ]
    return " · ".join(fact for fact in facts if fact)
