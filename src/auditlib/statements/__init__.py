"""What an audit says: facts with keys, and sentences filled from them."""

from auditlib.statements.facts import Facts
from auditlib.statements.template import say
from auditlib.statements.words import agreeing, counted, listed, with_sign

__all__ = ["Facts", "agreeing", "counted", "listed", "say", "with_sign"]
