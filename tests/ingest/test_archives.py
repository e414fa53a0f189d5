"""Delivered files open as bounded streams; what is built to hurt is refused before it does."""

import gzip
import os
import shutil
import signal
import subprocess
from pathlib import Path
from types import SimpleNamespace

import cmake
import pytest

from jobs.errors import BadInput, PipelineError
from jobs.ingest import archives
from jobs.ingest.archives import list_members, read_lines, unpacked_member, unpacking_in
from jobs.ingest.refusals import CutShortError


def packed(folder: Path, *members: str) -> Path:
    """A 7z archive of members that lie in the folder."""
    command = [Path(cmake.CMAKE_BIN_DIR) / "cmake", "-E", "tar", "cf", "made.7z", "--format=7zip", "--", *members]
    subprocess.run(command, cwd=folder, check=True)
    return folder / "made.7z"


def gzipped(path: Path, content: bytes) -> Path:
    path.write_bytes(gzip.compress(content, mtime=0))
    return path


def test_lines_come_without_byte_order_mark_and_line_ends(tmp_path):
    path = tmp_path / "plain.txt"
    path.write_bytes(b"\xef\xbb\xbfone\r\ntwo\n\nfour")
    assert list(read_lines(path)) == [b"one", b"two", b"", b"four"]


def test_a_gzip_file_reads_like_the_plain_one(tmp_path):
    assert list(read_lines(gzipped(tmp_path / "a.gz", b"one\ntwo\n"))) == [b"one", b"two"]


def test_a_line_that_is_too_long_comes_cut_and_the_next_line_survives(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_LINE_BYTES", 10)
    path = tmp_path / "long.txt"
    path.write_bytes(b"x" * 35 + b"\nnext\n" + b"y" * 9 + b"\n")
    first, *others = read_lines(path)
    assert len(first) == 10 + 1
    assert others == [b"next", b"y" * 9]


def test_lines_before_the_cut_of_a_gzip_stream_are_read(tmp_path):
    whole = gzip.compress(b"".join(b"line %d of a file that is cut\n" % n for n in range(20_000)))
    path = tmp_path / "cut.gz"
    path.write_bytes(whole[: len(whole) // 2])
    lines = read_lines(path)
    assert [next(lines) for _ in range(1_000)][-1] == b"line 999 of a file that is cut"
    with pytest.raises(CutShortError) as cut:
        list(lines)
    assert cut.value.reason == "truncated_gzip"


@pytest.mark.parametrize("content", [b"", gzip.compress(b"one\n" * 50, mtime=0)[:-6] + b"\0\0\0\0\0\0"], ids=["empty", "damaged"])
def test_an_empty_or_damaged_gzip_file_is_cut_short(tmp_path, content):
    path = tmp_path / "damaged.gz"
    path.write_bytes(content)
    with pytest.raises(CutShortError):
        list(read_lines(path))


def test_a_gz_file_that_is_no_gzip_is_bad_input(tmp_path):
    path = tmp_path / "false.gz"
    path.write_bytes(b"plain text")
    with pytest.raises(BadInput, match="expected a gzip stream.*got 70 6c"):
        list(read_lines(path))


@pytest.mark.parametrize("content", [b"\0" * 30_000_000, b"same line\n" * 3_000_000], ids=["one line", "many lines"])
def test_a_gzip_bomb_is_refused(tmp_path, content):
    with pytest.raises(BadInput, match="refused as a bomb"):
        list(read_lines(gzipped(tmp_path / "bomb.gz", content)))


def test_a_member_of_an_archive_is_lent_as_a_file_and_removed(tmp_path):
    (tmp_path / "Posts.xml").write_text("<posts>\n</posts>\n")
    (tmp_path / "Tags.xml").write_text("<tags />\n")
    archive = packed(tmp_path, "Posts.xml", "Tags.xml")
    assert list_members(archive) == {"Posts.xml": 17, "Tags.xml": 9}
    with unpacked_member(archive, "Tags.xml", 9) as tags:
        assert tags.read_text() == "<tags />\n"
        assert not (tags.parent / "Posts.xml").exists()
    assert not tags.exists()


def test_a_member_larger_than_declared_is_stopped(tmp_path):
    (tmp_path / "Posts.xml").write_bytes(bytes(range(256)) * 4_000)
    archive = packed(tmp_path, "Posts.xml")
    with pytest.raises(BadInput, match=r"made\.7z"), unpacked_member(archive, "Posts.xml", 1_000):
        pass


def test_an_archive_that_is_no_archive_is_bad_input(tmp_path):
    path = tmp_path / "false.7z"
    path.write_bytes(b"no archive at all")
    with pytest.raises(BadInput, match=r"false\.7z: expected a whole 7z archive"):
        list_members(path)


def test_a_truncated_archive_is_bad_input(tmp_path):
    (tmp_path / "Posts.xml").write_bytes(bytes(range(256)) * 4_000)
    archive = packed(tmp_path, "Posts.xml")
    archive.write_bytes(archive.read_bytes()[:-20])
    with pytest.raises(BadInput, match="expected a whole 7z archive"):
        list_members(archive)


def test_names_that_leave_the_folder_are_refused(tmp_path):
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "Posts.xml").write_text("<posts />")
    with pytest.raises(BadInput, match=r"the file name '\.\./Posts\.xml'"):
        list_members(packed(inner, "../Posts.xml"))


def test_absolute_names_are_refused():
    line = "-rw-r--r--  0 0      0          12  1 Jan  1970 /somewhere/Posts.xml"
    with pytest.raises(BadInput, match="the file name '/somewhere/Posts.xml'"):
        archives._entry(Path("made.7z"), line)


def test_links_are_refused(tmp_path):
    (tmp_path / "Posts.xml").symlink_to("/somewhere/else")
    with pytest.raises(BadInput, match="a link or device"):
        list_members(packed(tmp_path, "Posts.xml"))


def test_an_archive_bomb_is_refused_by_its_ratio(tmp_path):
    (tmp_path / "Posts.xml").write_bytes(b"\0" * 30_000_000)
    with pytest.raises(BadInput, match="at most 100 times"):
        list_members(packed(tmp_path, "Posts.xml"))


def test_an_archive_of_too_many_files_or_bytes_is_refused(tmp_path, monkeypatch):
    for number in range(3):
        (tmp_path / f"{number}.xml").write_text("<posts />")
    archive = packed(tmp_path, "0.xml", "1.xml", "2.xml")
    monkeypatch.setattr(archives, "MAX_ARCHIVE_FILES", 2)
    with pytest.raises(BadInput, match=r"3 files \(at most 2\)"):
        list_members(archive)
    monkeypatch.undo()
    monkeypatch.setattr(archives, "MAX_UNPACKED_BYTES", 26)
    with pytest.raises(BadInput, match=r"27 bytes \(at most 26\)"):
        list_members(archive)


def test_the_unpacker_starts_without_the_at_fork_handlers_of_this_process(tmp_path):
    """An engine's handlers break in a child that is limited already: a whole archive was refused as damaged."""
    (tmp_path / "member.txt").write_text("whole")
    archive = packed(tmp_path, "member.txt")
    breaking = [True]
    os.register_at_fork(after_in_child=lambda: breaking and os._exit(13))
    try:
        with unpacked_member(archive, "member.txt", 5) as unpacked:
            assert unpacked.read_text() == "whole"
    finally:
        breaking.clear()


def test_an_archive_is_unpacked_below_the_folder_that_was_chosen(tmp_path):
    (tmp_path / "Tags.xml").write_text("<tags />\n")
    (tmp_path / "scratch").mkdir()
    archive = packed(tmp_path, "Tags.xml")
    with unpacking_in(tmp_path / "scratch"), unpacked_member(archive, "Tags.xml", 9) as tags:
        assert tags.parents[1] == tmp_path / "scratch"
    with unpacked_member(archive, "Tags.xml", 9) as tags:
        assert tmp_path not in tags.parents


ENDS = """
returncode                | whose fault
1                         | the archive's
-signal.SIGXFSZ           | the archive's
-signal.SIGSEGV           | the archive's
-signal.SIGKILL           | this machine's
-signal.SIGTERM           | this machine's
"""


@pytest.mark.parametrize(("code", "fault"), [[cell.strip() for cell in line.split("|")]
                                             for line in ENDS.strip().splitlines()[1:]])
def test_an_unpacker_that_somebody_ended_says_nothing_about_the_archive(tmp_path, monkeypatch, code, fault):
    returncode = -getattr(signal, code.removeprefix("-signal.")) if code.startswith("-") else int(code)
    monkeypatch.setattr(archives.subprocess, "run", lambda *_, **__: SimpleNamespace(
        returncode=returncode, stdout="", stderr=""))
    with pytest.raises(PipelineError) as raised:
        list_members(tmp_path / "made.7z")
    assert isinstance(raised.value, BadInput) is (fault == "the archive's")


@pytest.mark.parametrize("free", [[8], [9, 4]], ids=["before it is unpacked", "while it is unpacked"])
def test_a_disk_that_is_full_says_nothing_about_the_archive(tmp_path, monkeypatch, free):
    (tmp_path / "Tags.xml").write_text("<tags />\n")
    archive = packed(tmp_path, "Tags.xml")
    damaged = archive.with_name("damaged.7z")
    damaged.write_bytes(archive.read_bytes()[:40])
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=free.pop(0)))
    with (pytest.raises(PipelineError, match=r"expected 9 bytes of free space .* found [84]; .*Make space") as raised,
          unpacked_member(damaged, "Tags.xml", 9)):
        pass
    assert not isinstance(raised.value, BadInput)
