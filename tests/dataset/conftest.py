"""Runs without processes, where the processes are not what is tested."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest

from composer_daw.dataset import Record, run
from composer_daw.dataset.run import Job
from composer_daw.errors import ComposerError
from composer_daw.rendering import Done


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Run jobs here, one after the other; return the ids of those that were run, as they come."""
    ids: list[str] = []

    def run_here(
        work: Callable[[Job], Record], jobs: Sequence[Job], workers: int, *limits: object, **grouping: object
    ) -> Iterator[Done[Job, Record]]:
        run._OPEN.clear()
        for job in jobs:
            ids.append(job.record.id)
            try:
                yield Done(job, result=work(job))
            except ComposerError as error:
                yield Done(job, error=error)

    monkeypatch.setattr(run, "run_jobs", run_here)
    return ids
