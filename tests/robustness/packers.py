"""Makers of gzip members and zstd frames, good and bad, byte by byte. Standard library only."""

import struct
import zlib

# --- gzip (RFC 1952) ---------------------------------------------------------------------------

FTEXT, FHCRC, FEXTRA, FNAME, FCOMMENT = 1, 2, 4, 8, 16


def deflate(data: bytes, level: int = 6) -> bytes:
    """`data` as a raw deflate stream."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def gzip_header(flags: int = 0) -> bytes:
    """A header with the optional fields that `flags` asks for."""
    header = b"\x1f\x8b\x08" + bytes([flags]) + struct.pack("<IBB", 0, 0, 255)
    if flags & FEXTRA:
        header += struct.pack("<H", 6) + b"XX\x02\x00ab"
    if flags & FNAME:
        header += b"name \xff of a file.jsonl\0"
    if flags & FCOMMENT:
        header += b"a \x1b[31mcomment\0"
    if flags & FHCRC:
        header += struct.pack("<H", zlib.crc32(header) & 0xFFFF)
    return header


def gzip_member(data: bytes, flags: int = 0, crc_error: int = 0, size_error: int = 0) -> bytes:
    """One member. The errors are xored into the two fields of its trailer."""
    trailer = struct.pack("<II", zlib.crc32(data) ^ crc_error,
                          (len(data) ^ size_error) & 0xFFFFFFFF)
    return gzip_header(flags) + deflate(data) + trailer


# --- zstd (RFC 8878) ---------------------------------------------------------------------------

BLOCK_MAX = 128 << 10
_P1, _P2, _P3 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
_P4, _P5 = 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5
_MASK = (1 << 64) - 1


def _rotl(value: int, bits: int) -> int:
    return ((value << bits) | (value >> (64 - bits))) & _MASK


def _round(lane: int, word: int) -> int:
    return _rotl((lane + word * _P2) & _MASK, 31) * _P1 & _MASK


def xxh64(data: bytes) -> int:
    """XXH64 with seed 0, of which zstd's checksum is the low half."""
    at = 0
    if len(data) >= 32:
        lanes = [(_P1 + _P2) & _MASK, _P2, 0, -_P1 & _MASK]
        while at + 32 <= len(data):
            words = struct.unpack_from("<4Q", data, at)
            lanes = [_round(lane, word) for lane, word in zip(lanes, words)]
            at += 32
        total = sum(_rotl(lane, bits) for lane, bits in zip(lanes, (1, 7, 12, 18))) & _MASK
        for lane in lanes:
            total = ((total ^ _round(0, lane)) * _P1 + _P4) & _MASK
    else:
        total = _P5
    total = (total + len(data)) & _MASK
    while at + 8 <= len(data):
        total = (_rotl(total ^ _round(0, struct.unpack_from("<Q", data, at)[0]), 27) * _P1
                 + _P4) & _MASK
        at += 8
    if at + 4 <= len(data):
        word = struct.unpack_from("<I", data, at)[0]
        total = (_rotl(total ^ word * _P1 & _MASK, 23) * _P2 + _P3) & _MASK
        at += 4
    for byte in data[at:]:
        total = _rotl(total ^ byte * _P5 & _MASK, 11) * _P1 & _MASK
    for shift, prime in ((33, _P2), (29, _P3)):
        total = (total ^ total >> shift) * prime & _MASK
    return total ^ total >> 32


def raw_block(data: bytes) -> tuple:
    assert len(data) <= BLOCK_MAX
    return 0, len(data), data


def repeat_block(byte: bytes, count: int) -> tuple:
    """`count` times the same byte, in four bytes."""
    assert count <= BLOCK_MAX
    return 1, count, byte


def broken_block() -> tuple:
    """A block of the reserved type."""
    return 3, 1, b""


def repeat_blocks(byte: bytes, count: int) -> list:
    blocks = [repeat_block(byte, BLOCK_MAX)] * (count // BLOCK_MAX)
    return blocks + ([repeat_block(byte, count % BLOCK_MAX)] if count % BLOCK_MAX else [])


def zstd_blocks(blocks: list) -> bytes:
    out = bytearray()
    for index, (kind, size, data) in enumerate(blocks):
        last = index + 1 == len(blocks)
        out += struct.pack("<I", size << 3 | kind << 1 | last)[:3] + data
    return bytes(out)


def zstd_header(window_log: int = 17, checksum: bool = False, dictionary: int = 0) -> bytes:
    descriptor = (0x04 if checksum else 0) | (3 if dictionary else 0)
    return (b"\x28\xb5\x2f\xfd" + bytes([descriptor, (window_log - 10) << 3])
            + (struct.pack("<I", dictionary) if dictionary else b""))


def zstd_frame(data: bytes, window_log: int = 17, checksum_error: int = 0,
               dictionary: int = 0) -> bytes:
    """One frame of raw blocks with a checksum, into which `checksum_error` is xored."""
    blocks = [raw_block(data[at:at + BLOCK_MAX]) for at in range(0, len(data), BLOCK_MAX)]
    return (zstd_header(window_log, True, dictionary) + zstd_blocks(blocks or [raw_block(b"")])
            + struct.pack("<I", (xxh64(data) & 0xFFFFFFFF) ^ checksum_error))


def zstd_of_blocks(blocks: list) -> bytes:
    """One frame of these blocks, without a checksum."""
    return zstd_header() + zstd_blocks(blocks)


def skippable_frame(data: bytes = b"not for you") -> bytes:
    return struct.pack("<II", 0x184D2A53, len(data)) + data
