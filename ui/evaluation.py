"""The evaluation page: a question set is asked, what came of it is shown, and two runs are compared."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import gradio as gr

from rag.errors import SanadError
from rag.evaluate import Comparison, Run, compare_runs, read_run, write_report
from rag.evaluate.session import measure
from rag.progress import Progress
from ui.jobs import Job
from ui.page import Page, on, only_managers, part, preferences_of
from ui.people import person_of
from ui.render import render_evaluation_tools, render_frame, render_notice, render_progress, render_run
from ui.site import PageView, Site, explain
from ui.strings import Locale

SETS = "question-sets"
"""Folder, in that of the index, whose JSONL and JSON files can be chosen."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class View(PageView):
    """What one open page shows: the run that is shown, and the one it is compared with."""

    shown: str = ""
    other: str = ""


class EvaluationPage(Page):
    """The evaluation page."""

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self._view = gr.State(View())
        self._tools = part("evaluation-tools")
        self._progress = part("run-progress")
        self._result = part("result")
        self.parts = [self._view, self._frame, self._tools, self._progress, self._result]
        view = [self._view]
        on(self._frame, "option_select", self.switch, view, self.parts)
        on(self._tools, "submit", self.measure, view, self.parts)
        on(self._tools, "apply", self.choose, view, self.parts)

    def start(self, request: gr.Request) -> dict[Any, Any]:
        """Show the page as its visitor likes it, with the last run."""
        names = self._runs()
        return self._draw(View(preferences_of(request), person_of(request), names[0] if names else ""))

    def switch(self, view: View, event: gr.EventData) -> dict[Any, Any]:
        """Show the page in the other language."""
        return self._draw(replace(view, preferences=view.preferences.changed(event._data)))

    def choose(self, view: View, event: gr.EventData) -> dict[Any, Any]:
        """Show another run, or compare it with another."""
        fields = event._data["fields"]
        shown = str(fields.get("shown", ""))
        other = str(fields.get("other", ""))
        return self._draw(replace(view, shown=shown, other=other if other != shown else ""))

    def measure(self, view: View, event: gr.EventData, request: gr.Request) -> Iterator[dict[Any, Any]]:
        """Ask a question set, drawing how far it has come; the run is kept."""
        only_managers(request)
        locale, fields = view.locale, event._data["fields"]
        path = self._sets().get(str(fields.get("questions", "")))
        if path is None:
            yield self._draw(view)
            return
        limit = int(fields.get("limit") or 0) or None

        def work(progress: Progress) -> Run:
            rag = self._site.rag
            return measure(self._site.settings, [path], limit=limit, progress=(progress, progress), rag=rag)

        job: Job[Run] = Job(work)
        for step in job.progress():
            yield {self._progress: render_progress(step, locale, key="asking_progress")}
        try:
            run = job.result()
            questions = re.sub(r"\W+", "-", path.stem)
            name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{questions}"
            write_report(run, self._site.runs / name)
            yield self._draw(replace(view, shown=name, other=""))
        except SanadError as error:
            yield {self._progress: render_notice(explain(error, locale), locale, wrong=True)}
        except Exception as error:  # the outermost edge
            _log.exception("the evaluation failed")
            yield {self._progress: render_notice(explain(error, locale), locale, wrong=True)}

    def _draw(self, view: View) -> dict[Any, Any]:
        locale, told = view.locale, ""
        names = self._runs()
        run, comparisons = None, list[Comparison]()
        try:
            if view.shown in names:
                run = self._read(view.shown)
                if view.other in names:
                    comparisons = compare_runs(run, self._read(view.other))
        except (SanadError, ValueError) as error:
            told = render_notice(explain(error, locale), locale, wrong=True)
        sets = [(key, self._say_set(key, path, locale)) for key, path in self._sets().items()]
        runs = [(name, _say_run(name, locale)) for name in names]
        return {
            self._view: view,
            self._frame: render_frame("evaluation", view.preferences, account=view.person.name),
            self._tools: render_evaluation_tools(
                locale,
                sets,
                runs,
                shown=view.shown,
                other=view.other,
                folder=str(self._site.settings.index / SETS),
                managed=view.person.may_manage,
            ),
            self._progress: told,
            self._result: render_run(run, locale, name=view.shown, comparisons=comparisons),
        }

    def _sets(self) -> dict[str, Path]:
        """Return the question sets at hand, by what names them in the form."""
        index = self._site.settings.index
        found = {"samples": _samples(self._site), "feedback": self._site.feedback.path}
        found |= {path.name: path for path in sorted((index / SETS).glob("*.json*"))}
        return {name: path for name, path in found.items() if path is not None and path.is_file()}

    def _say_set(self, key: str, path: Path, locale: Locale) -> str:
        return locale.say(f"set_{key}") if key in ("samples", "feedback") else path.name

    def _runs(self) -> list[str]:
        folder = self._site.runs
        return sorted((path.parent.name for path in folder.glob("*/run.json")), reverse=True)

    def _read(self, name: str) -> Run:
        return read_run(self._site.runs / name / "run.json")


def _samples(site: Site) -> Path | None:
    """Return the questions that come with the corpus that was indexed where nothing was named, where it has some."""
    try:
        return site.settings.sources.parent / "questions.jsonl"
    except SanadError:
        return None


def _say_run(name: str, locale: Locale) -> str:
    """Return the day, hour and question set of a run that is kept under a name."""
    stamp, _, questions = name.partition("-")
    known = {"questions": locale.say("set_samples"), "feedback": locale.say("set_feedback")}
    try:
        made = datetime.strptime(stamp, "%Y%m%dT%H%M%S").replace(tzinfo=UTC).astimezone()
    except ValueError:
        return name
    return f"{locale.date(made.date())} {locale.in_digits(f'{made:%H:%M:%S}')} · {known.get(questions, questions)}"
