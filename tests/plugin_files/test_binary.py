"""What a file is, is decided without loading it: by header, entry points and place. One line says why not."""

from __future__ import annotations

import _ctypes
import hashlib
import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from probe_plugin import ProbePlugins

from composer_daw.errors import InputError
from composer_daw.plugins.binary import check_plugin, plugin_digest, this_machine
from composer_daw.plugins.executable import Machine, read_libraries

LIBRARY = Path(_ctypes.__file__)
"""A shared library that is on every machine and is no plugin."""


def elf(bits: int = 64, processor: int = 62, kind: int = 3) -> bytes:
    """The header of an ELF file with no segments."""
    head = b"\x7fELF" + bytes([bits // 32, 1, 1, 0]) + bytes(8) + struct.pack("<HHI", kind, processor, 1)
    return head + struct.pack("<QQQIHHHHHH" if bits == 64 else "<IIIIHHHHHH", 0, 0, 0, 0, 64, 56, 0, 0, 0, 0)


def mach(name: str, processor: int = 0x0100000C, kind: int = 8, end: str = "<") -> bytes:
    """A 64-bit Mach-O with one symbol, which it defines."""
    table, strings = 32 + 24, 32 + 24 + 16
    head = struct.pack(end + "8I", 0xFEEDFACF, processor, 0, kind, 1, 24, 0, 0)
    command = struct.pack(end + "6I", 2, 24, table, 1, strings, 64)
    return (
        head
        + command
        + struct.pack(end + "IBBHQ", 1, 0x0F, 1, 0, 0)
        + b"\0_"
        + name.encode().ljust(62, b"\0")
    )


def fat(*parts: bytes) -> bytes:
    """Several Mach-O files in one."""
    start, head = 4096, struct.pack(">2I", 0xCAFEBABE, len(parts))
    for number, part in enumerate(parts):
        head += struct.pack(">5I", 0, 0, start * (number + 1), len(part), 12)
    whole = head.ljust(start, b"\0")
    return whole + b"".join(part.ljust(start, b"\0") for part in parts)


def pe(name: str, processor: int = 0x8664, flags: int = 0x2000) -> bytes:
    """A 64-bit Windows library that exports one name, in a section at 0x1000 that stands at byte 512."""
    optional = struct.pack("<H110x4I", 0x20B, 0x1000, 64, 0, 0)
    head = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64)
    head += b"PE\0\0" + struct.pack("<2H3I2H", processor, 1, 0, 0, 0, len(optional), flags) + optional
    head += b".edata\0\0" + struct.pack("<4I16x", 512, 0x1000, 512, 512)
    section = struct.pack("<24x3I4x", 1, 0, 0x1028) + struct.pack("<I", 0x1030)
    return head.ljust(512, b"\0") + section.ljust(48, b"\0") + name.encode().ljust(464, b"\0")


@pytest.fixture
def compiled(probe_plugins: ProbePlugins, tmp_path: Path) -> Path:
    """A folder to compile into; the fixture of the probe says when there is no compiler."""
    return tmp_path


def compile_library(folder: Path, function: str, *flags: str) -> Path:
    source, made = folder / "source.cpp", folder / "Made.so"
    source.write_text(f'extern "C" int {function}() {{ return 0; }}\n')
    subprocess.run(["g++", "-fPIC", "-shared", *flags, str(source), "-o", str(made)], check=True)
    return made


def line_for(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        check_plugin(path)
    line = str(caught.value)
    assert line.startswith(f"{path}: ") and "\n" not in line
    return line.removeprefix(f"{path}: ")


def test_the_probe_in_both_formats(probe_plugins: ProbePlugins) -> None:
    vst2, vst3 = probe_plugins.variant("", "vst2"), probe_plugins.variant("", "vst3")
    library = vst3 / "Contents" / "x86_64-linux" / "Probe.so"
    found = check_plugin(vst2)
    assert (found.path, found.kind, found.binary) == (vst2, "vst2", vst2)
    found = check_plugin(vst3)
    assert (found.path, found.kind, found.binary) == (vst3, "vst3", library)
    assert check_plugin(library) == found  # the way into a bundle stands for the bundle
    assert found.sha256 == plugin_digest(str(vst3)) == hashlib.sha256(library.read_bytes()).hexdigest()


def test_a_relative_path_becomes_absolute(
    probe_plugins: ProbePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    vst2 = probe_plugins.variant("", "vst2")
    monkeypatch.chdir(vst2.parent)
    assert check_plugin("Probe.so").path == vst2


@pytest.mark.parametrize("flags", [(), ("-Wl,--hash-style=sysv",), ("-Wl,--hash-style=gnu", "-s")])
@pytest.mark.parametrize("function", ["VSTPluginMain", "lv2_descriptor", "something_else"])
def test_entry_points_by_either_hash_table(compiled: Path, function: str, flags: tuple[str, ...]) -> None:
    library = compile_library(compiled, function, *flags)
    if function == "VSTPluginMain":
        assert check_plugin(library).kind == "vst2"
    elif function == "lv2_descriptor":
        assert line_for(library) == "is an LV2 plugin; only VST2 and VST3 are hosted"
    else:
        assert "neither VSTPluginMain nor main (VST2) nor GetPluginFactory (VST3)" in line_for(library)


def test_a_name_that_is_only_used_is_no_entry_point(compiled: Path) -> None:
    source = compiled / "user.cpp"
    source.write_text('extern "C" int VSTPluginMain(); int used() { return VSTPluginMain(); }\n')
    made = compiled / "User.so"
    subprocess.run(["g++", "-fPIC", "-shared", str(source), "-o", str(made)], check=True)
    assert "is a shared library but no VST plugin" in line_for(made)


def test_the_library_of_a_vst3_alone_and_a_vst2_in_a_bundle(compiled: Path) -> None:
    alone = compile_library(compiled, "GetPluginFactory")
    assert "put it at Made.vst3/Contents/x86_64-linux/Made.so" in line_for(alone)
    bundle = compiled / "Wrong.vst3"
    inside = bundle / "Contents" / "x86_64-linux" / "Wrong.so"
    inside.parent.mkdir(parents=True)
    compile_library(compiled, "VSTPluginMain").rename(inside)
    assert "is a VST2 plugin under the name of a VST3; call it Wrong.so" in line_for(bundle)


def test_a_vst2_must_end_in_so(compiled: Path) -> None:
    renamed = compile_library(compiled, "VSTPluginMain").rename(compiled / "Made.plugin")
    assert line_for(renamed) == "is a VST2 plugin, but hosts go by its name; let that end in .so"


def test_bundles_for_others_and_renamed_ones(probe_plugins: ProbePlugins, tmp_path: Path) -> None:
    bundle = tmp_path / "Other.vst3"
    for folder in ("x86_64-win", "MacOS", "Resources"):
        (bundle / "Contents" / folder).mkdir(parents=True)
    line = line_for(bundle)
    assert line.startswith("holds binaries for MacOS, x86_64-win, but none for x86_64-linux; install")
    (tmp_path / "Bare.vst3" / "Contents").mkdir(parents=True)
    assert "holds no binary at all" in line_for(tmp_path / "Bare.vst3")
    (tmp_path / "Void.vst3").mkdir()
    assert "is no whole bundle" in line_for(tmp_path / "Void.vst3")
    shutil.copytree(probe_plugins.variant("", "vst3"), tmp_path / "Renamed.vst3")
    assert "no Contents/x86_64-linux/Renamed.so (there is Probe.so: was the bundle renamed?)" in line_for(
        tmp_path / "Renamed.vst3"
    )


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("a.so", b"just some text\n", "is no plugin: not a shared library at all"),
        ("a.so", b"", "is empty"),
        ("a.so", elf()[:30], "is damaged or cut short"),
        ("a.so", elf(32, 3), "is built for 32-bit Linux (x86); this is 64-bit Linux (x86_64)"),
        ("a.so", elf(64, 183), "is built for 64-bit Linux (aarch64)"),
        ("a.so", elf(kind=2), "is a program or an object file"),
        ("a.dll", pe("VSTPluginMain", 0x14C), "is built for 64-bit Windows (x86)"),
        ("a.dll", pe("VSTPluginMain"), "is built for 64-bit Windows (x86_64); this is 64-bit Linux"),
        ("a.dll", b"MZ" + bytes(200), "is damaged"),
        ("a.vst", mach("VSTPluginMain"), "is built for 64-bit macOS (aarch64)"),
        (
            "a.vst",
            fat(mach("x", 0x01000007), mach("x")),
            "is built for 64-bit macOS (x86_64) and 64-bit macOS (aa",
        ),
        ("a.so", b"\xca\xfe\xba\xbe\0\0\0\x41 a Java class", "not a shared library at all"),
        ("a.clap", b"x", "is a CLAP plugin; only VST2 and VST3 are hosted"),
        ("a.sf2", b"x", "is a SoundFont; say 'host: soundfont'"),
        ("a.sfz", b"x", "is an SFZ instrument; say 'host: sfizz'"),
        ("a.fxp", b"x", "is a preset; give the plugin that it belongs to"),
    ],
)
def test_files_that_are_no_plugin_for_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, line: str
) -> None:
    here = Machine("Linux", "x86_64", 64)
    monkeypatch.setattr("composer_daw.plugins.binary.this_machine", lambda: here)
    (tmp_path / name).write_bytes(content)
    assert line in line_for(tmp_path / name)


def test_what_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "loop.so").symlink_to("loop.so")
    (tmp_path / "gone.so").symlink_to("nowhere.so")
    (tmp_path / "Cello.lv2").mkdir()
    os.mkfifo(tmp_path / "pipe.so")
    assert "Too many levels of symbolic links" in line_for(tmp_path / "loop.so")
    assert "is a link to 'nowhere.so', which is not there" in line_for(tmp_path / "gone.so")
    assert "no such file (did you mean 'gone.so'?)" in line_for(tmp_path / "gon.so")
    assert "is an LV2 plugin" in line_for(tmp_path / "Cello.lv2")
    assert "is neither a file nor a folder" in line_for(tmp_path / "pipe.so")
    assert "is a folder; give a VST2" in line_for(tmp_path)
    assert "is a shared library but no VST plugin" in line_for(LIBRARY)
    assert "is a program" in line_for(Path(sys.executable).resolve())


def test_a_file_that_may_not_be_read(probe_plugins: ProbePlugins, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(path: Path) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("composer_daw.plugins.binary.sha256_of", locked)
    assert line_for(probe_plugins.variant("", "vst2")) == "cannot be read: Permission denied"


@pytest.mark.parametrize(
    ("image", "machine"),
    [
        (mach("GetPluginFactory"), Machine("macOS", "aarch64", 64)),
        (mach("GetPluginFactory", 18, end=">"), Machine("macOS", "powerpc", 64)),
        (pe("GetPluginFactory"), Machine("Windows", "x86_64", 64)),
    ],
)
def test_what_libraries_of_other_systems_export(image: bytes, machine: Machine) -> None:
    (library,) = read_libraries(image, ["GetPluginFactory", "VSTPluginMain"])
    assert (library.machine, library.loadable) == (machine, True)
    assert library.exports == {"GetPluginFactory"}


def test_a_program_is_not_loadable() -> None:
    for image in (mach("main", kind=2), pe("main", flags=0), elf(kind=2)):
        assert not read_libraries(image, ["main"])[0].loadable


def test_this_machine_is_the_one_of_the_interpreter() -> None:
    (library,) = read_libraries(LIBRARY.read_bytes(), ["PyInit__ctypes", "GetPluginFactory"])
    assert library.machine == this_machine()
    assert library.exports == {"PyInit__ctypes"}


IMAGES = [
    LIBRARY.read_bytes()[:20_000],
    LIBRARY.read_bytes(),
    mach("main"),
    fat(mach("a"), mach("b")),
    pe("main"),
]


@given(st.sampled_from(IMAGES), st.data())
def test_damage_is_said_and_nothing_else(image: bytes, data: st.DataObject) -> None:
    broken = bytearray(image[: data.draw(st.integers(0, len(image)))])
    for _ in range(data.draw(st.integers(0, 6))):
        if broken:
            at = data.draw(st.integers(0, min(len(broken), 2000) - 1))
            broken[at] = data.draw(st.sampled_from([0, 1, 0x7F, 0x80, 0xFF]))
    try:
        libraries = read_libraries(bytes(broken), ["main", "VSTPluginMain"])
    except InputError as error:
        assert str(error) == "is damaged or cut short; install it again"
    else:
        assert all(library.exports <= {"main", "VSTPluginMain"} for library in libraries)


def test_a_library_that_lost_its_end_is_not_loaded(compiled: Path) -> None:
    library = compile_library(compiled, "VSTPluginMain")
    whole = library.read_bytes()
    for cut in (100, 1000, 5000, 9000):
        library.write_bytes(whole[:cut])
        assert "is damaged or cut short" in line_for(library)
