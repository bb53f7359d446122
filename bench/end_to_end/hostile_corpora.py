"""Corpora made to be slow: what somebody writes who has read the source and wants a run to hang.

Each case is a function of a Scale that yields records. Nothing here is random: the same scale gives
the same bytes. Words are invented.
"""

import collections
import itertools

# documents: how many a case has that is about their number; words: of one document in a case that
# is about its size.
Scale = collections.namedtuple("Scale", "documents words")

CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


class Numbers:
    """A linear congruential generator: the same numbers with every Python."""

    def __init__(self, seed):
        self.state = (seed * 0x9E3779B97F4A7C15 + 0x1234567) % (1 << 64)

    def below(self, end):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        return (self.state >> 33) % end


SYLLABLES = ["ba", "ce", "di", "fo", "gu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo",
             "zu", "an", "er", "il", "os", "ul"]


def word(number):
    """An invented word for each number; no two are the same."""
    letters = SYLLABLES[number % 20]
    number //= 20
    while number:
        number -= 1
        letters += SYLLABLES[number % 20]
        number //= 20
    return letters + "n"


VOCABULARY = [word(number) for number in range(30000)]


def zipfian(numbers):
    """A word, the first ones of the vocabulary the more often; about as in running text."""
    size = len(VOCABULARY)
    return VOCABULARY[int(size ** (numbers.below(1 << 20) / (1 << 20))) - 1]


def sentences(numbers, words):
    """So many words of running text, in sentences and paragraphs."""
    out = []
    left = words
    while left > 0:
        count = min(left, 6 + numbers.below(18))
        some = [zipfian(numbers) for _ in range(count)]
        some[0] = some[0].capitalize()
        left -= count
        out.append(" ".join(some) + (".\n" if numbers.below(4) == 0 else ". "))
    return "".join(out)


def record(number, text, **members):
    members.setdefault("outlet", f"outlet-{number % 50}.example")
    members.setdefault("date", f"2026-{1 + number // 28 % 12:02}-{1 + number % 28:02}")
    members.setdefault("title", f"{word(7 * number)} {word(number)} {word(3 * number + 1)}")
    return {"id": f"doc-{number}", **members, "text": text}


def bare(number, text):
    return {"id": f"doc-{number}", "text": text}


# --- One document -------------------------------------------------------------------------------

@case
def one_shingle_repeated(scale):
    """One shingle, over and over, in each of ten documents."""
    for number in range(10):
        yield record(number, "alpha beta gamma delta epsilon " * (scale.words // 5))


@case
def one_word_repeated(scale):
    for number in range(10):
        yield record(number, "alpha " * (scale.words + number))


@case
def one_shingle_in_many(scale):
    """One shingle, over and over, in many documents of different length."""
    for number in range(scale.documents):
        yield record(number, "alpha beta gamma delta epsilon " * (20 + number % 40))


@case
def short_periods(scale):
    """Texts that repeat themselves with different periods: every place matches every other."""
    for number in range(10):
        period = [word(i) for i in range(20 + number)]
        yield record(number, " ".join(itertools.islice(itertools.cycle(period), scale.words)))


@case
def crowded_shingles(scale):
    """Shingles that stand 60 times in a text, each time after and before another word."""
    for number in range(10):
        numbers = Numbers(number)
        shingles = [" ".join(word(5 * i + k) for k in range(5)) for i in range(scale.words // 360)]
        text = []
        for turn in range(60):
            for shingle in shingles:
                text += [shingle, word(100000 + numbers.below(1000000))]
        yield record(number, " ".join(text))


@case
def words_without_space(scale):
    """A text of ten bytes for each word, and not one space."""
    for number in range(4):
        yield record(number, "alphabetag" * scale.words + str(number))


@case
def ideographs_without_space(scale):
    for number in range(4):
        numbers = Numbers(number)
        yield record(number, "".join(chr(0x4E00 + numbers.below(3000)) for _ in range(scale.words)))


@case
def many_lines(scale):
    """A short line for each word, the same in four documents of an outlet and of others."""
    for number in range(4):
        lines = [f"{word(i)} {word(i * 7 % 1000)}" for i in range(scale.words)]
        yield record(number, "\n".join(lines) + f"\n{number}", outlet=f"outlet-{number % 2}.example")


@case
def many_phrases(scale):
    """Thousands of beginnings of lines that recur on the few, long pages of an outlet."""
    for number in range(20):
        lines = [" ".join(word(i * 6 + k) for k in range(6)) + " here. The " +
                 " ".join(word(40000 * number + 15 * i + k) for k in range(15))
                 for i in range(scale.words // 40)]
        yield record(number, "\n".join(lines), outlet="outlet.example")


@case
def same_lines(scale):
    for number in range(4):
        yield record(number, "Share this\n" * scale.words + str(number), outlet="outlet.example")


@case
def chrome_lines(scale):
    """Short lines that look like menus, and hardly a sentence between them."""
    kinds = ["Home", "Sign in", "News Sport Weather", "Subscribe now", "Share", "Read more",
             "12 May 2026", "By Ann Example", "Photo: Ann Example", "Advertisement", "Comments (3)"]
    for number in range(4):
        lines = []
        for i in range(scale.words):
            lines.append(kinds[i * 7 % 11] if i % 3 else f"{word(i).capitalize()} {word(i % 97)}")
            if i % 50 == 49:
                lines.append("The " + " ".join(word(i + k) for k in range(15)) + ".")
        yield record(number, "\n".join(lines), outlet="outlet.example")


@case
def deep_lists(scale):
    for number in range(4):
        lines = [" " * (i % 200) + f"- {word(i % 500)}" for i in range(scale.words // 10)]
        yield record(number, "\n".join(lines))


@case
def one_long_line(scale):
    """One line of a hundred bytes for each word."""
    numbers = Numbers(1)
    yield record(0, " ".join(zipfian(numbers) for _ in range(14 * scale.words)))


@case
def slides(scale):
    """Counters, as of a gallery: "1 of 100", "2/100"."""
    for number in range(4):
        lines = []
        for i in range(scale.words // 4):
            lines += [f"{i} of {scale.words}", f"{word(i).capitalize()} {word(i % 97)}"]
        yield record(number, "\n".join(lines))


@case
def half_quotes(scale):
    """Quotation marks that are opened and never closed, of all kinds, in each word."""
    marks = "\"“„«‘‚「『”’»"
    for number in range(10):
        numbers = Numbers(number)
        yield record(number, " ".join(marks[i % 11] + zipfian(numbers) for i in
                                      range(scale.words // 2)))


@case
def long_periods(scale):
    """Texts that repeat a thousand words, from different places on."""
    for number in range(10):
        yield record(number, " ".join(word(i % 1000 + number) for i in range(scale.words // 2)))


@case
def rule_bombs(scale):
    """Lines that hold a word which many rules of the built-in packs ask for, and are no chrome."""
    starts = ["Subscribe to", "Sign up for", "Read more about", "Follow us on", "Click here to",
              "Copyright of", "All rights of", "Share the", "Advertisement for", "Newsletter of",
              "Log in to", "Cookies and", "Photo by", "Image of", "Published by", "Updated with",
              "Terms of", "Privacy of", "Download the app", "Watch the video", "Comments on",
              "Related to", "Continue reading", "Getty Images", "Reuters", "Editing by"]
    for number in range(10):
        lines = []
        for i in range(scale.words // 40):
            some = [starts[(i * 5 + k * 7 + number) % len(starts)] for k in range(4)]
            lines.append(f" {word(i)} ".join(some) + f" {word(i + 1)} www.outlet.example @{word(i)}")
        yield record(number, "\n".join(lines))


@case
def bylines_everywhere(scale):
    for number in range(10):
        lines = []
        for i in range(scale.words // 40):
            name = f"{word(i).capitalize()} {word(i + 3).capitalize()}"
            lines += [f"By {name} and {name}", f"{name} | Staff writer",
                      "LISBON, May 12 (Reuters) - " + name, f"Photo: {name}/Agency", "May 12, 2026"]
        yield record(number, "\n".join(lines))


# --- Many documents -----------------------------------------------------------------------------

def text_of(number, words=120):
    return sentences(Numbers(number), words)


@case
def identical_one_outlet(scale):
    for number in range(scale.documents):
        yield record(number, text_of(1), outlet="outlet.example", title="Same", date="2026-05-01")


@case
def identical_many_outlets(scale):
    for number in range(scale.documents):
        yield record(number, text_of(1), outlet=f"outlet-{number}.example", title="Same")


@case
def identical_undated(scale):
    for number in range(scale.documents):
        yield bare(number, text_of(1))


@case
def shared_page(scale):
    """A page of stock text in all documents; the rest of each is its own."""
    page = text_of(1, 400)
    for number in range(scale.documents // 3):
        yield record(number, f"{text_of(number + 2, 40)}\n{page}\n{text_of(-number - 2, 20)}")


@case
def shared_page_own_outlets(scale):
    page = text_of(1, 400)
    for number in range(scale.documents // 3):
        yield record(number, f"{text_of(number + 2, 40)}\n{page}", outlet=f"o-{number}.example")


@case
def shared_quotation(scale):
    """Documents that are one quotation with a few words of their own around it."""
    quotation = "“" + text_of(1, 40).replace("\n", " ") + "”"
    for number in range(scale.documents):
        yield record(number, f"{text_of(number + 2, 12)} {quotation} said {word(number)}.",
                     outlet=f"o-{number % 5000}.example")


@case
def chain(scale):
    """Each nine tenths like the next, the last nothing like the first."""
    numbers = Numbers(5)
    words = [zipfian(numbers) for _ in range(scale.documents * 12 + 120)]
    for number in range(scale.documents):
        yield record(number, " ".join(words[12 * number:12 * number + 120]))


@case
def families_at_the_limit(scale):
    """Groups of 200 copies with some other words each: all of a group are compared with all."""
    for number in range(scale.documents):
        words = text_of(number // 200).split(" ")
        words[number % len(words)] = word(number + 100000)
        yield record(number, " ".join(words), outlet=f"o-{number}.example")


@case
def one_family(scale):
    for number in range(scale.documents):
        words = text_of(1).split(" ")
        words[number % len(words)] = word(number + 100000)
        words[number * 7 % len(words)] = word(number % 1009 + 300000)
        yield record(number, " ".join(words), outlet=f"o-{number}.example")


@case
def half_copies(scale):
    """All are near duplicates of one report, and have so much of their own that all of them stay."""
    report = text_of(1, 80)
    for number in range(scale.documents):
        yield record(number, f"{report}\n{text_of(number + 2, 32)}", outlet=f"o-{number}.example")


@case
def passages_at_the_cap(scale):
    """Texts of six passages of 20 words, each of which a hundred documents have: no two have more
    than one in common."""
    passages = scale.documents * 6 // 100
    for number in range(scale.documents):
        picks = [(number * (2 * k + 1) + k * 977 + number // passages * (k * k + 1)) % passages
                 for k in range(6)]
        yield record(number, " ".join(text_of(p + 10, 20).replace("\n", " ") for p in picks),
                     outlet=f"o-{number}.example")


@case
def same_title(scale):
    """The same title and day, other texts."""
    for number in range(scale.documents):
        yield record(number, text_of(number), title="The council meets on the harbour",
                     date="2026-05-01")


@case
def undated(scale):
    """Articles without a date, of a common vocabulary: all may be reports of one event."""
    for number in range(scale.documents):
        yield bare(number, text_of(number))


@case
def undated_rare_words(scale):
    """No date, and each word in just so few documents that stories go by it."""
    kinds = max(scale.documents * 40 // 900, 60)
    for number in range(scale.documents):
        numbers = Numbers(number)
        yield bare(number, " ".join(word(1000 + numbers.below(kinds)) for _ in range(100)))


@case
def one_day_rare_words(scale):
    for document in undated_rare_words(scale):
        yield {**document, "date": "2026-05-01", "outlet": f"{document['id']}.example"}


@case
def same_id(scale):
    for number in range(scale.documents):
        yield {**record(number, text_of(number)), "id": "same"}


@case
def same_id_equal_rank(scale):
    """The same id, date and text but for case: nothing tells the documents apart but their place."""
    for number in range(scale.documents):
        yield {"id": "same", "outlet": "outlet.example", "text": text_of(1).upper()
               if number % 2 else text_of(1)}


@case
def outlets_of_one(scale):
    for number in range(scale.documents):
        yield record(number, text_of(number), outlet=f"outlet-{number}.example")


@case
def one_outlet(scale):
    for number in range(scale.documents):
        yield record(number, text_of(number), outlet="outlet.example")


@case
def outlet_of_frames(scale):
    """One outlet whose lines begin and end with the same words: prefixes and suffixes to learn."""
    for number in range(scale.documents):
        lines = [f"Only here at the outlet every day {word(number * 9 + i)} {word(i)} "
                 f"{word(number)} and now read on with us at the outlet" for i in range(6)]
        yield record(number, "\n".join(lines), outlet="outlet.example")


@case
def tiny(scale):
    for number in range(10 * scale.documents):
        yield {"text": "a"}


@case
def tiny_words(scale):
    for number in range(10 * scale.documents):
        yield {"text": word(number)}


@case
def empty_objects(scale):
    for _ in range(10 * scale.documents):
        yield {}
