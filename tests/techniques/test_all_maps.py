"""All maps in the shared folder: what comes in, and goes out again in every format; `pytest -s` shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from map_differences import Place, differences, keys_told, named

from composer_daw.documents import parse_document
from composer_daw.techniques import TechniqueMap
from composer_daw.techniques.interchange.formats import FORMATS, Format
from composer_daw.techniques.interchange.importing import ImportedFile, read_files

FILES = {"reaticulate": 95, "cubase": 26}
BANKS = {"reaticulate": 1441, "cubase": 26}
TECHNIQUES = 17_168
EVERY = 12
"""The quick tests take each so-manieth map."""

WRITABLE = [name for name, form in FORMATS.items() if form.write]
CHORDS = "Reaticulate presses the keys of an articulation together"
"""Said of keys that stand in turn in a file, on import and on export: they come back as they were."""

ORDER = "the slot that Cubase plays unasked comes first; what stands first has priority"


@pytest.fixture(scope="module")
def imported(shared_data: Path) -> list[ImportedFile]:
    maps = shared_data / "maps"
    return read_files(path for form in FORMATS.values() for path in sorted(maps.rglob(f"*{form.suffix}")))


def all_maps(files: Iterable[ImportedFile]) -> Iterator[tuple[str, str, TechniqueMap]]:
    """Yield each map with its YAML and the format that it came from."""
    for file in files:
        yield from ((file.format, one.text, one.conversion.technique_map) for one in file.maps)


# What comes in


def test_all_files_come_in(imported: list[ImportedFile]) -> None:
    heads = ("maps", "techniques", "in vocabulary", "not understood", "lost")
    print("\n" + "  ".join(("file".ljust(72), *heads)))
    for file in imported:
        print(table_row(file.path.name, [file], heads))
    print(table_row("all", imported, heads))
    reasons = Counter(loss.why for file in imported for loss in file.losses)
    print("\n".join(("", "  lost  because", *(f"{count:6}  {why}" for why, count in reasons.most_common()))))

    assert [file.problem for file in imported if file.problem] == []
    assert Counter(file.format for file in imported) == FILES
    maps = [one for file in imported for one in file.maps]
    assert (len(maps), sum(one.techniques for one in maps)) == (sum(BANKS.values()), TECHNIQUES)
    assert sum(one.understood for one in maps) / TECHNIQUES > 0.8
    assert all(loss.place and loss.what and loss.why for file in imported for loss in file.losses)


def table_row(name: str, files: Sequence[ImportedFile], heads: Sequence[str]) -> str:
    maps = [one for file in files for one in file.maps]
    techniques, understood = sum(one.techniques for one in maps), sum(one.understood for one in maps)
    lost = sum(len(file.losses) for file in files)
    figures = (len(maps), techniques, understood, techniques - understood, lost)
    columns = (f"{figure:{len(head)}}" for figure, head in zip(figures, heads, strict=True))
    return "  ".join((name.ljust(72)[:72], *columns))


def test_what_is_not_understood_keeps_its_name(imported: list[ImportedFile]) -> None:
    for file in imported:
        for one in file.maps:
            techniques = one.conversion.technique_map.techniques
            shown = {" ".join((entry.title or key).split()) for key, entry in techniques.items()}
            assert {" ".join(name.split()) for name in one.conversion.unread} <= shown, file.path


def test_maps_load_again_from_their_yaml(imported: list[ImportedFile]) -> None:
    check_yaml(list(all_maps(imported))[::EVERY])


@pytest.mark.long
def test_all_maps_load_again_from_their_yaml(imported: list[ImportedFile]) -> None:
    check_yaml(all_maps(imported))


def check_yaml(maps: Iterable[tuple[str, str, TechniqueMap]]) -> None:
    for _, text, technique_map in maps:
        assert parse_document(text, TechniqueMap, technique_map.instrument) == technique_map


# What goes out again


@dataclass
class Carried:
    """What a format made of maps from one format."""

    maps: int = 0
    whole: int = 0
    """Maps that came back the same."""
    techniques: int = 0
    kept: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


@pytest.mark.parametrize("name", WRITABLE)
def test_maps_go_out_in_every_format(imported: list[ImportedFile], name: str, tmp_path: Path) -> None:
    carry(name, list(all_maps(imported))[::EVERY], tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("name", WRITABLE)
def test_all_maps_go_out_in_every_format(imported: list[ImportedFile], name: str, tmp_path: Path) -> None:
    carried = carry(name, all_maps(imported), tmp_path)
    assert {origin: one.maps for origin, one in carried.items()} == BANKS
    assert name not in BANKS or carried[name].whole == BANKS[name]


def carry(name: str, maps: Iterable[tuple[str, str, TechniqueMap]], folder: Path) -> dict[str, Carried]:
    """Write each map in a format and read it again; what differs must be what the report names."""
    carried = {origin: Carried() for origin in FILES}
    for origin, _, technique_map in maps:
        whole, kept, reasons = there_and_back(FORMATS[name], technique_map, folder)
        if origin == name:  # in its own format a map comes back as it was
            assert whole, technique_map.instrument
            assert set(reasons) <= {CHORDS, ORDER}, technique_map.instrument
        one = carried[origin]
        one.maps, one.whole = one.maps + 1, one.whole + whole
        one.techniques, one.kept = one.techniques + len(technique_map.techniques), one.kept + kept
        one.reasons.update(reasons)
    for origin, one in carried.items():
        techniques = f"techniques {one.kept} of {one.techniques}"
        print(f"\n{origin} to {name}: maps {one.maps}, the same {one.whole}; {techniques}")
        print("\n".join(f"{count:8}  {why}" for why, count in one.reasons.most_common()))
    return carried


def there_and_back(form: Format, technique_map: TechniqueMap, folder: Path) -> tuple[bool, int, list[str]]:
    """Return whether a map comes back the same, how many techniques do, and why others do not."""
    assert form.write is not None
    text, losses = form.write(technique_map)
    path = folder / f"map{form.suffix}"
    path.write_text(text, "utf-8")
    (conversion,) = form.read(path)
    again = conversion.technique_map
    keys = keys_told(losses, technique_map)
    differing = differences(technique_map, again, keys)
    told = named(tuple(loss for loss in losses if loss.why != CHORDS), technique_map)
    turned = named(tuple(loss for loss in losses if loss.why == CHORDS), technique_map)
    unsaid = [place for place in differing if not below(place, told | turned)]
    untrue = [place for place in told if not any(below(other, {place}) for other in differing)]
    assert (unsaid, untrue) == ([], []), technique_map.instrument
    return again == technique_map, len(keys), [loss.why for loss in losses]


def below(place: Place, named_places: set[Place]) -> bool:
    """Tell whether a place, or one that it is part of, is named."""
    return any(place[:length] in named_places for length in range(1, len(place) + 1))
