"""Numbers by the names that sentences give them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from auditlib.records import Number


@dataclass(frozen=True)
class Facts:
    """The numbers of a result, each found by its key, or by as much of it as the scope leaves open.

    Parameters
    ----------
    numbers
        By key.
    scope
        What the keys end with that are meant first: of ``called_out:transactional:q_overall`` the scope is
        ``transactional:q_overall`` and the name ``called_out``.

    Examples
    --------
    >>> facts = Facts.of([Number("rows", 40, "rows"), Number("late:U1", 3, "cases")])
    >>> facts["rows"].value, facts.about("U1")["late"].key, facts.about("U1")["rows"].key
    (40, 'late:U1', 'rows')
    """

    numbers: Mapping[str, Number]
    scope: str = ""

    @classmethod
    def of(cls, numbers: Iterable[Number]) -> Facts:
        """Return `numbers` by key.

        Raises
        ------
        ValueError
            Where two different numbers have one key.
        """
        by_key: dict[str, Number] = {}
        for number in numbers:
            if by_key.setdefault(number.key, number) != number:
                raise ValueError(f"two numbers are called {number.key!r}")
        return cls(by_key)

    def about(self, scope: str) -> Facts:
        """Return the same numbers, those of `scope` found by the beginning of their keys."""
        return Facts(self.numbers, scope)

    def __getitem__(self, name: str) -> Number:
        scoped = f"{name}:{self.scope}" if self.scope else name
        return self.numbers[scoped] if scoped in self.numbers else self.numbers[name]

    def __contains__(self, name: str) -> bool:
        return name in self.numbers or f"{name}:{self.scope}" in self.numbers

    def __iter__(self) -> Iterator[Number]:
        yield from self.numbers.values()


class Numbered(ABC):
    """What has numbers, and states them: by key once, however often it is asked for its words."""

    @abstractmethod
    def numbers(self) -> tuple[Number, ...]:
        """Return every number of the result, under the key it is stated by."""

    @cached_property
    def facts(self) -> Facts:
        """Its numbers by key, for sentences to state."""
        return Facts.of(self.numbers())
