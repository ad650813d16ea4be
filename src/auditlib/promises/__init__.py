"""Call-backs that customers were promised, judged by the three kinds of standard (B2).

`promises` says what each promise came to: a rigid one by its limit, a flexible one by what deviations excuse,
a discretionary one by how satisfied its customers are.
"""

from auditlib.promises.answer import PromisesAnswer
from auditlib.promises.context import PromiseContext, context_of
from auditlib.promises.policy import ServicePromises
from auditlib.promises.promises import judge_promises, promises
from auditlib.promises.result import PromiseResult
from auditlib.promises.statements import LIMITS

__all__ = [
    "LIMITS",
    "PromiseContext",
    "PromiseResult",
    "PromisesAnswer",
    "ServicePromises",
    "context_of",
    "judge_promises",
    "promises",
]
