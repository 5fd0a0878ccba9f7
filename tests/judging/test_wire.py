"""Frames arrive whole or not at all, within their cap and in time."""

import socket
import struct
import threading
import time

import pytest

from biolabkit_autograder.judging.wire import Channel, Kind, PeerGoneError, PeerLateError, WireError


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Channel(ours, max_payload=10_000_000), theirs


def soon(seconds=0.1):
    return time.monotonic() + seconds


@pytest.mark.parametrize("size", [0, 1, 70_000, 5_000_000])
def test_a_frame_arrives(pair, size):
    channel, theirs = pair
    payload = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    other = Channel(theirs)
    sender = threading.Thread(target=other.send, args=(Kind.REPLY, payload))
    sender.start()
    assert channel.receive(deadline=soon(20)) == (Kind.REPLY, payload)
    sender.join()


def test_a_length_over_the_cap_is_refused_before_anything_is_read(pair):
    channel, theirs = pair
    theirs.sendall(struct.pack("<IB", 10_000_001, Kind.REPLY))
    with pytest.raises(WireError, match="over the limit"):
        channel.receive(deadline=soon())
    with pytest.raises(WireError, match="over the limit"):
        channel.send(Kind.REPLY, bytes(10_000_001))


def test_another_kind_is_refused(pair):
    channel, theirs = pair
    theirs.sendall(struct.pack("<IB", 0, 200))
    with pytest.raises(WireError, match="expected REPLY"):
        channel.expect(Kind.REPLY, deadline=soon())


@pytest.mark.parametrize("sent", [b"", b"\x05\x00", struct.pack("<IB", 100, 1) + b"half"])
def test_silence_and_half_frames_are_late(pair, sent):
    channel, theirs = pair
    theirs.sendall(sent)
    with pytest.raises(PeerLateError):
        channel.receive(deadline=soon())


def test_drops_of_a_frame_do_not_move_the_deadline(pair):
    channel, theirs = pair

    def drip():
        theirs.sendall(struct.pack("<IB", 1000, 1))
        for _ in range(1000):
            try:
                theirs.sendall(b"x")
            except OSError:
                return
            time.sleep(0.02)

    dripping = threading.Thread(target=drip, daemon=True)
    dripping.start()
    with pytest.raises(PeerLateError):
        channel.receive(deadline=soon(0.2))
    assert dripping.is_alive()
    channel.close()
    dripping.join()


def test_the_end_of_the_other_side_is_told(pair):
    channel, theirs = pair
    theirs.close()
    with pytest.raises(PeerGoneError):
        channel.receive(deadline=soon())
    with pytest.raises(PeerGoneError):
        channel.send(Kind.REPLY, b"x", deadline=soon())


def test_a_reader_that_does_not_read_is_late(pair):
    channel, _ = pair
    with pytest.raises(PeerLateError):
        channel.send(Kind.REPLY, bytes(9_000_000), deadline=soon())
