"""Bad and odd records: JSON, fields, UTF-8, byte order marks, line breaks, sizes, escapes."""

import json

from table import (AFTER, BEFORE, MANY_LINES, Case, Row, bad_line, between, document, documents,
                   exact, odd_line)

MAX_DEPTH = 500  # kMaxJsonDepth
BUFFER = 256 << 10  # bytes that the reader takes at once


def json_cases() -> list:
    """Every kind of broken JSON. (name, line, offset of the fault, message)"""
    broken = [
        ("object cut off", b'{"id":"x","text":"abc"', 22, "unexpected end"),
        ("cut off in a string", b'{"id":"x","text":"abc', 17, "string without end"),
        ("cut off in a name", b'{"id":"x","te', 10, "string without end"),
        ("cut off behind a name", b'{"id":"x","text"', 16, "unexpected end"),
        ("cut off behind a colon", b'{"id":"x","text":', 17, "unexpected end"),
        ("cut off behind a comma", b'{"id":"x",', 10, "unexpected end"),
        ("an opening brace only", b"{", 1,
         "unexpected end; each record must stand on a line of its own"),
        ("comma behind the last member", b'{"id":"x","text":"a",}', 21, "expected a member name"),
        ("comma behind the last item", b'{"text":"a","tags":[1,2,]}', 24, "unexpected character"),
        ("two commas", b'{"id":"x",,"text":"a"}', 10, "expected a member name"),
        ("comma for a colon", b'{"id","x","text":"a"}', 5, "expected ':'"),
        ("colon for a comma", b'{"id":"x":"text":"a"}', 9, "expected ',' or '}'"),
        ("no comma", b'{"id":"x" "text":"a"}', 10, "expected ',' or '}'"),
        ("no colon", b'{"id":"x","text" "a"}', 17, "expected ':'"),
        ("a name without a value", b'{"id":"x","text"}', 16, "expected ':'"),
        ("single quotes", b"{'id':'x','text':'a'}", 1, "expected a member name"),
        ("names without quotes", b'{id:"x",text:"a"}', 1, "expected a member name"),
        ("curly quotes", '{“id”:“x”}'.encode(), 1, "expected a member name"),
        ("NaN", b'{"text":"a","score":NaN}', 20, "unexpected character"),
        ("Infinity", b'{"text":"a","score":Infinity}', 20, "unexpected character"),
        ("minus Infinity", b'{"text":"a","score":-Infinity}', 20, "broken number"),
        ("True of Python", b'{"text":"a","ok":True}', 17, "unexpected character"),
        ("None of Python", b'{"text":None,"title":"a"}', 8, "unexpected character"),
        ("undefined", b'{"text":"a","by":undefined}', 17, "unexpected character"),
        ("half a literal", b'{"text":"a","ok":tru}', 17, "unexpected character"),
        ("too much of a literal", b'{"text":"a","ok":trueish}', 21, "expected ',' or '}'"),
        ("hexadecimal number", b'{"text":"a","n":0x1F}', 17, "expected ',' or '}'"),
        ("number with a zero before it", b'{"text":"a","n":01}', 17, "expected ',' or '}'"),
        ("number with a plus", b'{"text":"a","n":+1}', 16, "unexpected character"),
        ("number without digits before the point", b'{"text":"a","n":.5}', 16,
         "unexpected character"),
        ("number without digits behind the point", b'{"text":"a","n":1.}', 16, "broken number"),
        ("number without an exponent", b'{"text":"a","n":1e}', 16, "broken number"),
        ("number with separators", b'{"text":"a","n":1_000}', 17, "expected ',' or '}'"),
        ("a brace too much", b'{"id":"x","text":"a"}}', 21,
         "unexpected character after the value"),
        ("bracket closed by a brace", b'{"text":"a","tags":[1}', 21, "expected ',' or ']'"),
        ("brace closed by a bracket", b'{"text":"a","tags":{"b":1]}', 25, "expected ',' or '}'"),
        ("bracket left open", b'{"text":"a","tags":[1,2', 23, "unexpected end"),
        ("two records on a line", b'{"id":"x","text":"a"}{"id":"y","text":"b"}', 21,
         "unexpected character after the value"),
        ("two records with a space between", b'{"id":"x","text":"a"} {"id":"y","text":"b"}', 22,
         "unexpected character after the value"),
        ("comma behind the record", b'{"id":"x","text":"a"},', 21,
         "unexpected character after the value"),
        ("words behind the record", b'{"id":"x","text":"a"} done', 22,
         "unexpected character after the value"),
        ("words before the record", b'LOG {"id":"x","text":"a"}', 0, "unexpected character"),
        ("a quote that is escaped away", b'{"id":"x","text":"abc\\"}', 17, "string without end"),
        ("a backslash at the end", b'{"id":"x","text":"abc\\', 21, "broken escape in a string"),
        ("unknown escape", b'{"text":"a\\x41"}', 10, "broken escape in a string"),
        ("escaped single quote", b'{"text":"it\\\'s"}', 11, "broken escape in a string"),
        ("unknown escape in a name", b'{"te\\xt":"a"}', 4, "broken escape in a string"),
        ("broken \\u", b'{"text":"a\\u12G4"}', 10, "broken escape in a string"),
        ("short \\u", b'{"text":"a\\u12"}', 10, "broken escape in a string"),
        ("\\U in capitals", b'{"text":"a\\U0001F600"}', 10, "broken escape in a string"),
        ("tab in a string", b'{"text":"a\tb"}', 10, "control character in a string"),
        ("U+0001 in a string", b'{"text":"a\x01b"}', 10, "control character in a string"),
        ("NUL in a string", b'{"text":"a\0b"}', 10, "control character in a string"),
        ("carriage return in a string", b'{"text":"a\rb"}', 10, "control character in a string"),
        ("control character in a name", b'{"te\x02xt":"a"}', 4, "control character in a string"),
        ("control character in an ignored member", b'{"text":"a","x":["\x1f"]}', 18,
         "control character in a string"),
        ("NUL between tokens", b'{"text":\0"a"}', 8, "unexpected character"),
        ("NUL behind the record", b'{"text":"a"}\0', 12, "unexpected character after the value"),
        ("only a NUL", b"\0", 0, "unexpected character"),
        ("many NULs", b"\0" * 5000, 0, "unexpected character"),
        ("line comment", b"// an archive of 2024", 0, "unexpected character"),
        ("block comment", b'{"text":"a"/* ! */}', 11, "expected ',' or '}'"),
        ("hash comment", b"# an archive of 2024", 0, "unexpected character"),
        ("record separator of RFC 7464", b'\x1e{"text":"a"}', 0, "unexpected character"),
        ("form feed as space", b'{"text":\x0c"a"}', 8, "unexpected character"),
        ("no-break space as space", '{"text":\u00a0"a"}'.encode(), 8, "unexpected character"),
        ("a byte order mark in the middle of the file", b'\xef\xbb\xbf{"text":"a"}', 0,
         "unexpected character"),
        ("HTML", b"<!DOCTYPE html><title>404</title>", 0, "unexpected character"),
        ("CSV", b"id,text\tx", 0, "unexpected character"),
        ("a torn write", b'{"id":"x","text":"one {"id":"y","text":"two"}', 24,
         "expected ',' or '}'"),
    ]
    cases = [bad_line("json", name, line, "broken_json", f"byte {at}: {message}")
             for name, line, at, message in broken]
    for name, line, kind in [
            ("a list", b'[{"text":"a"}]', "a list"), ("an empty list", b"[]", "a list"),
            ("a string", b'"text"', "a string"), ("a number", b"42", "a number"),
            ("a boolean", b"true", "a boolean"), ("null", b"null", "null"),
            ("a number too large for a double", b"1e999", "a number")]:
        cases.append(bad_line("json", f"the record is {name}", line, "not_an_object",
                              f"byte 0: the record is {kind}, not an object"))
    pretty = b'[\n{"id":"x","text":"a"},\n{"id":"y","text":"b"}\n]\n'
    cases.append(between(
        "json", "a file that is one list", {"m.json": pretty},
        [Row("broken_json", MANY_LINES, "in/m.json", 1, 0, b"["),
         Row("broken_json", exact("byte 21: unexpected character after the value"), "in/m.json", 2,
             2, b'{"id":"x","text":"a"},'),
         Row("broken_json", exact("byte 0: unexpected character"), "in/m.json", 4, 47, b"]")],
        ["y"]))
    return cases + [
        odd_line("json", "space around every token",
                 b' \t{ "id" : "odd" ,\t"text" : "Low tide." } \t', text="Low tide."),
        odd_line("json", "escaped name of a field", b'{"id":"odd","te\\u0078t":"Low tide."}'),
        odd_line("json", "numbers of any size in ignored members",
                 b'{"id":"odd","text":"Low tide.","n":[1e999,-1e-999,%s,-0]}' % (b"9" * 5000)),
        odd_line("json", "10^5 ignored members",
                 b'{"id":"odd",' + b"".join(b'"m%d":%d,' % (i, i) for i in range(100_000))
                 + b'"text":"Low tide."}', text="Low tide."),
        odd_line("json", "a name of 1 MB", b'{"id":"odd","%s":1,"text":"Low tide."}'
                 % (b"n" * 1_000_000), text="Low tide."),
        odd_line("json", "a list of 10^6 items",
                 b'{"id":"odd","x":[' + b"0," * 999_999 + b'0],"text":"Low tide."}'),
    ]


def nested(levels: int, opening: bytes = b"[", inside: bytes = b"", closing: bytes = b"]") -> bytes:
    return opening * levels + inside + closing * levels


def deep_cases() -> list:
    """Nesting: the record itself is the first level."""
    cases = []
    for name, opening, inside, closing in [("lists", b"[", b"", b"]"),
                                           ("objects", b'{"a":', b"1", b"}")]:
        at = nested(MAX_DEPTH - 1, opening, inside, closing)
        cases.append(odd_line("deep", f"{name} at the limit in an ignored member",
                              b'{"id":"odd","text":"Low tide.","x":' + at + b"}",
                              text="Low tide."))
        for levels in (MAX_DEPTH, 2 * MAX_DEPTH, 1_000_000):
            above = nested(levels, opening, inside, closing)
            fault = 35 + (MAX_DEPTH - 1) * len(opening)
            cases.append(bad_line("deep", f"{levels} {name} in an ignored member",
                                  b'{"id":"odd","text":"Low tide.","x":' + above + b"}",
                                  "broken_json", f"byte {fault}: nested too deep"))
    path = b'{"id":"odd","text":"Low tide.","meta":' + nested(
        MAX_DEPTH - 2, b'{"site":', b'{"site":"North"}', b"}") + b"}"
    return cases + [
        odd_line("deep", "objects at the limit below a path of the field map", path,
                 flags=["--fields", "copydesk"]),
        bad_line("deep", "10^6 brackets never closed", b"[" * 1_000_000, "broken_json",
                 f"byte {MAX_DEPTH}: nested too deep"),
        bad_line("deep", "10^6 braces never closed", b'{"a":' * 1_000_000, "broken_json",
                 f"byte {MAX_DEPTH * 5}: nested too deep"),
        bad_line("deep", "the text is 10^5 lists", b'{"text":' + nested(100_000) + b"}",
                 "broken_json", f"byte {8 + MAX_DEPTH - 1}: nested too deep"),
        bad_line("deep", "10^6 closing brackets", b"]" * 1_000_000, "broken_json",
                 "byte 0: unexpected character"),
    ]


def field_cases() -> list:
    """Wrong types, nulls, twice, absent."""
    kinds = [(b"7", "a number"), (b"true", "a boolean"), (b'["Low tide."]', "a list"),
             (b'{"en":"Low tide."}', "an object")]
    cases = [bad_line("fields", f"the text is {kind}", b'{"id":"x","text":%s}' % value,
                      "text_not_string", f"byte 17: the text is {kind}, not a string")
             for value, kind in kinds]
    cases += [bad_line("fields", f"no text, and the title is {kind}", b'{"title":%s}' % value,
                       "no_text_or_title",
                       f"byte 9: no text (text), and the title is {kind}, not a string")
              for value, kind in kinds]
    neither = "neither a text (text) nor a title (title)"
    cases += [bad_line("fields", name, line, "no_text_or_title", neither) for name, line in [
        ("an empty object", b"{}"), ("no text and no title", b'{"id":"x","body":"Low tide."}'),
        ("text and title are null", b'{"id":"x","text":null,"title":null}'),
        ("the names are in capitals", b'{"TEXT":"Low tide.","Title":"Tide"}'),
        ("the text is below another member", b'{"article":{"text":"Low tide."}}')]]
    for field in ("outlet", "url", "title", "date", "language"):
        for value, kind in [*kinds, (b"null", "null")]:
            cases.append(odd_line("fields", f"the {field} is {kind}",
                                  b'{"id":"odd","%s":%s,"text":"Low tide."}'
                                  % (field.encode(), value), text="Low tide."))
    for value, kind in kinds[1:] + [(b"null", "null"), (b'""', "empty")]:
        cases.append(odd_line("fields", f"the id is {kind}",
                              b'{"id":%s,"text":"Low tide."}' % value,
                              "generated", "Low tide."))
    # Numbers keep the digits they came with, as ids do in the audit.
    for name, value in [("small", "7"), ("of 40 digits", "9" * 40), ("of 5000 digits", "9" * 5000),
                        ("beyond a double", "1e999"), ("minus zero", "-0")]:
        cases.append(odd_line("fields", f"a number as id: {name}",
                              b'{"id":%s,"text":"Low tide."}' % value.encode(), json.loads(value),
                              "Low tide.", flags_of={value: []}))
    for value in ("1e400", "9" * 30, "-" + "9" * 30, "0", "1e5", '""', '"0000-00-00"', '"tomorrow"',
                  '"2024-13-45T99:99:99Z"', '"%s"' % ("2" * 10_000)):
        cases.append(odd_line("fields", f"the date is {value[:24]}",
                              b'{"id":"odd","date":%s,"text":"Low tide."}' % value.encode(),
                              text="Low tide."))
    return cases + [
        odd_line("fields", "the id stands twice: the last counts",
                 b'{"id":"one","id":"odd","text":"Low tide."}', flags_of={"odd": []}),
        odd_line("fields", "the text stands twice: the last counts",
                 b'{"id":"odd","text":"High tide.","text":"Low tide."}', text="Low tide."),
        odd_line("fields", "the text stands twice, first as a number",
                 b'{"id":"odd","text":1,"text":"Low tide."}', text="Low tide."),
        bad_line("fields", "the text stands twice, last as a number",
                 b'{"id":"odd","text":"Low tide.","text":1}', "text_not_string",
                 "byte 38: the text is a number, not a string"),
        odd_line("fields", "the text stands twice, last as null",
                 b'{"id":"odd","text":"Low tide.","text":null,"title":"Tide"}'),
        odd_line("fields", "a title only", b'{"id":"odd","title":"Low tide"}'),
        odd_line("fields", "an escaped NUL in the text", b'{"id":"odd","text":"Low\\u0000tide."}',
                 text="Low\0tide.", flags_of={"odd": ["control_bytes"]}),
        odd_line("fields", "an annotation of an earlier run that is not an object",
                 b'{"copydesk":7,"id":"odd","text":"Low tide."}', text="Low tide."),
        odd_line("fields", "two annotations of earlier runs",
                 b'{"copydesk":7,"id":"odd","copydesk":{"doc":1},"text":"Low tide."}',
                 text="Low tide."),
        Case("fields", "many records of one id",
             {"m.jsonl": BEFORE + document("same", "Low tide.") + b"\n" + document("same", "High.")
              + b"\n" + document("before", "Another.") + b"\n" + AFTER}, [],
             ["before", "same", "same", "before", "after"]),
        Case("fields", "an empty text",
             {"m.jsonl": BEFORE + b'{"id":"empty","text":""}\n{"id":"blank","text":" \\n\\t"}\n'
              + AFTER}, [], ["before", "after"], ["empty", "blank"]),
    ]


def utf8_cases() -> list:
    """Broken UTF-8 in the text of a record, and valid characters at the edges of what there is."""
    broken = [
        ("overlong 2 bytes, NUL", b"\xc0\x80"), ("overlong 2 bytes, the last", b"\xc1\xbf"),
        ("overlong 3 bytes, NUL", b"\xe0\x80\x80"), ("overlong 3 bytes, the last", b"\xe0\x9f\xbf"),
        ("overlong 4 bytes, NUL", b"\xf0\x80\x80\x80"),
        ("overlong 4 bytes, the last", b"\xf0\x8f\xbf\xbf"),
        ("first surrogate", b"\xed\xa0\x80"), ("last surrogate", b"\xed\xbf\xbf"),
        ("a pair of surrogates (CESU-8)", b"\xed\xa0\xbd\xed\xb8\x80"),
        ("first above U+10FFFF", b"\xf4\x90\x80\x80"), ("far above U+10FFFF", b"\xf7\xbf\xbf\xbf"),
        ("5 bytes", b"\xf8\x88\x80\x80\x80"), ("6 bytes", b"\xfc\x84\x80\x80\x80\x80"),
        ("FE", b"\xfe"), ("FF", b"\xff"),
        ("lone continuation, the first", b"\x80"), ("lone continuation, the last", b"\xbf"),
        ("continuations without end", b"\xe2\x82\xac\x80"),
        ("2 bytes cut off", b"\xc3"), ("3 bytes cut off", b"\xe2\x82"),
        ("4 bytes cut off", b"\xf0\x9f\x98"), ("cut off by another character", b"\xe2\x82\xc3\xa9"),
        ("Latin-1", "Café".encode("latin-1")[3:]), ("Windows-1252", b"\x93Low\x94"),
        ("Shift-JIS", "潮".encode("shift-jis")), ("UTF-7 is ASCII, then EB", b"+IKw-\xeb"),
    ]
    cases = []
    for name, data in broken:
        at = next(i for i in range(len(data)) if data[i] >= 0x80)
        if name.startswith("continuations"):
            at = 3
        line = b'{"id":"x","text":"' + data + b' tide."}'
        cases.append(bad_line("utf8", name, line, "invalid_utf8", f"byte {18 + at}: invalid UTF-8"))
    for name, line, at in [
            ("cut off by the end of the line", b'{"id":"x","text":"Tide \xe2\x82', 23),
            ("in a name", b'{"id":"x","te\xffxt":"a","text":"Tide"}', 13),
            ("in an ignored member", b'{"text":"Tide","x":["\xc3("]}', 21),
            ("between tokens", b'{"text":"Tide"}\xa0', 15),
            ("broken JSON as well: the bytes come first", b"{\xff'", 1)]:
        cases.append(bad_line("utf8", name, line, "invalid_utf8", f"byte {at}: invalid UTF-8"))
    tail = b'{"id":"x","text":"Tide \xf0\x9f'
    cases.append(between("utf8", "cut off by the end of the file", {"m.jsonl": BEFORE + tail},
                         [Row("invalid_utf8", exact("byte 23: invalid UTF-8"), "in/m.jsonl", 2,
                              len(BEFORE), tail)], ["before"]))
    cases.append(between("utf8", "in a plain text", {"m.txt": b"Low t\xefde.\n"},
                         [Row("invalid_utf8", exact("byte 5: invalid UTF-8"), "in/m.txt", 0, 0,
                              b"Low t\xefde.\n")], []))
    for name, text in [("U+10FFFF", "\U0010ffff"), ("noncharacters", "\ufffe\uffff\ufdd0"),
                       ("the last of each length", "\x7f\u07ff\uffff\U0010ffff"),
                       ("the first of each length", "\x80\u0800\U00010000"),
                       ("around the surrogates", "\ud7ff\ue000"),
                       ("a byte order mark in the text", "\ufeffLow"),
                       ("line and paragraph separators", "Low\u2028tide\u2029.")]:
        cases.append(odd_line("utf8", f"valid: {name}", document("odd", text + " tide."),
                              text=text + " tide."))
    for name, escaped, text in [
            ("high", b"\\ud83d", "\ufffd"), ("low", b"\\ude00", "\ufffd"),
            ("low before high", b"\\ude00\\ud83d", "\ufffd\ufffd"),
            ("high before a letter", b"\\ud83dx", "\ufffdx")]:
        cases.append(odd_line("utf8", f"escaped half of a pair: {name}",
                              b'{"id":"odd","text":"Tide %s."}' % escaped, text=f"Tide {text}.",
                              flags_of={"odd": ["lone_surrogates"]}))
    # Characters of 2, 3 and 4 bytes across the edge of what is read at once, at every place.
    for char in ("é", "€", "😀"):
        size = len(char.encode())
        for before in range(1, size):
            line = fill_to(BUFFER - before - len(BEFORE), char)
            cases.append(odd_line("utf8", f"{size} bytes, {before} before the edge of a buffer",
                                  line, text=json.loads(line)["text"]))
            cut = line.replace(char.encode(), char.encode()[:before] + b"x", 1)
            cases.append(bad_line("utf8", f"{before} of {size} bytes, then the edge of a buffer",
                                  cut, "invalid_utf8",
                                  f"byte {BUFFER - before - len(BEFORE)}: invalid UTF-8"))
    return cases


def fill_to(offset: int, char: str) -> bytes:
    """A record in which `char` begins at this byte."""
    begin = b'{"id":"odd","text":"'
    return begin + b"x" * (offset - len(begin)) + char.encode() + b' and more."}'


def mark_cases() -> list:
    """Byte order marks, and encodings that are not UTF-8."""
    bom = b"\xef\xbb\xbf"
    two = documents("one", "two")
    text = two.decode()
    cases = [
        between("marks", "UTF-8 mark at the start", {"m.jsonl": bom + two}, [], ["one", "two"]),
        between("marks", "only a UTF-8 mark", {"m.jsonl": bom}, [], []),
        between("marks", "a UTF-8 mark and a blank line", {"m.jsonl": bom + b"\r\n" + two}, [],
                ["one", "two"]),
        between("marks", "two UTF-8 marks", {"m.jsonl": bom + bom + two},
                [Row("broken_json", exact("byte 0: unexpected character"), "in/m.jsonl", 1, 3)],
                ["two"]),
        between("marks", "half a UTF-8 mark", {"m.jsonl": bom[:2] + two},
                [Row("invalid_utf8", exact("byte 0: invalid UTF-8"), "in/m.jsonl", 1, 0)], ["two"]),
        between("marks", "a broken line behind a UTF-8 mark", {"m.jsonl": bom + b"{]\n" + two},
                [Row("broken_json", exact("byte 1: expected a member name"), "in/m.jsonl", 1, 3,
                     b"{]")], ["one", "two"]),
        between("marks", "UTF-8 mark of a text", {"m.txt": bom + b"Low tide."}, [], ["m.txt"],
                texts={"m.txt": "Low tide."}),
        between("marks", "UTF-16 without a mark", {"m.jsonl": '{"a":1}'.encode("utf-16-le")},
                [Row("broken_json", exact("byte 1: expected a member name"), "in/m.jsonl", 1, 0)],
                []),
        between("marks", "UTF-16 mark before UTF-8", {"m.jsonl": b"\xff\xfe" + two},
                [Row("invalid_utf8", exact("byte 0: invalid UTF-8"), "in/m.jsonl", 1, 0)], ["two"]),
    ]
    for name, mark, codec, said in [
            ("UTF-16 LE", b"\xff\xfe", "utf-16-le", "UTF-16"),
            ("UTF-16 BE", b"\xfe\xff", "utf-16-be", "UTF-16"),
            ("UTF-32 LE", b"\xff\xfe\0\0", "utf-32-le", "UTF-32"),
            ("UTF-32 BE", b"\0\0\xfe\xff", "utf-32-be", "UTF-32")]:
        message = exact(f"the file is {said}; only UTF-8 is read")
        cases.append(between("marks", f"{name} records", {"m.jsonl": mark + text.encode(codec)},
                             [Row("invalid_utf8", message, "in/m.jsonl", 1, 0)], [],
                             stderr=r"warning: in/m\.jsonl: the file is UTF"))
        cases.append(between("marks", f"{name} text", {"m.txt": mark + "Low tide.".encode(codec)},
                             [Row("invalid_utf8", message, "in/m.txt", 0, 0,
                                  mark + "Low tide.".encode(codec))], []))
    return cases


def line_cases() -> list:
    """Line breaks, blank lines and files, no break at the end, lines that never end."""
    one, two = document("one"), document("two")
    limit = 4096
    config = f"max_record_bytes = {limit}"

    def long_line(size: int, doc_id: str = "long") -> bytes:
        empty = document(doc_id, "")
        return document(doc_id, "x" * (size - len(empty)))

    def too_large(size: int) -> str:
        return exact(f"{size} bytes, longer than max_record_bytes = {limit} bytes")

    blank = b" " * (limit + 1)
    return [
        between("lines", "CRLF", {"m.jsonl": one + b"\r\n" + two + b"\r\n"}, [], ["one", "two"]),
        between("lines", "CRLF and LF, last line without", {"m.jsonl": one + b"\r\n" + two}, [],
                ["one", "two"]),
        between("lines", "CR CR LF", {"m.jsonl": one + b"\r\r\n" + two + b"\r\r\n"}, [],
                ["one", "two"]),
        between("lines", "lone CR: one line with two records", {"m.jsonl": one + b"\r" + two},
                [Row("broken_json", exact(f"byte {len(one) + 1}: unexpected character after the "
                                          "value"), "in/m.jsonl", 1, 0, one + b"\r" + two)], []),
        between("lines", "CR between tokens", {"m.jsonl": b'{"id":"one",\r"text":"Low tide."}\r\n'},
                [], ["one"]),
        between("lines", "LF CR", {"m.jsonl": one + b"\n\r" + two + b"\n\r"}, [], ["one", "two"]),
        between("lines", "blank lines", {"m.jsonl": b"\n\n \t\r\n" + one + b"\n\r\n\n  " + two}, [],
                ["one", "two"]),
        between("lines", "a rejected line behind blank ones",
                {"m.jsonl": b"\n \n" + one + b"\n\n{\n"},
                [Row("broken_json", MANY_LINES, "in/m.jsonl", 5,
                     len(one) + 5, b"{")], ["one"]),
        between("lines", "a file of blank lines", {"m.jsonl": b"\n \r\n\t\n"}, [], []),
        between("lines", "a file of nothing", {"m.jsonl": b""}, [], []),
        between("lines", "a text of nothing", {"m.txt": b""}, [], [], dropped=["m.txt"]),
        Case("lines", "nothing but files of nothing", {"a.jsonl": b"", "b.json": b"\n"}),
        between("lines", "NULs at the end, as after a power loss",
                {"m.jsonl": one + b"\n" + b"\0" * 512},
                [Row("broken_json", exact("byte 0: unexpected character"), "in/m.jsonl", 2,
                     len(one) + 1, b"\0" * 512)], ["one"]),
        between("lines", "last line cut off", {"m.jsonl": one + b"\n" + two[:-3]},
                [Row("broken_json", r"byte \d+: string without end", "in/m.jsonl", 2, len(one) + 1,
                     two[:-3])], ["one"]),
        between("lines", "a line as long as allowed", {"m.jsonl": long_line(limit) + b"\n" + one},
                [],
                ["long", "one"], config=config),
        between("lines", "a line one byte too long",
                {"m.jsonl": long_line(limit + 1) + b"\n" + one},
                [Row("too_large", too_large(limit + 1), "in/m.jsonl", 1, 0,
                     long_line(limit + 1)[:limit])], ["one"], config=config),
        between("lines", "a long line of spaces", {"m.jsonl": blank + b"\n" + one},
                [Row("too_large", too_large(limit + 1), "in/m.jsonl", 1, 0, blank[:limit])],
                ["one"],
                config=config),
        between("lines", "a long line cut in the middle of a character",
                {"m.jsonl": b'"' + "é".encode() * limit + b"\n" + one},
                [Row("too_large", too_large(2 * limit + 1), "in/m.jsonl", 1, 0,
                     (b'"' + "é".encode() * limit)[:limit])], ["one"], config=config),
        between("lines", "a text as long as allowed", {"m.txt": b"x" * limit}, [], ["m.txt"],
                config=config),
        between("lines", "a text one byte too long", {"m.txt": b"x" * (limit + 1)},
                [Row("too_large", too_large(limit + 1), "in/m.txt", 0, 0, b"x" * limit)], [],
                config=config),
        between("lines", "a text far too long", {"m.txt": b"x" * (3 << 20)},
                [Row("too_large", too_large(3 << 20), "in/m.txt", 0, 0, b"x" * limit)], [],
                config=config),
    ]


def heavy_cases() -> list:
    """One document that is large in one way, through all stages of the default config."""
    heavy = [
        ("10^6 lines", "".join(f"Line {i % 977} of the tide table.\n" for i in range(1_000_000))),
        ("10^6 equal lines", "Low tide at noon.\n" * 1_000_000),
        ("10^6 line breaks", "Low" + "\n" * 1_000_000 + "tide."),
        ("10^6 words without a space", "潮" * 1_000_000),
        ("10^6 words that hyphens join", "-".join(["tide"] * 1_000_000)),
        ("a word of 4 MB", "x" * (4 << 20)),
        ("10^6 combining marks", "e" + "\u0301" * 1_000_000),
        ("10^6 zero width joiners", "\u200d" * 1_000_000 + "tide"),
        ("one word 10^6 times", "tide " * 1_000_000),
    ]
    cases = []
    for name, text in heavy:
        cases.append(Case("heavy", name,
                          {"m.jsonl": BEFORE + document("odd", text) + b"\n" + AFTER},
                          [], ["before", "odd", "after"], all_stages=True, only_run=True,
                          seconds=60))
    return cases


def terminal_cases() -> list:
    """Escapes and turns of direction must not reach a terminal."""
    evil = "\x1b]0;owned\x07\x1b[2J\u202e\u2066\x9b31m\u200f"
    cases = []
    for name, line, message in [
            ("in a broken line", b'{"id":"\x1b[31m","text":"a"}',
             "byte 7: control character in a string"),
            ("behind the record", b'{"text":"a"}\x1b[2J', "byte 12: unexpected character after the "
                                                          "value"),
            ("C1 in a broken line", '{"text":\x9b31m'.encode(), "byte 8: unexpected character"),
            ("turned direction in a broken line", "{\u202e".encode(),
             "byte 1: expected a member name")]:
        cases.append(bad_line("terminal", name, line, "broken_json", message, explain=True))
    record = json.dumps({"id": evil, "title": evil, "outlet": evil, "url": f"https://{evil}",
                         "date": evil, "language": evil, "text": f"{evil} Low tide."}).encode()
    cases.append(odd_line("terminal", "in every field of a record", record, evil,
                          f"{evil} Low tide.", all_stages=True, explain=True))
    cases.append(between("terminal", "in the bytes of a text", {"m.txt": f"{evil}\nTide.".encode()},
                         [], ["m.txt"], texts={"m.txt": f"{evil}\nTide."},
                         flags_of={"m.txt": ["control_bytes"]}, explain=True))
    return cases


def cases() -> list:
    return (json_cases() + deep_cases() + field_cases() + utf8_cases() + mark_cases()
            + line_cases() + heavy_cases() + terminal_cases())
