"""Articulations of Reaticulate that call others by `art:`."""

from __future__ import annotations

import re
from collections.abc import Mapping

MOST_WRITTEN_OUT = 256
"""Where articulations that call each other are cut off."""


def written_out(number: int, outputs: Mapping[int, str], problems: list[tuple[str, str]]) -> str:
    """Return the outputs of an articulation with those that it calls by `art:` in their place."""
    done: list[str] = []
    stack: list[tuple[str, frozenset[int]]] = [(outputs.get(number, ""), frozenset({number}))]
    steps = 0
    while stack and steps < MOST_WRITTEN_OUT:
        steps += 1
        text, above = stack.pop()
        spec, _, rest = text.partition("/")
        if rest:
            stack.append((rest, above))
        match = re.fullmatch(r"-?art(?:@[\d.-]*)?:(\d{1,3})(%\d{1,3})?", spec, re.ASCII)
        if not match:
            done += [spec] if spec else []
            continue
        called, condition = int(match[1]), match[2] or ""
        if called in above:
            problems.append((spec, "articulations call each other in a circle"))
        elif called not in outputs:
            problems.append((spec, "there is no such articulation"))
        else:
            problems.append(
                (spec, "written out as the outputs of that articulation; its group is not changed")
            )
            inner = [one + ("" if "%" in one else condition) for one in outputs[called].split("/") if one]
            stack.append(("/".join(inner), above | {called}))
    if stack:
        problems.append(
            (outputs.get(number, "")[:80], f"more than {MOST_WRITTEN_OUT} outputs; cut off there")
        )
    return "/".join(done)
