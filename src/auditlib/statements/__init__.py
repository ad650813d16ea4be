"""What an audit says: facts with keys, sentences filled from them, and answers made of both."""

from auditlib.statements.answer import Answer, Exhibit, Unanswered, answered
from auditlib.statements.facts import Facts, Numbered
from auditlib.statements.template import joined, say, spanned
from auditlib.statements.words import agreeing, counted, listed, percent, spoken_share, with_sign

__all__ = [
    "Answer",
    "Exhibit",
    "Facts",
    "Numbered",
    "Unanswered",
    "agreeing",
    "answered",
    "counted",
    "joined",
    "listed",
    "percent",
    "say",
    "spanned",
    "spoken_share",
    "with_sign",
]
