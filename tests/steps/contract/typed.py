"""Passwords and usernames that are nearly the right ones, in tables: each has a name
for the reader. The right ones are `johndoe` and `secret`.

Most are made by a function from the right one, so that no alphabet, width or form is
forgotten where another is thought of.
"""

import unicodedata

WIDE = 0xFEE0  # from an ASCII character to its wide form
# Letters that look like ours, or become ours when they are folded or stripped.
CYRILLIC = str.maketrans("aceopxyjsi", "асеорхујѕі")  # noqa: RUF001
ACCENTED = str.maketrans("aeiousn", "áéíóúšñ")
BETWEEN = {
    "a soft hyphen": "\u00ad",
    "a space of no width": "\u200b",
    "a joiner": "\u200d",
    "a mark of direction": "\u200e",
    "a byte order mark": "\ufeff",
    "an accent": "\u0301",
    "a Cyrillic letter": "ж",
    "an emoji": "\U0001f511",
}
AROUND = {
    "a blank": " ",
    "a tab": "\t",
    "a line break": "\n",
    "a carriage return": "\r\n",
    "a wide blank": "\u3000",
    "a blank that does not break": "\u00a0",
}


def spellings(right: str) -> dict[str, str]:
    """Texts that someone who folds, strips or normalises would take for the right one,
    and that are not it."""
    middle = len(right) // 2
    made = {
        "capitals": right.upper(),
        "a capital": right.capitalize(),
        "the last letter capital": right[:-1] + right[-1].upper(),
        "wide letters": "".join(chr(ord(letter) + WIDE) for letter in right),
        "one wide letter": chr(ord(right[0]) + WIDE) + right[1:],
        "Cyrillic letters": right.translate(CYRILLIC),
        **{
            f"a Cyrillic {chr(letter)}": right.replace(chr(letter), alike)
            for letter, alike in _letters(CYRILLIC)
        },
        "accents": right.translate(ACCENTED),
        "accents apart": unicodedata.normalize("NFD", right.translate(ACCENTED)),
        "a long s": right.replace("s", "\u017f"),
        "mathematical letters": "".join(
            chr(0x1D41A + ord(letter) - ord("a")) for letter in right
        ),
    }
    made |= {
        f"{name} in it": right[:middle] + text + right[middle:]
        for name, text in BETWEEN.items()
    }
    made |= {f"{name} before": text + right for name, text in AROUND.items()}
    made |= {f"{name} after": right + text for name, text in AROUND.items()}
    return {name: text for name, text in made.items() if text != right}


def _letters(table: dict[int, int]) -> list[tuple[int, str]]:
    return [(letter, chr(alike)) for letter, alike in table.items()]


PASSWORDS_LIKE_SECRET = {
    "capitals": "SECRET",
    "a capital": "Secret",
    "a blank after": "secret ",
    "a blank before": " secret",
    "a line break after": "secret\n",
    "its beginning": "secre",
    "twice": "secretsecret",
    "quotes": '"secret"',
    "percent signs": "%73ecret",
    "an HTML entity": "&#115;ecret",
    "a pattern": "secre.",
    "any text as a pattern": ".*",
    "an unfinished pattern": "(",
    "SQL": "' OR '1'='1",
    "a space": " ",
    "the fake hash of step 1": "fakehashedsecret",
}

PASSWORDS_IN_OTHER_ALPHABETS = {
    "a Cyrillic letter": "ж",
    "a Cyrillic word": "пароль",
    "a Greek word": "μυστικό",
    "a Chinese word": "密码",
    "an Arabic word": "سر",
    "an emoji": "\U0001f511",
    "a letter of Latin-1": "é",
    **{name: text for name, text in spellings("secret").items() if not text.isascii()},
}

MALFORMED_PASSWORDS = {
    "a NUL alone": "\0",
    "a NUL after": "secret\0",
    "a NUL before": "\0secret",
    "a NUL in it": "sec\0ret",
    "a NUL and more": "secret\0anything",
    "the key of bcrypt, which repeats": "secret\0secret",
    "a NUL and 70 more": "secret" + "\0" * 70,
    "73 bytes": "s" * 73,
    "4,097 characters": "s" * 4097,
    "4,097 bytes in 2,049 characters": "é" * 2048 + "s",
    "the right one many times": "secret" * 700,
}

USERNAMES_LIKE_JOHNDOE = {
    "nobody": "nobody",
    "a space": " ",
    "a dot in it": "john.doe",
    "a hyphen in it": "john-doe",
    "300 characters": "j" * 300,
    "2,000 characters": "j" * 2000,
    "an HTML entity": "&#106;ohndoe",
    "angle brackets": "<b>",
    "a Windows domain": "CORP\\johndoe",
    "its beginning": "john",
    "its end": "doe",
    "one letter more": "johndoe2",
    "a star": "john*",
    "a percent sign": "john%",
    "an underline": "johndo_",
    "a pattern": ".*",
    "an e-mail address": "johndoe@example.com",
    "a full name": "John Doe",
    "SQL": "nobody' OR '1'='1",
    "SQL after it": "johndoe' --",
    "an escape": "%6aohndoe",
    "quotes": '"johndoe"',
    "a NUL after": "johndoe\0",
    "a path": "./johndoe",
    "a slash after": "johndoe/",
    "a plus and a word": "johndoe+news",
    "an at sign": "johndoe@",
    "a domain of two dots": "a@b..c",
    "a place in a format": "{username}",
    "an empty place in a format": "{}",
    "a percent format": "%s",
    "a number": "0",
    "a negative number": "-1",
    "a small number": "\u00b2",
    "an attribute": "__class__",
    "a list": "[]",
    "an object": "{}",
    "None": "None",
    "null": "null",
    "true": "true",
    "a comparison": "$ne",
    "a backslash": "\\",
    "the beginning of another": "ali",
    "two names": "johndoe alice",
    "two names with a comma": "johndoe,alice",
    **spellings("johndoe"),
}
