"""The open audit: what a notebook talks to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from auditlib.audit.case_list import bounded, case_rows
from auditlib.audit.display import (
    AlreadyShown,
    ClosedView,
    FigureView,
    FindingsView,
    SentencesView,
    TableView,
    View,
    show,
)
from auditlib.audit.files import Slugs, write_table
from auditlib.audit.held_back import NOTHING_DRAWN, Door
from auditlib.audit.names import names_stated
from auditlib.audit.outgoing import Outgoing
from auditlib.audit.protocols import Result
from auditlib.audit.recorder import CAVEAT, IMPROVING, LIMITS, Recorder
from auditlib.audit.suppression import HELD_BACK_FOLDER, Suppression, held_document, withheld_from
from auditlib.audit.tables import Layout, exhibit_of, recorded_table, tabulate
from auditlib.contracts import CanonicalTables
from auditlib.disclosure import MinimumFrequency
from auditlib.files import canonical, hash_bytes, write_text
from auditlib.parameters import claims
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.run import Run
from auditlib.records import Basis, Finding, Number, Sentence
from auditlib.reliability import caveat, reliability
from auditlib.statements import Answer, Exhibit

if TYPE_CHECKING:
    import pandas as pd

    from auditlib.standards.answer import VerdictAnswer

ROWS_SHOWN = 60
"""Rows of a table that are printed; the numbers of all rows are recorded by the result."""


Statement = Result | Sentence
Asked = ParamSpec("Asked")
Given = TypeVar("Given")


class Audit:
    """One audit, open for one notebook.

    Everything a notebook shows goes through it, so that each number has a key, each sentence names
    its numbers, personal data and small cells are held back, and the report repeats what was seen.

    Parameters
    ----------
    run
        What the audit chose.
    evidence
        Its canonical tables.
    notebook, question
        Id of the notebook, and the question it asks.
    work
        Folder that results and exhibits are written to.
    texts
        The policies the run names and the calendars, by their path in params/.
    """

    def __init__(
        self,
        run: Run,
        evidence: CanonicalTables,
        *,
        notebook: str,
        question: str,
        work: Path,
        texts: Mapping[str, str] | None = None,
    ) -> None:
        self.run = run
        self.evidence = evidence
        self.notebook = notebook
        self.question = question
        self.texts = dict(texts or {})
        self._work = work
        self._slugs = Slugs()
        self._figures: dict[str, str] = {}
        self._handed: dict[str, Any] = {}
        self._cases: dict[str, Finding] = {}
        self._outgoing = Outgoing(evidence)
        self._suppression = Suppression(
            minimum=MinimumFrequency.of(run.thresholds), withheld=withheld_from(work, notebook=notebook)
        )
        self._recorder = Recorder(
            notebook=notebook,
            party=run.party.name,
            suppression=self._suppression,
            outgoing=self._outgoing,
        )
        self._door = Door(self._recorder, self._outgoing)
        self._recorder.number(*_thresholds(run))

    def __repr__(self) -> str:
        period = f"{self.run.period.start} to {self.run.period.end}"
        return f"Audit {self.run.audit} of {self.run.party.name}, {period}, for {self.notebook}"

    @cached_property
    def engagement(self) -> Engagement:
        """The run, its evidence and policies, as questions are put to them."""
        return Engagement(self.run, self.evidence, self.texts)

    def ask(
        self,
        question: Callable[Concatenate[Engagement, Asked], Given],
        *arguments: Asked.args,
        **parameters: Asked.kwargs,
    ) -> Given:
        """Put a room's question to this audit.

        Parameters
        ----------
        question
            A function of a room: it takes the engagement first.
        *arguments, **parameters
            Answers it builds on, and what the notebook chooses.
        """
        return question(self.engagement, *arguments, **parameters)

    def answer(self, *statements: Statement, improving: bool = False) -> View | AlreadyShown:
        """Answer the notebook's question, in three sentences taken from results.

        Parameters
        ----------
        improving
            Whether the answer is what has become better or worse, as `improving` states it elsewhere.
        """
        sentences = self._sentences(statements)
        if improving:
            self._recorder.say(sentences, section=IMPROVING)
        return show(SentencesView(self._recorder.answer(sentences)))

    def say(self, *statements: Statement) -> View | AlreadyShown:
        """State sentences that read the latest exhibit."""
        return show(SentencesView(self._recorder.say(self._sentences(statements))))

    def limits(self, *statements: Statement) -> View | AlreadyShown:
        """State what the notebook cannot say."""
        return show(SentencesView(self._recorder.say(self._sentences(statements), section=LIMITS)))

    def improving(self, *statements: Statement) -> View | AlreadyShown:
        """State what has become better or worse; the report's first page repeats it."""
        return show(SentencesView(self._recorder.say(self._sentences(statements), section=IMPROVING)))

    def caveat(self, *tables: str) -> View | AlreadyShown:
        """State how far the data of `tables` can be relied on; every notebook does it first."""
        judged = self.ask(reliability, *tables)
        sentence = caveat(judged.result, tables=tables)
        self.number(*(number for number in judged.numbers() if number.key in sentence.keys))
        return show(SentencesView(self._recorder.say((sentence,), section=CAVEAT)))

    def number(self, *numbers: Number) -> None:
        """Record `numbers` without showing them."""
        self._recorder.number(*numbers)

    def table(
        self,
        id: str,  # noqa: A002 - an exhibit has an id
        content: pd.DataFrame | Result,
        *,
        title: str = "",
        caption: str = "",
        by: Sequence[str] = (),
        basis: Basis | None = None,
        units: Mapping[str, str] | None = None,
        labels: Mapping[str, str] | None = None,
        limit: int = ROWS_SHOWN,
        keys: Sequence[str] = (),
        detail: bool | None = None,
    ) -> View | AlreadyShown:
        """Show and record a table.

        Parameters
        ----------
        id
            Names the exhibit within its notebook.
        content
            An exhibit of a room, which says itself what follows; otherwise a result, or a frame.
        title, caption
            Printed above and below.
        by
            Columns that name a row; default: the label columns the frame begins with.
        basis
            The rows the whole table rests on; needed where `content` does not name the basis of its
            numbers. It is narrowed row by row to the columns in `by`.
        units, labels
            Unit and heading of columns that need another than the usual.
        limit
            Most rows that are printed.
        keys
            Numbers that its title, its caption and its cells of text state, beside those of their rows.
        detail
            Whether it stands on the screen and in the work papers only; paper then names it in a line.
            Default: where it has more than `ROWS_ON_PAPER` rows.
        """
        id = self._slugs.of(self._outgoing.text(id))  # noqa: A001 - names hold what a client calls its surveys
        layout_said = {"title": title, "caption": caption, "by": tuple(by), "basis": basis, "keys": keys}
        exhibit = self._as_shown(exhibit_of(content, units=units or {}, labels=labels or {}, **layout_said))
        stated = tuple(self._recorder.numbers[self._recorder.key(key)] for key in exhibit.keys)
        layout = Layout(
            id, exhibit, self._recorder.numbers, self._suppression, self._outgoing.cell, limit, stated
        )
        table = tabulate(layout)
        self._recorder.keep(*table.numbers)
        recorded = self._recorder.exhibit(recorded_table(id, exhibit, table, detail=detail))
        return show(TableView(recorded["title"], recorded["caption"], table))

    def figure(
        self,
        id: str,  # noqa: A002 - an exhibit has an id
        draw: Callable[..., Any],
        result: Any,
        *,
        title: str,
        alt: str = "",
        caption: str = "",
        keys: Sequence[str] = (),
        detail: bool = False,
        **look: Any,
    ) -> View | AlreadyShown:
        """Show and record a figure: what `draw` makes of `result`, without what is held back.

        Parameters
        ----------
        draw
            Returns axes, or a figure; `look` is handed on to it.
        result
            What is drawn. It says itself how it is left without some of its groups (`without`).
        alt
            What a reader who cannot see it must know; default: what the result says of its figure.
        keys
            Numbers the figure shows, where a reader may want to find them.
        detail
            Whether it stands on the screen only; paper then names it in a line.
        """
        from auditlib.figures.svg import png_of, svg_of
        from auditlib.figures.texts import left_out, note, note_beneath, shown_as

        part, lost = self._door.drawn(result, figure=id)
        if part is None:
            drawn, alt = note(NOTHING_DRAWN), NOTHING_DRAWN
        else:
            drawn = draw(part.result if isinstance(part, Answer) else part, **look)
            alt = alt or part.alt
        if lost and part is not None:
            note_beneath(drawn, left_out(lost))
            alt = f"{alt} {left_out(lost)}"
        id = self._slugs.of(self._outgoing.text(id))  # noqa: A001
        shown_as(drawn, self._outgoing.text)
        svg = svg_of(drawn)
        title, caption = (self._without_small(text, keys) for text in (title, caption))
        alt = self._suppression.unkeyed(self._without_small(alt, keys))
        self._figures[id] = svg
        exhibit = self._recorder.exhibit(
            {
                "id": id,
                "kind": "figure",
                "title": title,
                "caption": caption,
                "alt": alt,
                "file": f"{self.notebook}-{id}.svg",
                "sha256": hash_bytes(svg.encode()),
                "keys": list(keys),
                "detail": detail,
            }
        )
        return show(FigureView(exhibit["title"], exhibit["alt"], svg, png_of(drawn)))

    def finding(self, *findings: Finding) -> View | AlreadyShown:
        """Raise findings; none is an answer too."""
        raised = self._recorder.finding(bounded(finding) for finding in findings)
        pairs = zip(findings, raised, strict=True)
        self._cases |= {
            outgoing.fingerprint: replace(whole, fingerprint=outgoing.fingerprint)
            for whole, outgoing in pairs
        }
        return show(FindingsView(raised))

    def verdict(self, verdict: VerdictAnswer) -> None:
        """Record what the audit concludes by its standard, whole, for ``verdict.json`` and the report."""
        from auditlib.standards.document import verdict_document

        self._numbers_of(verdict)
        self._recorder.verdict(self._suppression.verdict(verdict_document(verdict.result)))

    def hand_over(self, id: str, register: Result) -> View | AlreadyShown:  # noqa: A002 - an exhibit has an id
        """Hand a register of single cases over, whole, as ``exhibits/<notebook>-<id>.parquet``.

        Parameters
        ----------
        id
            Names the file within the notebook.
        register
            Its ``rows`` are written; its sentences say what they are. Ids and units alone: no name of a
            person and no free text.
        """
        self._handed[self._slugs.of(id)] = register
        return self.say(register)

    def close(self) -> View | AlreadyShown:
        """Write the results file and the figures, whole or not at all."""
        document = self._document()
        names = names_stated(document, self._recorder.numbers, self.evidence)
        if names:
            self.number(*names)
            document = self._document()
        exhibits = self._work / "exhibits"
        for name, svg in self._figures.items():
            write_text(exhibits / f"{self.notebook}-{name}.svg", svg)
        for name, register in self._handed.items():
            write_table(exhibits / f"{self.notebook}-{name}.parquet", self._outgoing.frame(register.rows))
        cases = case_rows(tuple(self._cases.values()))
        if cases is not None:
            write_table(exhibits / f"{self.notebook}-cases.parquet", self._outgoing.frame(cases))
        if self._suppression.true:
            held = held_document(self.notebook, self._suppression.true.values())
            write_text(self._work / HELD_BACK_FOLDER / f"{self.notebook}.json", held)
        write_text(self._work / "results" / f"{self.notebook}.json", canonical(document))
        recorded = (len(document[part]) for part in ("numbers", "exhibits", "findings"))
        return show(ClosedView(*recorded))

    def _as_shown(self, exhibit: Exhibit) -> Exhibit:
        """Return `exhibit` with its words, and its facts under the keys, that may be shown."""
        pairs = self._outgoing.changed(exhibit.frame)
        numbers = self._numbers_of(exhibit, pairs)
        title, caption = (
            self._without_small(text, exhibit.keys) for text in (exhibit.title, exhibit.caption)
        )
        facts = tuple(self._outgoing.number(number, pairs)[0] for number in numbers)
        return replace(exhibit, title=title, caption=caption, facts=facts)

    def _without_small(self, text: str, keys: Sequence[str]) -> str:
        """Return `text` without those of the numbers of `keys` that are held back."""
        return self._suppression.text(text, (self._recorder.key(key) for key in keys))[0]

    def _document(self) -> dict[str, Any]:
        return self._recorder.document(question=self.question, parameters=self._parameters)

    @property
    def _parameters(self) -> dict[str, bool | int | float | str]:
        return {"audit": self.run.audit, **self.run.notebooks.get(self.notebook, {})}

    def _sentences(self, statements: Sequence[Statement]) -> tuple[Sentence, ...]:
        for part in statements:
            self._numbers_of(part)
        return tuple(
            self._cited(sentence)
            for part in statements
            for sentence in ((part,) if isinstance(part, Sentence) else self._door.words_of(part))
        )

    def _cited(self, sentence: Sentence) -> Sentence:
        """Return `sentence` with the claims it quotes; an unverified claim cannot be quoted."""
        if not claims.quoted(sentence.text):
            return sentence
        register = claims.read_claims(self.texts.get(claims.FILE, "claims: {}"), name=claims.FILE)
        text = claims.cite(sentence.text, register, name=claims.FILE)
        quoted = {f"claim:{claim}": register.claims[claim] for claim in claims.quoted(sentence.text)}
        self.number(*(_quotation(key, claim) for key, claim in quoted.items()))
        return replace(sentence, text=text, keys=(*sentence.keys, *quoted))

    def _numbers_of(self, part: Any, pairs: Mapping[str, str] | None = None) -> tuple[Number, ...]:
        if not isinstance(part, Result):
            return ()
        numbers = part.numbers()
        self._recorder.number(*numbers, pairs=pairs)
        return numbers


def _quotation(key: str, claim: claims.Claim) -> Number:
    """Return a claim as a number: its n, and as the reason its words, whose figures a sentence may repeat."""
    return Number(key, claim.n, "count", claim.n, reason=str(claim))


def _thresholds(run: Run) -> tuple[Number, ...]:
    values: dict[str, float] = run.thresholds.model_dump()
    return tuple(
        Number(f"threshold:{name}", value, "count" if isinstance(value, int) else "share", reason="Declared.")
        for name, value in values.items()
    )
