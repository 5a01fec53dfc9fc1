"""Keys and numbers of minutes, good and bad, and files to find them in: tables in which
each has a name for the reader.
"""

import re

GOOD_KEY = "5a0d41b3a92c1e7f6d80c4b7e2f3159ad6c8e0714b2f93a57d1e60c8b4f7a293"
# Each is in it once.
LETTERS = "q7Zx2RmVb9KdTf4HyWc8NpJs3LgAe6"
# No message has them, but one that quotes the key.
RARE_LETTERS = "\u203d\u2042\u2e2e\u2e18\u203b\u2051\u205c\u205e"

# Each is an example somewhere, and in use since. Tokens that these sign are tried, too.
PUBLISHED_KEYS = {
    "FastAPI": "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
    "Flask": "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
    "jwt.io": "a-string-secret-at-least-256-bits-long",
    "Spring": "404E635266556A586E3272357538782F413F4428472B4B6250645367566B5970",
    "Spring 2": "5367566B59703373367639792F423F4528482B4D6251655468576D5A71347437",
}

# From jwt_tool's list of keys to try.
KEYS_OF_A_LIST = {
    key: key
    for key in (
        "61306132616264382D363136322D343163332D383364362D316366353539623436616663",
        "872e4e50ce9990d8b041330c47c9ddd11bec6b503ae9386a99da8584e9bb12c4",
        "A43CC200A1BD292682598DA42DAA9FD14589F3D8BF832FFA206BE775259EE1EA",
        "C2A4EB068AF8ABEF18D80B1689C7D785",
        "fe1a1915a379f3be5394b64d14794932",
        "GQDstcKsx0NHjPOuXOYg5MbeJ1XT0uFiwDVvVBrk",
        "gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr9C",
        "my_very_long_and_safe_secret_key",
        "R9MyWaEoyiMYViVWo8Fk4TUGWiSoaW6U1nOqXri8_XU",
        "Secret key. You can use `mix guardian.gen.secret` to get one",
        "YoUR sUpEr S3krEt 1337 HMAC kEy HeRE",
    )
}

# Good ones that a check of another kind may refuse. Random digits in base 8 come
# unevenly often, and a key that ends as it begins repeats no whole text.
KEYS_OF_ENOUGH_BYTES = {
    "hex digits": GOOD_KEY[:32],
    # Whoever has such a key made it up, but a check can't know.
    "words and blanks": " my default test key: changeme2 ",
    "the same letter first": "aa" + GOOD_KEY[2:],
    "octal digits": "3147163502244603315720631140275133460614",
    "eight different characters": "abcdABCDABCDabcdabcdabcdABCDABCD",
    "bytes": "k\u00e9-\u00fc\u00df.caf\u00e9-\u00f1and\u00fa \u00e5\u00e6\u00f8abc",
    "the beginning again at the end": GOOD_KEY + GOOD_KEY[:12],
    "29 of 30 characters again": f"{LETTERS}{LETTERS[:29]}",
    "a published key and more": f"{PUBLISHED_KEYS['FastAPI']}-and-more",
    "a word twice at the beginning": f"secretsecret{GOOD_KEY[:24]}",
}

EASY_KEYS = {
    "a, repeated": "a" * 32,
    "a blank, repeated": " " * 40,
    "a character of two bytes, repeated": "\u00e9" * 32,
    "two characters": "ab" * 20,
    "one other character": "a" * 31 + "b",
    "seven characters": "abcdefg" * 6 + "gfedcba",
    "seven Cyrillic letters, in no order": "шифрыжпыфшижрпфышпрж",
    "secret, repeated": "secret" * 8,
    "the digits, repeated": "12345678901234567890123456789012",
    "half a repetition more": "correct-horse-" * 3 + "correct-",
    "hex digits, twice": GOOD_KEY[:20] * 2,
    "an odd number of them, twice": GOOD_KEY[:21] * 2,
}

# All of these are text, and some would like to be more than that. They come late in a
# key: what an app cuts off or leaves out, it may miss only where enough is left.
ODD_PARTS = {
    "variables": "$HOME-${HOME}-%PATH%",
    "formats": "%(HOME)s-{HOME}-{}-%s",
    "commands": "$(id)-`id`",
    "a hash sign": "#a",
    "comments": " #a # b",
    "equals signs": "=a==",
    "quotes": "\"a'b\"c'd e",
    "blanks and controls": "  a\tb\nc\x01\x7f",
    "backslashes": r"\n\x41\u0041\\",
    "escapes of a URL": "%20+%41%0",
    "other alphabets": "\u0448\u0438\u0444\u0440-\U0001f511",
    "ligatures and accents apart": "\ufb01-\u00bd-\u2460-\u00c5-e\u0301-n\u0303",
}
KEYS_WITH_ODD_PARTS = {
    name: f"{GOOD_KEY[:36]}{odd}{GOOD_KEY[36:48]}" for name, odd in ODD_PARTS.items()
}
KEY_WITH_ALL_ODD_PARTS = "-".join([GOOD_KEY[:36], *ODD_PARTS.values(), GOOD_KEY[36:48]])
ODD_KEYS = {
    "blanks around it": " Capitals, = and / and Blanks are part of it ",
    "quotes around it": "'correct-horse-battery-staple-0123'",
    "a quotation mark at its end": f'{GOOD_KEY[:40]}"',
    "base64": "WkDmXvG2/8xPl3N+hUPPcAezLLpc8Mm9VnQ0a1sQ9zY=",
    "a line end at its end": f"{GOOD_KEY}\n",
    "base64: before it": f"base64:{GOOD_KEY[:44]}",
    "hex: before it": f"hex:{GOOD_KEY}",
    "file: before it": f"file:{GOOD_KEY}",
    "its beginning at its end": GOOD_KEY[:40] + GOOD_KEY[:2],
    "66 hex digits in capitals": f"{GOOD_KEY}0d".upper(),
    "5,000 characters": "".join(f"{number:x}/" for number in range(1000, 2250)),
}

# What some libraries take for a key in a format of its own, or can't take at all.
KEYS_OF_OTHER_KINDS = {
    "JSON, a string": f'"{GOOD_KEY}"',
    "JSON, a list": f'["{GOOD_KEY}"]',
    "JSON, an object": f'{{"{GOOD_KEY}": 1}}',
    "a JSON Web Key": f'{{"kty":"oct","k":"{GOOD_KEY}"}}',
    "a set of them": f'{{"keys":[{{"kty":"oct","k":"{GOOD_KEY}"}}]}}',
    "null and blanks": "null".ljust(40) + "\t\n\r " * 2,
    "a public key": f"-----BEGIN PUBLIC KEY-----\n{GOOD_KEY}\n-----END PUBLIC KEY-----",
    "a certificate": f"-----BEGIN CERTIFICATE-----{GOOD_KEY}",
    "a private key": f"-----BEGIN RSA PRIVATE KEY-----{GOOD_KEY}",
    "an SSH key": f"ssh-rsa {GOOD_KEY}",
    "bytes that are no UTF-8": f"{GOOD_KEY}\udcff",
}

# How people write a .env. In the key is what formats of other kinds have a meaning for.
KEY_OF_A_FILE = "WkDmXvG2/8xPl=N+h\u00e9%(UPP)s%%:c;Ae'zL\"Lpc8\\n9V&nQ{0}a!1s=#$HOME="
DOTENV_WITHOUT_A_LINE_END = f"SECRET_KEY={KEY_OF_A_FILE}"
DOTENVS = {
    "line ends of Windows": f"PORT=8001\r\nSECRET_KEY={KEY_OF_A_FILE}\r\nA=b\r\n",
    "comments and empty lines": (
        f"# of the app\n\nSECRET_KEY={KEY_OF_A_FILE}\n\n#SECRET_KEY=x\n"
    ),
    "empty values": f"PORT=\nSECRET_KEY={KEY_OF_A_FILE}\nDATABASE_URL=\n",
    "names that come twice": f"A=1\nA=2\nPath=a\nPATH=b\nSECRET_KEY={KEY_OF_A_FILE}\n",
    "names that end or begin alike": (
        f"OLD_SECRET_KEY=x\nSECRET_KEY={KEY_OF_A_FILE}\nSECRET_KEY_OLD=y\n"
    ),
    "another program's": f"URL=sqlite:///app.db?a=b&c=d\nSECRET_KEY={KEY_OF_A_FILE}\n",
}
DOTENV_OF_ALL_KINDS = (
    "# of the app\r\n\r\nPORT=\r\nA=1\r\nA=2\r\nPath=a\r\nPATH=b\r\n"
    "URL=sqlite:///app.db?a=b&c=d\r\nOLD_SECRET_KEY=x\r\n#SECRET_KEY=x\r\n"
    f"SECRET_KEY={KEY_OF_A_FILE}\r\nSECRET_KEY_OLD=y\r\n"
)

# Names that other apps have for it, or that are nearly it.
OTHER_NAMES = (
    *("JWT_SECRET_KEY", "JWT_SECRET", "JWT_KEY", "SECRET", "KEY", "SECRETKEY"),
    *("APP_SECRET_KEY", "APP_KEY", "AUTH_SECRET", "TOKEN_SECRET", "SIGNING_KEY"),
    *("DJANGO_SECRET_KEY", "FLASK_SECRET_KEY", "SECRET_KEY_BASE", "SECRET_KEY_DEV"),
    *("OLD_SECRET_KEY", "DEFAULT_SECRET_KEY", "SECRET_KEY_FALLBACK", "PASSWORD"),
    *("SECRET_KEY_FALLBACKS", "SECRET_KEYS", "SECRET_KEY_OLD", "OLD_SECRET_KEYS"),
    *("SECRET_KEY_PREVIOUS", "PREVIOUS_SECRET_KEY", "PREVIOUS_SECRET_KEYS"),
)
# Files in which a key lies about, committed or left from another time.
LINE = f"SECRET_KEY={GOOD_KEY}\n"
OTHER_FILES = {
    **dict.fromkeys((".env.example", ".env.sample", ".env.dist", ".env.local"), LINE),
    **dict.fromkeys((".env.development", ".env.production", ".env.test"), LINE),
    **dict.fromkeys((".env.bak", "env", ".flaskenv", "local.env", "../.env"), LINE),
    **dict.fromkeys(("secret_key", ".secret_key", "SECRET_KEY", "secret.key"), LINE),
    **dict.fromkeys(("home/.env", "config/.env"), LINE),
    **dict.fromkeys(("secrets/secret_key", "secrets/SECRET_KEY"), GOOD_KEY),
    **dict.fromkeys(
        ("config.json", "settings.json", "secrets.json"),
        f'{{"SECRET_KEY": "{GOOD_KEY}"}}',
    ),
    **dict.fromkeys(("config.toml", "settings.toml"), f'SECRET_KEY = "{GOOD_KEY}"\n'),
    **dict.fromkeys(("config.ini", "settings.ini"), f"[settings]\n{LINE}"),
    **dict.fromkeys(("config.yaml", "settings.yaml"), f"SECRET_KEY: {GOOD_KEY}\n"),
}
# Variables that other apps read the name of such a file from.
NAME_A_KEY = ("SECRET_KEY_FILE", "KEY_FILE")
NAME_A_FOLDER = ("SECRETS_DIR", "SECRETS_PATH", "CREDENTIALS_DIRECTORY")
NAME_A_DOTENV = (
    *("ENV_FILE", "DOTENV", "DOTENV_FILE", "DOTENV_PATH", "ENV_PATH", "CONFIG_FILE"),
    *("SETTINGS_FILE", "APP_SETTINGS", "APP_CONFIG"),
)
# What apps call the machine that they think they run on.
MODES = ("dev", "local", "test", "testing", "debug", "ci", "staging")
NAME_A_MODE = (
    *("ENV", "ENVIRONMENT", "APP_ENV", "PYTHON_ENV", "FASTAPI_ENV", "STAGE", "MODE"),
    *("APP_MODE", "DEPLOYMENT", "PROFILE", "RUN_ENV"),
)

SHORT_KEYS = {
    "empty": "",
    "secret": "secret",
    "changeme": "changeme",
    "31 bytes": "5a0d41b3a92c1e7f6d80c4b7e2f3159",
    "22 bytes in 11 characters": "".join(map(chr, range(0xE0, 0xEB))),
    "30 bytes in 24 characters": "k\u00e4se" * 6,
}
BAD_MINUTES = (
    *("soon", "0", "-30", "inf", "nan", "30 minutes", "1.5", "", "-1", "3\u00b2"),
    *("2h", "true"),
    # With the first of these a token expires after the year 9999.
    *(str(2**32 - 1), "9" * 20, "9" * 400),
)

# Of each, a message may quote its beginning, its end, or which characters it has.
KEYS_TO_QUOTE = {
    "published": PUBLISHED_KEYS["FastAPI"],
    "published, in capitals": PUBLISHED_KEYS["FastAPI"].upper(),
    "repeated": GOOD_KEY[:20] * 2,
    "too short": GOOD_KEY[:31],
    "seven characters": RARE_LETTERS[:7] + RARE_LETTERS[6::-1],
    "eight characters, repeated": RARE_LETTERS * 2,
    "too few characters": RARE_LETTERS,
}

# In the environment each of these is a key, and a bad one, also where it is meant as
# none. A template has placeholders.
BAD_KEYS = {
    **{repr(key): key for key in ("", " ", "secret", "changeme", "CHANGE_ME")},
    **{key: key for key in ("change-me", "your-secret-key")},
    "31 bytes": GOOD_KEY[:31],
    "a repeated text": GOOD_KEY[:20] * 2,
    "published": PUBLISHED_KEYS["FastAPI"],
}
PLACEHOLDER = re.compile(
    r"change|replace|your|place.?holder|example|default|to-?do|insecure|dummy|dev",
    re.IGNORECASE,
).search

# What apps call it that do read it.
ALGORITHM_NAMES = (
    *("ALGORITHM", "JWT_ALGORITHM", "JWT_ALG", "ALG", "TOKEN_ALGORITHM"),
    *("SIGNING_ALGORITHM", "AUTH_ALGORITHM", "HASH_ALGORITHM", "JWS_ALGORITHM"),
    *("SIGNING_METHOD", "JWT_SIGNING_METHOD", "JWT_METHOD"),
    *("ALGORITHMS", "JWT_ALGORITHMS", "JWT_ALGS", "ALGS", "ALLOWED_ALGORITHMS"),
    *("ACCEPTED_ALGORITHMS", "TOKEN_ALGORITHMS", "EXTRA_ALGORITHMS"),
)
# One, and lists of some, as different programs write them.
ALGORITHMS = (
    *("HS512", "HS384", "none", '["HS512"]', '["HS256","HS512"]', "HS256,HS512"),
)
IN_BOTH_PLACES = ("HS512", '["HS256","HS512"]')

# Variables that have a key for each `kid`: what is before it in their names, or after.
BEFORE_A_KID = (
    *("SECRET_KEY_", "SECRET_KEY__", "JWT_SECRET_KEY_", "JWT_KEY_", "KEY_"),
    *("JWT_SECRET_", "SECRET_", "SIGNING_KEY_", "APP_KEY_", ""),
)
AFTER_A_KID = ("_SECRET_KEY", "_KEY", "_SECRET")
KIDS = ("2025", "old", "OLD")

# Parameters of FastAPI's, which an app could read from variables of these names.
OF_FASTAPI = {
    **dict.fromkeys(("OPENAPI_URL", "DOCS_URL", "REDOC_URL"), ""),
    **dict.fromkeys(("TOKEN_URL", "TOKENURL", "AUTH_URL"), "https://evil.example/x"),
}
