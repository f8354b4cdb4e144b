"""A batch in which every kind of fault strikes loses the jobs it must, says why, and harms no other."""

from __future__ import annotations

import re
import time
from collections import Counter
from pathlib import Path

import pytest
from fault_batch import FAULTS, Batch, Item, Killer
from probe_plugin import FORMATS, ProbePlugins
from process_tree import Watch

from composer_daw.dataset import Report, run_plan


def sounds(report: Report) -> dict[str, str]:
    """Return the SHA-256 of every take, by the record's id."""
    return {one.id: one.outcome.audio.sha256 for one in report.rendered if one.outcome is not None}


def lost(items: list[Item]) -> dict[str, int]:
    """Count the jobs that must be lost, by fault."""
    return dict(Counter(item.fault.name for item in items if item.says))


def loses_what_it_must(folder: Path, plugins: ProbePlugins, each: int) -> str:
    """Run a batch on faulty plugins and on clean ones, compare them, and return a line of figures."""
    batch = Batch(folder, plugins, each)
    (clean, _), (faulty, by_id) = batch.plan(faulty=False), batch.plan(faulty=True)
    assert [record.id for record in clean.records] == [record.id for record in faulty.records]
    victims = [item.format for item in batch.items if item.struck and item.fault.name.startswith("killed")]
    with Watch() as watch:
        expected = run_plan(clean, folder / "set-clean", workers=2)
        began = time.monotonic()
        with Killer(folder / "set-faulty", {one: victims.count(one) for one in FORMATS}) as killer:
            found = run_plan(faulty, folder / "set-faulty", workers=2)
        took_s = time.monotonic() - began
    assert expected.failed == []
    errors = {record.id: str(error) for record, error in found.failed}
    unlike = {key: said for key, said in errors.items() if not re.search(by_id[key].says or "(?!)", said)}
    assert unlike == {}, "lost for another reason, or that may not be lost"
    assert dict(Counter(by_id[key].fault.name for key in errors)) == lost(batch.items)
    assert sounds(found) == {key: sha for key, sha in sounds(expected).items() if key not in errors}
    assert len(killer.killed) == each, f"not all of the victims were struck: {killer.killed}"
    assert watch.left() == []
    return (
        f"{len(by_id)} jobs in {took_s:.0f} s, {each} of each of {len(FAULTS)} faults: {len(errors)} lost "
        f"as they must, {len(found.rendered)} the same as in a clean run; {len(killer.killed)} killings"
    )


def test_a_tenth_of_the_batch(
    tmp_path: Path, probe_plugins: ProbePlugins, capsys: pytest.CaptureFixture[str]
) -> None:
    told = loses_what_it_must(tmp_path, probe_plugins, each=1)
    with capsys.disabled():
        print(f"\nfaults: {told}")


@pytest.mark.long
def test_the_whole_batch(
    tmp_path: Path, probe_plugins: ProbePlugins, capsys: pytest.CaptureFixture[str]
) -> None:
    told = loses_what_it_must(tmp_path, probe_plugins, each=10)
    with capsys.disabled():
        print(f"\nfaults: {told}")
