"""Banks of a `.reabank` file that take over the articulations of another, by its id or its full name."""

from __future__ import annotations

from composer_daw.errors import DocumentError
from composer_daw.techniques.interchange.conversion import Loss
from composer_daw.techniques.interchange.reabank_text import Bank

MOST_PROGRAMS = 50_000
"""How many a file may come to when its clones are written out."""


def write_clones(banks: list[Bank]) -> None:
    """Give each bank that clones another the programs of that one behind its own, and what it lacks else."""
    named = {bank.path: bank for bank in banks}
    named |= {bank.attributes["id"]: bank for bank in banks if "id" in bank.attributes}
    done: set[int] = set()
    total = sum(len(bank.programs) for bank in banks)
    for bank in banks:
        for one in reversed(_chain(bank, named, done)):
            total += _copy(named.get(one.attributes.get("clone", "")), one)
            done.add(id(one))
            if total > MOST_PROGRAMS:
                problem = f"with its clones the file has more than {MOST_PROGRAMS:,} articulations; split it"
                raise DocumentError(f"{one.place}: {problem}")


def _chain(bank: Bank, named: dict[str, Bank], done: set[int]) -> list[Bank]:
    """Return the bank, the one that it clones, the one that this clones ..., as far as they are not done."""
    chain: dict[int, Bank] = {}
    one: Bank | None = bank
    while one is not None and id(one) not in done:
        chain[id(one)] = one
        clone = one.attributes.get("clone")
        following = None if clone is None else named.get(clone)
        if following is not None and id(following) in chain:
            one.losses.append(Loss(one.place, f"clone={clone}", "banks clone each other in a circle"))
            del one.attributes["clone"]
            break
        one = following
    return list(chain.values())


def _copy(source: Bank | None, bank: Bank) -> int:
    clone = bank.attributes.get("clone")
    if clone is None:
        return 0
    if source is None:
        bank.losses.append(Loss(bank.place, f"clone={clone}", "the bank to clone is not in this file"))
        return 0
    own = {program.number for program in bank.programs}
    copied = [program for program in source.programs if program.number not in own]
    bank.programs += copied
    for key in ("m", "chase", "off", "f"):
        if key in source.attributes:
            bank.attributes.setdefault(key, source.attributes[key])
    return len(copied)
