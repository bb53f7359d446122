"""Broken, odd and hostile gzip and zstd."""

import os
import struct
import zlib

from packers import (BLOCK_MAX, FCOMMENT, FEXTRA, FHCRC, FNAME, FTEXT, broken_block, deflate,
                     gzip_header, gzip_member, raw_block, repeat_block, repeat_blocks,
                     skippable_frame, zstd_blocks, zstd_frame, zstd_header, zstd_of_blocks)
from table import Case, Row, between, document, documents, exact

MIB = 1 << 20

ONE = documents("one", "two")
TWO = documents("three")


def packed(name: str, file: str, data: bytes, reason: str, at, message: str, kept: list,
           offset=None, line=None, **more) -> Case:
    """A file that breaks at byte `at` (or a pattern of it); what was read of the line that breaks
    off goes to the rejection."""
    group = "gzip" if file.endswith(".gz") else "zstd"
    where = rf"in/{exact(file)}: byte {at} of the compressed file: "
    return between(group, name, {file: data},
                   [Row(reason, where + exact(message), f"in/{file}", line, offset)], kept, **more)


def cut_to_nothing(group: str, name: str, data: bytes) -> Case:
    """A file of which the name says what it was, but hardly a byte is left."""
    file = "m.jsonl.gz" if group == "gzip" else "m.jsonl.zst"
    return between(group, f"only the name is left: {name}", {file: data},
                   [Row("truncated_stream",
                        exact(f"in/{file}: byte {len(data)}: {group} ends early"),
                        f"in/{file}", 1, 0, b"")], [])


def gzip_cases() -> list:
    one, two = gzip_member(ONE), gzip_member(TWO)
    both, end = ["one", "two"], len(one)
    everything = gzip_member(ONE, FTEXT | FHCRC | FEXTRA | FNAME | FCOMMENT)
    # It ends 20 bytes before the edge of a buffer of 256 KiB, so that the next header lies over it.
    data = one[len(gzip_header()):]
    long_name = (b"\x1f\x8b\x08\x08" + bytes(6) + b"n" * ((512 << 10) - 31 - len(data)) + b"\0"
                 + data)
    wrong_header = gzip_header(FHCRC)[:-1] + bytes([gzip_header(FHCRC)[-1] ^ 1])
    cases = [
        between("gzip", "sound", {"m.jsonl.gz": one}, [], both),
        between("gzip", "concatenated members", {"m.jsonl.gz": one + two}, [], [*both, "three"]),
        between("gzip", "an empty member in the middle",
                {"m.jsonl.gz": one + gzip_member(b"") + two},
                [], [*both, "three"]),
        between("gzip", "10^4 empty members", {"m.jsonl.gz": gzip_member(b"") * 10_000 + two}, [],
                ["three"]),
        between("gzip", "a record over three members",
                {"m.jsonl.gz": gzip_member(ONE[:5]) + gzip_member(ONE[5:90])
                               + gzip_member(ONE[90:])},
                [], both),
        between("gzip", "a character over two members",
                {"m.jsonl.gz": gzip_member(b'{"id":"\xe2')
                               + gzip_member(b'\x82\xac","text":"Tide"}')},
                [], ["€"]),
        between("gzip", "every optional field in the header", {"m.jsonl.gz": everything}, [], both),
        *[between("gzip", f"header with flag {flag}", {"m.jsonl.gz": gzip_member(ONE, flag)}, [],
                  both) for flag in (FTEXT, FHCRC, FEXTRA, FNAME, FCOMMENT)],
        between("gzip", "a name longer than a buffer, and a header over the edge of one",
                {"m.jsonl.gz": long_name + everything}, [], [*both, *both]),
        between("gzip", "a stored block", {"m.jsonl.gz": gzip_header() + deflate(ONE, 0)
                                           + struct.pack("<II", zlib.crc32(ONE), len(ONE))}, [],
                both),
        between("gzip", "zeros behind the last member", {"m.jsonl.gz": one + b"\0" * 10_000}, [],
                both),
        between("gzip", "zeros between members", {"m.jsonl.gz": one + b"\0" * 512 + two}, [],
                [*both, "three"]),
        packed("zeros, then junk", "m.jsonl.gz", one + b"\0" * 512 + b"junk", "corrupt_stream",
               end + 512, "bytes after the last gzip member", both, len(ONE), 3),
        packed("junk behind the last member", "m.jsonl.gz", one + b"junk", "corrupt_stream", end,
               "bytes after the last gzip member", both, len(ONE), 3),
        packed("one byte of junk", "m.jsonl.gz", one + b"\n", "corrupt_stream", end,
               "bytes after the last gzip member", both, len(ONE), 3),
        packed("plain records behind the last member", "m.jsonl.gz", one + TWO, "corrupt_stream",
               end, "bytes after the last gzip member", both, len(ONE), 3),
        packed("a zstd frame behind the last member", "m.jsonl.gz", one + zstd_frame(TWO),
               "corrupt_stream", end, "bytes after the last gzip member", both, len(ONE), 3),
        packed("wrong CRC", "m.jsonl.gz", gzip_member(ONE, crc_error=1) + two, "corrupt_stream",
               end, "the gzip checksum does not match", both, len(ONE), 3),
        packed("wrong CRC in a later member", "m.jsonl.gz",
               one + gzip_member(TWO, crc_error=1 << 31),
               "corrupt_stream", end + len(two), "the gzip checksum does not match",
               [*both, "three"], len(ONE + TWO), 4),
        packed("wrong length", "m.jsonl.gz", gzip_member(ONE, size_error=1) + two, "corrupt_stream",
               end, "the gzip checksum does not match", both, len(ONE), 3),
        packed("an unknown method", "m.jsonl.gz", one + b"\x1f\x8b\x07" + two[3:], "corrupt_stream",
               end, "broken gzip header", both, len(ONE), 3),
        packed("half a magic number behind a member", "m.jsonl.gz", one + b"\x1f\x8c" + two[2:],
               "corrupt_stream", end, "broken gzip header", both, len(ONE), 3),
        packed("a reserved flag in a header", "m.jsonl.gz", one + gzip_member(TWO, 0x20),
               "corrupt_stream", end, "broken gzip header", both, len(ONE), 3),
        packed("a wrong checksum of a header", "m.jsonl.gz",
               one + wrong_header + data, "corrupt_stream", end,
               "broken gzip header", both, len(ONE), 3),
        packed("a reserved block type", "m.jsonl.gz", gzip_header() + b"\x07" + bytes(20),
               "corrupt_stream", "1[0-8]", "broken gzip data", [], 0, 1),
        packed("a stored block of wrong length", "m.jsonl.gz",
               gzip_header() + b"\x01\x05\x00\x00\x00Low t", "corrupt_stream", "1[0-8]",
               "broken gzip data", [], 0, 1),
        packed("a distance beyond the start", "m.jsonl.gz",
               gzip_header() + bytes([0b00000011, 0b00000010, 0, 0]) + bytes(12), "corrupt_stream",
               "(1[0-9]|2[0-7])", "broken gzip data", [], 0, 1),
    ]
    for size in (2, 3, 9, 10):
        cases.append(packed(f"cut off after {size} bytes of the header", "m.jsonl.gz", one[:size],
                            "truncated_stream", size, "gzip ends early", [], 0, 1))
    cases.append(packed("cut off in a later header", "m.jsonl.gz", one + two[:5],
                        "truncated_stream",
                        end + 5, "gzip ends early", both, len(ONE), 3))
    for size in (1, 4, 7, 8):
        cases.append(packed(f"{size} bytes of the trailer missing", "m.jsonl.gz", one[:-size],
                            "truncated_stream", end - size, "gzip ends early", both, len(ONE), 3))
    stored = gzip_header() + deflate(ONE, 0)[:5 + len(ONE) - 20]
    cases.append(packed("cut off in the data", "m.jsonl.gz", stored, "truncated_stream",
                        len(stored), "gzip ends early", ["one"], len(documents("one")), 2))
    for name, data in [("no bytes", b""), ("half of the magic number", b"\x1f")]:
        cases.append(cut_to_nothing("gzip", name, data))
    text = gzip_member(b"Low tide.")
    cases += [
        Case("gzip", "a text cut off", {"m.txt.gz": text[:-3], "z.jsonl": documents("last")},
             [Row("truncated_stream", rf"in/m\.txt\.gz: byte {len(text) - 3} of the compressed "
                                      "file: gzip ends early", "in/m.txt.gz", 0, 0, b"Low tide.")],
             ["last"]),
        between("gzip", "named .gz, but plain", {"m.jsonl.gz": ONE}, [], both),
        between("gzip", "named .gz, but zstd", {"m.jsonl.gz": zstd_frame(ONE)}, [], both),
        between("gzip", "not named .gz", {"m.jsonl": one}, [], both),
        between("gzip", "named .gz, but HTML", {"m.jsonl.gz": b"<html>404</html>\n" + TWO},
                [Row("broken_json", exact("byte 0: unexpected character"), "in/m.jsonl.gz", 1, 0,
                     b"<html>404</html>")], ["three"]),
        between("gzip", "a broken line inside", {"m.jsonl.gz": gzip_member(ONE + b"{]\n" + TWO)},
                [Row("broken_json", exact("byte 1: expected a member name"), "in/m.jsonl.gz", 3,
                     len(ONE), b"{]")], [*both, "three"]),
        between("gzip", "UTF-16 inside",
                {"m.jsonl.gz": gzip_member(b"\xff\xfe" + ONE.decode().encode("utf-16-le"))},
                [Row("invalid_utf8", exact("the file is UTF-16; only UTF-8 is read"),
                     "in/m.jsonl.gz", 1, 0)], []),
        Case("gzip", "cut off on standard input", {}, [
            Row("truncated_stream", rf"-: byte {end - 4} of the compressed file: gzip ends early",
                "-",
                3, len(ONE))], both, inputs=["-"], stdin=one[:-4]),
        Case("gzip", "sound on standard input", {}, [], both, inputs=["-"], stdin=one),
    ]
    return cases


def zstd_cases() -> list:
    one, two = zstd_frame(ONE), zstd_frame(TWO)
    both, end = ["one", "two"], len(one)
    broken = zstd_header() + zstd_blocks([raw_block(ONE), broken_block()])
    late = zstd_of_blocks([raw_block(documents(f"d{i}")) for i in range(1000)] + [broken_block()])
    window = "the zstd window is larger than 128 MiB: unpack the file with zstd -d --long=31"
    cases = [
        between("zstd", "sound", {"m.jsonl.zst": one}, [], both),
        between("zstd", "concatenated frames", {"m.jsonl.zst": one + two}, [], [*both, "three"]),
        between("zstd", "an empty frame in the middle",
                {"m.jsonl.zst": one + zstd_frame(b"") + two},
                [], [*both, "three"]),
        between("zstd", "skippable frames", {"m.jsonl.zst": skippable_frame() + one
                                             + skippable_frame(b"") + two + skippable_frame()}, [],
                [*both, "three"]),
        between("zstd", "only a skippable frame", {"m.jsonl.zst": skippable_frame(b"{}\n")}, [],
                []),
        between("zstd", "a skippable frame of 1 MB",
                {"m.jsonl.zst": skippable_frame(bytes(MIB)) + one}, [], both),
        between("zstd", "a record over many blocks",
                {"m.jsonl.zst": zstd_of_blocks([raw_block(ONE[i:i + 1]) for i in range(len(ONE))])},
                [], both),
        between("zstd", "a character over two frames",
                {"m.jsonl.zst": zstd_frame(b'{"id":"\xe2')
                                + zstd_frame(b'\x82\xac","text":"Tide"}')},
                [], ["€"]),
        between("zstd", "the largest window that is read",
                {"m.jsonl.zst": zstd_frame(ONE, window_log=27)}, [], both),
        packed("a window of 256 MiB", "m.jsonl.zst", one + zstd_frame(TWO, window_log=28),
               "source_failed", end, window, both, len(ONE), 3,
               stderr=r"warning: in/m\.jsonl\.zst: .*window"),
        packed("a window of 2 TiB", "m.jsonl.zst", zstd_frame(TWO, window_log=41), "source_failed",
               0, window, [], 0, 1),
        packed("a dictionary that is missing", "m.jsonl.zst",
               one + zstd_frame(TWO, dictionary=0xC0FFEE), "source_failed", end,
               "the zstd frame needs a dictionary", both, len(ONE), 3,
               stderr=r"warning: in/m\.jsonl\.zst: .*dictionary"),
        packed("wrong checksum", "m.jsonl.zst", zstd_frame(ONE, checksum_error=1) + two,
               "corrupt_stream", end - 4, "the zstd checksum does not match", both, len(ONE), 3),
        packed("wrong checksum in a later frame", "m.jsonl.zst",
               one + zstd_frame(TWO, checksum_error=1 << 31), "corrupt_stream", end + len(two) - 4,
               "the zstd checksum does not match", [*both, "three"], len(ONE + TWO), 4),
        packed("junk behind the last frame", "m.jsonl.zst", one + b"junk", "corrupt_stream", end,
               "bytes after the last zstd frame", both, len(ONE), 3),
        packed("one byte of junk", "m.jsonl.zst", one + b"\n", "corrupt_stream", end,
               "bytes after the last zstd frame", both, len(ONE), 3),
        packed("much junk", "m.jsonl.zst", one + b"junk" * 100_000, "corrupt_stream", end,
               "bytes after the last zstd frame", both, len(ONE), 3),
        packed("zeros behind the last frame", "m.jsonl.zst", one + bytes(512), "corrupt_stream",
               end, "bytes after the last zstd frame", both, len(ONE), 3),
        packed("a gzip member behind the last frame", "m.jsonl.zst", one + gzip_member(TWO),
               "corrupt_stream", end, "bytes after the last zstd frame", both, len(ONE), 3),
        packed("a reserved bit in the header", "m.jsonl.zst",
               one + two[:4] + bytes([two[4] | 8]) + two[5:], "corrupt_stream", end,
               "broken zstd data", both, len(ONE), 3),
        packed("a reserved block type", "m.jsonl.zst", broken, "corrupt_stream", len(broken) - 3,
               "broken zstd data", both, len(ONE), 3),
        packed("a broken block behind a thousand good ones", "m.jsonl.zst", late, "corrupt_stream",
               len(late) - 3, "broken zstd data", [f"d{i}" for i in range(1000)],
               len(documents(*[f"d{i}" for i in range(1000)])), 1001),
        packed("a block larger than its window", "m.jsonl.zst",
               zstd_header(10) + struct.pack("<I", 2000 << 3 | 1)[:3] + bytes(2000),
               "corrupt_stream", 6, "broken zstd data", [], 0, 1),
        packed("nonsense in a compressed block", "m.jsonl.zst",
               zstd_header() + struct.pack("<I", 40 << 3 | 2 << 1 | 1)[:3] + b"\xff" * 40,
               "corrupt_stream", 9, "broken zstd data", [], 0, 1),
        packed("a header that promises 2^60 bytes", "m.jsonl.zst",
               b"\x28\xb5\x2f\xfd\xc0\x38" + struct.pack("<Q", 1 << 60)
               + zstd_blocks([raw_block(ONE)]), "corrupt_stream", 17, "broken zstd data", ["one"],
               len(documents("one")), 2),
    ]
    for size in (5, 6, 9):
        cases.append(packed(f"cut off after {size} bytes", "m.jsonl.zst", one[:size],
                            "truncated_stream", size, "zstd ends early", [], 0, 1))
    for size in (1, 4):
        cases.append(packed(f"{size} bytes of the checksum missing", "m.jsonl.zst", one[:-size],
                            "truncated_stream", end - size, "zstd ends early", both, len(ONE), 3))
    cut = zstd_of_blocks([raw_block(ONE[:100]), raw_block(ONE[100:])])[:-10]
    cases += [
        packed("cut off in the second block", "m.jsonl.zst", cut, "truncated_stream", len(cut),
               "zstd ends early", ["one"], len(documents("one")), 2),
        packed("cut off in a later header", "m.jsonl.zst", one + two[:3], "truncated_stream",
               end + 3, "zstd ends early", both, len(ONE), 3),
        packed("cut off in a skippable frame", "m.jsonl.zst", one + skippable_frame()[:-2],
               "truncated_stream", end + len(skippable_frame()) - 2, "zstd ends early", both,
               len(ONE), 3),
        between("zstd", "named .zst, but plain", {"m.jsonl.zst": ONE}, [], both),
        between("zstd", "named .zst, but gzip", {"m.jsonl.zst": gzip_member(ONE)}, [], both),
        between("zstd", "not named .zst", {"m.jsonl": one}, [], both),
        Case("zstd", "cut off on standard input", {}, [
            Row("truncated_stream", rf"-: byte {end - 4} of the compressed file: zstd ends early",
                "-",
                3, len(ONE))], both, inputs=["-"], stdin=one[:-4]),
    ]
    return cases + [cut_to_nothing("zstd", f"{size} bytes", one[:size]) for size in range(4)]


def stretched(size: int, doc_id: str = "long") -> bytes:
    """A frame that unpacks to one record of `size` bytes, and a good one."""
    begin, end = document(doc_id, "")[:-2], document(doc_id, "")[-2:] + b"\n" + document("behind")
    return zstd_of_blocks([raw_block(begin), *repeat_blocks(b"x", size - len(begin) - 2),
                           raw_block(end)])


def long_cases() -> list:
    """Lines of 64 MiB, the default limit, and beyond; they hardly take room on the disk."""
    def too_large(size: int) -> list:
        return [Row("too_large", f"{size} bytes, longer than max_record_bytes = {64 * MIB} bytes",
                    "in/m.jsonl", 1, 0)]

    def sparse(folder: str) -> None:
        with open(os.path.join(folder, "in", "m.jsonl"), "wb") as out:
            out.seek(1024 * MIB)
            out.write(b"\n" + document("behind"))

    return [
        between("long", "a line of 64 MiB", {"m.jsonl": stretched(64 * MIB)}, [],
                ["long", "behind"],
                only_run=True),
        between("long", "a line of 64 MiB and one byte", {"m.jsonl": stretched(64 * MIB + 1)},
                too_large(64 * MIB + 1), ["behind"], only_run=True),
        between("long", "a line of 1 GiB", {"m.jsonl": stretched(1024 * MIB)},
                too_large(1024 * MIB), ["behind"], only_run=True, config="max_unpack_ratio = 0"),
        between("long", "a hole of 1 GiB in a plain file", {},
                [Row("too_large", f"{1024 * MIB} bytes, longer than max_record_bytes = 1024 bytes",
                     "in/m.jsonl", 1, 0, bytes(1024))], ["behind"], only_run=True, prepare=sparse,
                config="max_record_bytes = 1024"),
    ]


def bomb_cases() -> list:
    """Files that unpack to far more than they are: the limits of [input], below, at and above."""
    def bomb(name: str, files: dict, where: str, limit: str, kept: list, config: str) -> Case:
        row = Row("unpack_limit", rf"{exact(where)}: byte \d+ of the compressed file: unpacks to "
                                  rf"more than {limit}; the rest is not read", where)
        return between("bombs", name, files, [row], kept, config=config,
                       stderr=r"warning: in/m\.\w+\.\w+: .*unpacks to more")

    record = document("one") + b"\n"
    spaces = BLOCK_MAX - len(record)
    small = "max_record_bytes = 1024\n"
    cases = []
    # One record, then blank lines up to the limit and one byte beyond it.
    size = 4 * MIB
    for name, count, over in [("below", size - 1, False), ("at", size, False),
                              ("above", size + 1, True)]:
        blocks = [raw_block(record), repeat_block(b"\n", spaces),
                  *repeat_blocks(b"\n", count - BLOCK_MAX)]
        data = zstd_of_blocks(blocks)
        gz = gzip_member(record + b"\n" * (count - len(record)))
        for kind, bytes_ in [("zst", data), ("gz", gz)]:
            config = f'max_unpacked_bytes = {size}'
            file = f"m.jsonl.{kind}"
            if over:
                cases.append(bomb(f"{kind} {name} the size", {file: bytes_}, f"in/{file}",
                                  f"{size} bytes \\(input.max_unpacked_bytes\\)", ["one"], config))
            else:
                cases.append(between("bombs", f"{kind} {name} the size", {file: bytes_}, [],
                                     ["one"],
                                     config=config))
    # The ratio: the limit is a multiple of the file's size, from 1 MiB on.
    for ratio_over in (False, True):
        blocks = [raw_block(record), *repeat_blocks(b"\n", 3 * MIB)]
        data = zstd_of_blocks(blocks)
        unpacked = 3 * MIB + len(record)
        ratio = -(-unpacked // len(data)) - (1 if ratio_over else 0)
        limit = ratio * len(data)
        config = f'max_unpack_ratio = {ratio}\nunpack_ratio_from = "1 MiB"'
        if ratio_over:
            cases.append(bomb("above the ratio", {"m.jsonl.zst": data}, "in/m.jsonl.zst",
                              rf"{limit} bytes, {ratio} times its size "
                              r"\(input.max_unpack_ratio\)", ["one"], config))
        else:
            cases.append(between("bombs", "below the ratio", {"m.jsonl.zst": data}, [], ["one"],
                                 config=config))
    cases += [
        between("bombs", "beyond the ratio, but small",
                {"m.jsonl.zst": zstd_of_blocks([raw_block(record),
                                                *repeat_blocks(b"\n", MIB - len(record))])},
                [], ["one"], config='max_unpack_ratio = 2\nunpack_ratio_from = "1 MiB"'),
        bomb("beyond the ratio, and one byte more",
             {"m.jsonl.zst": zstd_of_blocks([raw_block(record),
                                             *repeat_blocks(b"\n", MIB + 1 - len(record))])},
             "in/m.jsonl.zst", f"{MIB} bytes \\(input.unpack_ratio_from\\) and 2 times its size "
             r"\(input.max_unpack_ratio\)", ["one"],
             'max_unpack_ratio = 2\nunpack_ratio_from = "1 MiB"'),
        between("bombs", "no limit", {"m.jsonl.zst": stretched(8 * MIB)},
                [Row("too_large", rf"{8 * MIB} bytes, longer than max_record_bytes = 1024 bytes",
                     "in/m.jsonl.zst", 1, 0)], ["behind"],
                config=small + 'max_unpack_ratio = 0\nmax_unpacked_bytes = 0\n'
                               'unpack_ratio_from = "1 KiB"'),
        bomb("a long line in it, never ended", {"m.jsonl.zst": stretched(8 * MIB)},
             "in/m.jsonl.zst",
             f"{MIB} bytes \\(input.max_unpacked_bytes\\)", [],
             small + f"max_unpacked_bytes = {MIB}"),
        bomb("10^4 members", {"m.jsonl.gz": gzip_member(b"\n" * 4096) * 10_000}, "in/m.jsonl.gz",
             f"{MIB} bytes \\(input.max_unpacked_bytes\\)", [], f"max_unpacked_bytes = {MIB}"),
        between("bombs", "a plain file is as large as it is",
                {"m.jsonl": b"\n" * (2 * MIB) + record},
                [], ["one"], config=f"max_unpacked_bytes = {MIB}"),
        bomb("a text", {"m.txt.zst": zstd_of_blocks(repeat_blocks(b"x", 2 * MIB))},
             "in/m.txt.zst", f"{MIB} bytes \\(input.max_unpacked_bytes\\)", [],
             f"max_unpacked_bytes = {MIB}"),
        bomb("the default: 2 GiB of spaces",
             {"m.jsonl.zst": zstd_of_blocks([raw_block(record), *repeat_blocks(b" ", 2048 * MIB)])},
             "in/m.jsonl.zst", f"{1024 * MIB} bytes \\(input.unpack_ratio_from\\) and 250 times "
             r"its size \(input.max_unpack_ratio\)", ["one"], small),
    ]
    stream = zstd_of_blocks([raw_block(record), *repeat_blocks(b"\n", 8 * MIB)])
    cases.append(Case("bombs", "on standard input", {"z.jsonl": documents("last")}, [
        Row("unpack_limit", r"-: byte \d+ of the compressed file: unpacks to more than .*; the "
                            "rest is not read", "-")], ["one", "last"], inputs=["-", "in"],
                      stdin=stream,
        config='max_unpack_ratio = 10\nunpack_ratio_from = "1 MiB"'))
    return cases


def cases() -> list:
    return gzip_cases() + zstd_cases() + long_cases() + bomb_cases()
