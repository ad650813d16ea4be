"""What is said of subjects over time: one by one, all together, and against their targets."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.improvement.subject import Subject
from auditlib.records import Interval, Number, Refusal, Sentence
from auditlib.statements import Answer, Facts, Unanswered, joined, say, spanned
from auditlib.time.months import month_text

COURSES = {
    1: "better for good",
    -1: "worse for good",
    0: "no lasting change for the better or the worse is shown",
}

UNTOLD = "whether it changes for good cannot be told"


class SubjectAnswer(Answer[Subject]):
    """Whether a subject becomes better."""

    def numbers(self) -> tuple[Number, ...]:
        """Return the share first and last, and the change."""
        return tuple(_facts(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return whether it becomes better, how and when."""
        shares, about = self.result.shares, self.facts.about(self.result.shares.key)
        return (
            say(
                f"{{start}}. Over all {{steps|{shares.grain}|{shares.grain}s}}: {{chart}}",
                about,
                start=self.course,
                chart=_chart(self.result, about),
            ),
        )

    @property
    def course(self) -> Sentence:
        """In a line: what it is, whether it becomes better, and the share first and last."""
        shares = self.result.shares
        return say(
            "{subject} ({words}): {course}, {earlier|.1%} in the first {span} and {later|.1%} in the last",
            self.facts.about(shares.key),
            subject=shares.subject,
            words=shares.words,
            course=UNTOLD if isinstance(self.result.charted, Refusal) else COURSES[self.result.better],
            span=self.result.span_words,
        )


def _facts(result: Subject) -> Iterator[Number]:
    shares, span = result.shares, result.span
    for name, part in (("earlier", slice(None, span)), ("later", slice(-span, None))):
        met, n = int(shares.met[part].sum()), int(shares.n[part].sum())
        yield Number(f"{name}:{shares.key}", met / n, "share", n, basis=shares.basis)
    yield Number(f"steps:{shares.key}", len(shares.steps), "count")
    if isinstance(result.charted, Refusal):
        yield Number(f"lasting:{shares.key}", None, "share", reason=result.charted.reason)
    else:
        yield from result.charted.numbers("share", result.level)


def _chart(result: Subject, facts: Facts) -> Sentence:
    if isinstance(result.charted, Refusal):
        why = result.charted.reason
        return Sentence(why, (facts["lasting"].key,))
    return result.charted.sentence(facts)


class StandingAnswer(Answer[Subject]):
    """What may be said of a subject every month, and how it stands to its target."""

    drawn = True

    @property
    def title(self) -> str:
        """What is followed, in words."""
        return f"{self.result.shares.subject}: {self.result.shares.words}"

    @property
    def alt(self) -> str:
        """What a reader who cannot see the figure must know."""
        return str(self)

    def numbers(self) -> tuple[Number, ...]:
        """Return the share of all cases so far with its limits, and the target."""
        shares, so_far = self.result.shares, self.result.so_far
        met, n, level = int(shares.met.sum()), int(shares.n.sum()), self.result.level
        limits = Interval(float(so_far.low[-1]), float(so_far.high[-1]), level, "betting, at every look")
        share = Number(f"share:{shares.key}", met / n, "share", n, limits, shares.basis)
        target = self.result.target
        if target is None:
            return (share,)
        return share, Number(f"target:{shares.key}", target, "share", reason="Declared by the edition.")

    def summary(self) -> tuple[Sentence, ...]:
        """Return where the share lies, and whether that is beyond its target."""
        shares, about = self.result.shares, self.facts.about(self.result.shares.key)
        so_far = say(
            "{subject} ({words}): {share|.1%} of {share[n]|,.0f} so far; the true share lies {where}"
            "{against}.",
            about,
            subject=shares.subject,
            words=shares.words,
            where=spanned(say("{share[low]|.1%}", about), say("{share[high]|.1%}", about)),
            against="" if self.result.target is None else _against(self.result, about),
        )
        return (so_far,)


def _against(result: Subject, facts: Facts) -> Sentence:
    """Return how the share so far stands to its target, and since when that could be said."""
    shares, beyond, now = result.shares, result.first_beyond, result.side(-1)
    if not now:
        return say(", which leaves open whether the target of {target|.0%} is met", facts)
    since = month_text(shares.steps[beyond[0]]) if beyond and beyond[1] == now else ""
    return say(
        ", {side} the target of {target|.0%}{since}",
        facts,
        side="above" if now > 0 else "below",
        since=f", as could be said first in {since}" if since else "",
    )


class TogetherAnswer(Answer[tuple[SubjectAnswer | Unanswered, ...]]):
    """Whether subjects become better, each in a line."""

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables that its numbers rest on."""
        return tuple(dict.fromkeys(basis.table for number in self.numbers() for basis in number.basis))

    def numbers(self) -> tuple[Number, ...]:
        """Return the numbers of every subject."""
        return tuple(number for part in self.result for number in part.numbers())

    def summary(self) -> tuple[Sentence, ...]:
        """Return one sentence about all of them; none where there is none."""
        parts = [
            part.course if isinstance(part, SubjectAnswer) else part.summary()[0] for part in self.result
        ]
        bare = [Sentence(part.text.removesuffix("."), part.keys) for part in parts]
        whole = joined(bare, "; ")
        return (Sentence(f"{whole.text}.", whole.keys),) if parts else ()
