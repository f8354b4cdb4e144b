"""What the documents say is there: links, commands, the reference, the README's lines."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)\)", page.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (page.parent / link).exists()] == []
    assert local or page.name not in ("README.md",)


def test_the_command_reference_is_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import command_reference

    assert (ROOT / "docs" / "command_line.md").read_text(encoding="utf-8") == command_reference.reference()


def test_the_python_lines_of_the_readme_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert code is not None
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    exec(compile(code.group(1), "README.md", "exec"), {})
    assert {path.stem for path in tmp_path.glob("*.wav")} == {"written", "con_sordino+tremolo", "ピチカート"}


def test_the_shell_lines_of_the_readme_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from composer_daw.cli import main

    block = (ROOT / "README.md").read_text(encoding="utf-8").split("## In the shell")[1].split("```")[1]
    lines = [line for line in block.strip().splitlines() if line.startswith("composer-daw")]
    assert len(lines) == 5
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    for line in lines:
        words = shlex.split(line)
        files = [str(path) for path in sorted(Path("examples").glob("*.mid"))]
        monkeypatch.setattr(
            sys, "argv", [part for word in words for part in (files if "*" in word else [word])]
        )
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code in (0, None), line


def test_the_song_of_the_readme_composes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from composer_daw.cli import main

    song = re.search(
        r"```yaml\n(song: 1\n.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL
    )
    assert song is not None
    (tmp_path / "mysong.yaml").write_text(song.group(1), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["composer-daw", "compose", "mysong.yaml", "-o", "song", "--no-audio"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code in (0, None)
    assert list((tmp_path / "song").glob("*.mid"))


def test_the_pages_colour_techniques_of_the_vocabulary() -> None:
    from composer_daw.pages.colours import KNOWN
    from composer_daw.techniques import load_vocabulary

    assert set(KNOWN) - set(load_vocabulary().techniques) == set()
