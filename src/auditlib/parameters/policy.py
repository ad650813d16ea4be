"""The policy a run names: found, read, and of the edition the run names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from auditlib.errors import ParameterError, Problem
from auditlib.parameters.load import load
from auditlib.parameters.run import Run, Strict


class Policy(Strict):
    """What every policy file says of itself."""

    edition: str


Law = TypeVar("Law", bound=Policy)


def policy_named(stem: str, model: type[Law], run: Run, texts: Mapping[str, str]) -> Law | None:
    """Return the policy whose name begins with `stem`; None where the run names none.

    Parameters
    ----------
    stem
        What the names of its kind begin with; a client's own may go on: ``escalation_acme``.
    texts
        Policies as text, by their path in params/.

    Raises
    ------
    ParameterError
        Where the policy named is absent, wrong or of another edition.
    """
    chosen = next((name for name in run.policies if name.startswith(stem)), None)
    if chosen is None:
        return None
    name, _, edition = chosen.partition("@")
    file = f"policies/{name}.yaml"
    if file not in texts:
        raise ParameterError(
            Problem(f"there is no params/{file}.", remedy="Put it there, or do not name it.")
        )
    policy = load(model, texts[file], name=f"params/{file}")
    if edition and edition != policy.edition:
        raise ParameterError(
            Problem(
                f"the run names {chosen}, but the file is edition {policy.edition}.",
                f"params/{file}",
                remedy=f"Name {name}@{policy.edition}, or put the other edition there.",
            )
        )
    return policy
