"""The detectors: what each looks at, what it takes to be true if nothing is wrong, and what else fits.

Every detector turns counts into one change per unit, from before the link to after it; whether linked
units changed differently is then tested in one and the same way.
"""

from __future__ import annotations

from dataclasses import dataclass

from auditlib.integrity.unit_changes import (
    Measure,
    complaints_diverge,
    heaping,
    invitations_fall,
    not_asked,
    share,
    straight_lines,
    tail,
)
from auditlib.statistics.changes import Alternative

POINTS, RATIO = "percentage points", "ratio"


@dataclass(frozen=True)
class Largest:
    """The largest effect gaming can have on a measure, so that too little data can be told beforehand.

    Parameters
    ----------
    effect
        On the working scale, without its sign.
    if_all
        What would have that effect, in words.
    counted
        What the observations of the measure are.
    """

    effect: float
    if_all: str
    counted: str


@dataclass(frozen=True)
class Detector:
    """One detector.

    Parameters
    ----------
    key, title
        Short name, and the name in print.
    looks_at
        What is compared, in words; also names the levels shown.
    null
        The null model in words.
    innocent
        What else would look the same.
    alternative, effect
        Direction that counts as a sign, and the unit of the effect.
    level
        Unit of the levels before and after.
    needs, tables
        Counts it needs, and the tables they come from.
    measure
        Counts to changes.
    largest
        The largest effect gaming can have; None where that is never too small to be seen.
    """

    key: str
    title: str
    looks_at: str
    null: str
    innocent: str
    alternative: Alternative
    effect: str
    level: str
    needs: tuple[str, ...]
    tables: tuple[str, ...]
    measure: Measure
    largest: Largest | None = None


_SAME_COURSE = "Without the link the units would have changed like those not linked"

DETECTORS: tuple[Detector, ...] = (
    Detector(
        "low_scores_missing",
        "Low scores missing",
        "odds of a low answer (a general rise allowed for)",
        "Satisfaction may rise or fall, but low answers move with the rest as they did before the link.",
        "A fix that removed one kind of bad experience and touched nothing else.",
        "less",
        RATIO,
        "share",
        ("low", "rest", "answers"),
        ("responses",),
        tail(("answers", "low", "rest", "rest_squares"), side=-1),
    ),
    Detector(
        "invitations_fall",
        "Fewer invitations",
        "invitations of a unit a month",
        f"{_SAME_COURSE} in the number of customers they invite.",
        "Less business, or another way of drawing invitations.",
        "less",
        RATIO,
        "count",
        ("invited",),
        ("invitations",),
        invitations_fall,
    ),
    Detector(
        "complaints_diverge",
        "Complaints stay while low scores go",
        "complaints for each low answer",
        "Complaints and low answers rise and fall together.",
        "Complaining was made easier, complaints are about what the survey does not ask, or they fall "
        "by less than low answers where service improves.",
        "greater",
        RATIO,
        "ratio",
        ("complaints", "low", "answers"),
        ("complaints", "responses"),
        complaints_diverge,
    ),
    Detector(
        "response_rate",
        "Response rate shifts",
        "share of invitations answered",
        f"{_SAME_COURSE} in the share of invitations answered.",
        "Another wording, channel or hour of the invitation, or customers grown tired of surveys.",
        "two-sided",
        POINTS,
        "share",
        ("invited", "answered"),
        ("invitations", "responses"),
        share("answered", "invited"),
    ),
    Detector(
        "unhappy_not_asked",
        "Not asked again after a low answer",
        "invitations after a low answer, as a share of those expected from the rate after other answers",
        "How soon customers of one unit are invited again does not depend more on their answer than it did.",
        "Unhappy customers left, or asked not to be contacted.",
        "less",
        POINTS,
        "share",
        ("unhappy_asked", "happy_asked"),
        ("invitations", "responses"),
        not_asked("unhappy"),
        Largest(
            1.0, "no customer with a low answer were asked again", "invitations expected after low answers"
        ),
    ),
    Detector(
        "complainants_not_asked",
        "Not asked again after a complaint",
        "invitations after a complaint, as a share of those expected from the rate after good answers",
        "How soon customers of one unit are invited again does not depend more on a complaint than it did.",
        "A rule not to survey customers whose complaint is open, or complainants who left.",
        "less",
        POINTS,
        "share",
        ("complained_asked", "happy_asked"),
        ("invitations", "responses", "complaints"),
        not_asked("complained"),
        Largest(1.0, "no complainant were asked again", "invitations expected after complaints"),
    ),
    Detector(
        "perfect_answers",
        "Too many perfect answers",
        "odds of the best score on every question (a general rise allowed for)",
        "Satisfaction may rise or fall, but perfect answers move with the rest as they did before the link.",
        "A fix that made many customers entirely happy and touched nobody else.",
        "greater",
        RATIO,
        "share",
        ("complete", "perfect"),
        ("responses",),
        tail(("complete", "perfect", "imperfect", "imperfect_squares"), side=1),
    ),
    Detector(
        "silent_tops",
        "Top scores without a word",
        "share of top answers without comment",
        f"{_SAME_COURSE} in how many of those content leave a comment.",
        "A shorter form, or a comment field moved out of sight.",
        "greater",
        POINTS,
        "share",
        ("silent_top", "top"),
        ("responses",),
        share("silent_top", "top"),
    ),
    Detector(
        "shared_device",
        "One device, several customers",
        "share of answers from a device that served several people",
        f"{_SAME_COURSE} in how many people answer on one device.",
        "A terminal put up at the counter, or customers behind one office network.",
        "greater",
        POINTS,
        "share",
        ("shared", "devices"),
        ("responses",),
        share("shared", "devices"),
    ),
    Detector(
        "straight_lines",
        "The same score on every question",
        "share of answers with one score throughout, the best score left out",
        "At the same level, customers answer in straight lines as often as elsewhere (a contrast only).",
        "A longer questionnaire, or more answers given on small screens.",
        "greater",
        POINTS,
        "share",
        ("lines", "straight", "expected_straight"),
        ("responses",),
        straight_lines,
    ),
    Detector(
        "begging",
        "Customers say a score was asked for",
        "share of comments that quote a request for a score",
        f"{_SAME_COURSE} in how many comments quote such a request.",
        "A campaign that asks all customers to rate, or phrases with another meaning here.",
        "greater",
        POINTS,
        "share",
        ("begging", "comments"),
        ("responses",),
        share("begging", "comments"),
    ),
    Detector(
        "heaping",
        "Heaping at the bonus threshold",
        "months just below the threshold that were moved over it",
        "A month's answers are drawn from the unit's own scores, whichever side of the threshold it ends on.",
        "A threshold set where units of that level end up anyway.",
        "greater",
        POINTS,
        "share",
        ("answers",),
        ("responses",),
        heaping,
        Largest(1.0, "every month just below were moved over it", "months expected just below the threshold"),
    ),
    Detector(
        "month_end",
        "Surge at the end of the month",
        "share of top answers given in the last days of a month",
        f"{_SAME_COURSE} in when their top answers arrive.",
        "Invoices or projects that now end with the month.",
        "greater",
        POINTS,
        "share",
        ("late_top", "top"),
        ("responses",),
        share("late_top", "top"),
    ),
)
"""In the order they are shown: who is heard, who is asked again, what is answered, and when."""
