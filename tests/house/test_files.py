"""Files are whole or not there."""

import errno

import pytest

from biolabkit._files import atomic_write


def test_a_file_is_replaced_when_the_block_ends_well(tmp_path):
    target = tmp_path / "new" / "notes.txt"
    with atomic_write(target) as stream:
        stream.write("가나다\n")
    assert target.read_bytes() == "가나다\n".encode()
    assert target.stat().st_mode & 0o777 == 0o644
    assert [path.name for path in target.parent.iterdir()] == ["notes.txt"]


def test_a_failure_leaves_the_old_file_and_no_rubbish(tmp_path):
    target = tmp_path / "grades.bin"
    target.write_bytes(b"before")
    with pytest.raises(OSError, match="No space") as error, atomic_write(target, "wb") as stream:  # noqa: PT012
        stream.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")
    assert error.value.filename == str(target)
    assert target.read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["grades.bin"]


def test_a_folder_that_cannot_be_written_is_told_by_the_file_that_was_to_be(tmp_path):
    target = tmp_path / ("n" * 250)  # a name may have 255 letters, and the temporary one is longer
    with pytest.raises(OSError, match=r"too long|Invalid") as error, atomic_write(target):
        pass
    assert error.value.filename == str(target)
