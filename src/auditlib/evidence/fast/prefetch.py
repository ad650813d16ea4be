"""Work done one step ahead on a second thread, in the order given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

_Piece = TypeVar("_Piece")


def prefetch(pieces: Iterable[_Piece], *, threads: int) -> Iterator[_Piece]:
    """Yield `pieces`; with two threads or more the next one is made while the last one is used."""
    if threads < 2:
        yield from pieces
        return
    source = iter(pieces)
    with ThreadPoolExecutor(1) as maker:
        future = maker.submit(_next, source)
        while piece := future.result():
            future = maker.submit(_next, source)
            yield piece[0]


def _next(source: Iterator[_Piece]) -> tuple[_Piece, ...]:
    return next(((piece,) for piece in source), ())


@contextmanager
def write_behind(*, threads: int) -> Iterator[Callable[[Callable[[], None]], None]]:
    """Give a function that does work on a second thread, one piece at a time; wait for it on leaving."""
    if threads < 2:
        yield lambda work: work()
        return
    waiting: list[Future[None]] = []

    def hand_over(work: Callable[[], None]) -> None:
        while waiting:
            waiting.pop().result()
        waiting.append(doer.submit(work))

    with ThreadPoolExecutor(1) as doer:
        yield hand_over
        while waiting:
            waiting.pop().result()
