"""Answers to the notebooks' tasks: a model for each, and the mistakes people make.

By notebook, then by task, which is the pair of cells `task-NAME` and `check-NAME`. They
stand here and not in the notebooks, so that nobody reads them before trying.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Answers:
    """What is written in the place of the task's cell.

    `says` is a part of the verdict on the model; each mistake comes with a part of the
    sentence that it is met with.
    """

    model: str
    says: str
    mistakes: dict[str, str]


TASKS: dict[str, dict[str, Answers]] = {
    "step01_fake_hash": {
        "form": Answers(
            model='my_body = b"username=bob&password=fish+%26+chips"',
            says="came as %26",
            mistakes={
                "my_body = 'username=bob&password=fish+%26+chips'": 'begin it with b"',
                'my_body = b"username=bob&password=fish & chips"': "' chips': ''",
                'my_body = b"username=johndoe&password=secret"': "bob is still waiting",
                'my_body = b"username=bob"': "422",
            },
        ),
        "headers": Answers(
            model='my_headers = {"Authorization": "Bearer johndoe"}',
            says="nobody logged in",
            mistakes={
                'my_headers = "Bearer johndoe"': "Headers are a dictionary",
                'my_headers = {"Authorization": "johndoe"}': "401 Not authenticated",
                'my_headers = {"Authorization": "Bearer alice"}': "400 Inactive user",
                'my_headers = {"Authorization": "Bearer bob"}': "bob's record",
                'my_headers = {"Authorization": None}': "It stops with TypeError",
            },
        ),
        "undo": Answers(
            model=(
                "def undo(hashed_password):\n"
                '    return hashed_password.removeprefix("fakehashed")'
            ),
            says="undid all 3 hashes",
            mistakes={
                'def undo(hashed_password):\n    return "secret"': "From alice's",
                "def undo(hashed_password):\n    hashed_password[10:]": "makes None",
                "undo = 'secret'": "is no function",
                "def undo():\n    return ...": "It stops with TypeError",
            },
        ),
    },
    "step02_response_model": {
        "public": Answers(
            model="class Public(BaseModel):\n    username: str\n    full_name: str",
            says="What you did not name did not leave",
            mistakes={
                "class Public:\n    username: str": "BaseModel its base",
                "class Public(step.UserInDB):\n    pass": "fakehashedsecret2",
                "class Public(BaseModel):\n    username: str": "{'username': 'alice'}",
                "class Public(BaseModel):\n    username: str\n    fullname: str": "500",
            },
        ),
        "leaks": Answers(
            model=(
                'my_leaks = ["/page", "/either", "/response", "/error", "/text", '
                '"/header"]'
            ),
            says="Those and no others",
            mistakes={
                'my_leaks = ["page"]': "a list of some of these",
                'my_leaks = ["/dict", "/page"]': (
                    "1 of your 2 paths keep the hash in, and 5"
                ),
                "my_leaks = []": "6 that let it out are missing",
            },
        ),
    },
    "step03_bcrypt": {
        "setting": Answers(
            model="my_setting = stored[:29]",
            says="makes PaWxn96p36WQoeG6Lruj3vjPGga31lW",
            mistakes={
                "my_setting = stored": "the last of them belong to the hash",
                "my_setting = stored[:7]": "needs the salt whole",
                "my_setting = stored[7:29]": "the beginning of stored",
                "my_setting = 29": "must be text or bytes",
            },
        ),
        "cost": Answers(
            model=(
                "my_cost = 4\n"
                "while milliseconds[12] * 2 ** (my_cost + 1 - 12) <= 500:\n"
                "    my_cost += 1"
            ),
            says="A thief waits as long",
            mistakes={
                "my_cost = 4": "there is room for more",
                "my_cost = 20": "Cost 20 takes about",
                "my_cost = 12.5": "a whole number",
            },
        ),
        "days": Answers(
            model='my_days = 2_000_000 * 1000 * seconds["bcrypt, cost 12"] / 86400',
            says="looked up in the whole table",
            mistakes={
                'my_days = 1000 * seconds["bcrypt, cost 12"] / 86400': "for one user",
                'my_days = 2e9 * seconds["bcrypt, cost 12"]': "A day has 86,400",
                "my_days = 'long'": "must be a number",
            },
        ),
        "twin": Answers(
            model='my_twin = passphrase + "and more"',
            says="the first 72 bytes are the same",
            mistakes={
                "my_twin = passphrase": "That is the passphrase itself",
                "my_twin = passphrase[:71]": "It opens nothing",
                "my_twin = 'correct horse'": "The passphrase has 87",
            },
        ),
        "accounts": Answers(
            # The less of two: a busy machine only ever adds to a time.
            model=(
                "def refusal(name):\n"
                "    times = []\n"
                "    for _ in range(2):\n"
                "        began = time.perf_counter()\n"
                '        form = {"username": name, "password": "wrong"}\n'
                '        client.post("/token", data=form)\n'
                "        times.append(time.perf_counter() - began)\n"
                "    return min(times)\n"
                "\n"
                "\n"
                'limit = seconds["bcrypt, cost 12"] / 10\n'
                "my_accounts = [name for name in names if refusal(name) > limit]"
            ),
            says="and a clock",
            mistakes={
                "my_accounts = names": "3 of your 6 names",
                "my_accounts = []": "3 people with one are missing",
                "my_accounts = 3": "a list of names",
            },
        ),
    },
    "step04_jwt": {
        "encode": Answers(
            model=(
                "def encode(raw):\n"
                '    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()'
            ),
            says="as the examples in RFC 4648",
            mistakes={
                "def encode(raw):\n    return base64.urlsafe_b64encode(raw)": (
                    "must be text"
                ),
                (
                    "def encode(raw):\n"
                    "    return base64.urlsafe_b64encode(raw).decode()"
                ): "The = at the end must go",
                (
                    "def encode(raw):\n"
                    "    return base64.b64encode(raw).decode().rstrip('=')"
                ): "URLs want - and _",
                "def encode(raw):\n    return raw.hex()": "It must be 'Zg'",
            },
        ),
        "sign": Answers(
            model=(
                "def sign(signing_input, key):\n"
                "    return encode("
                "hmac.new(key, signing_input, hashlib.sha256).digest())"
            ),
            says="appendix A.1, to the letter",
            mistakes={
                (
                    "def sign(signing_input, key):\n"
                    "    return hmac.new(key, signing_input, hashlib.sha256).digest()"
                ): "not text",
                (
                    "def sign(signing_input, key):\n"
                    "    digest = hmac.new(key, signing_input, hashlib.sha256)\n"
                    "    return encode(digest.hexdigest().encode())"
                ): "not of its hexadecimal digits",
                (
                    "def sign(signing_input, key):\n"
                    "    return encode(hashlib.sha256(key + signing_input).digest())"
                ): "Is it HMAC",
                (
                    "def sign(signing_input, key):\n"
                    "    return encode(hmac.new(key.encode(), b'').digest())"
                ): "It stops with AttributeError",
            },
        ),
        "token": Answers(
            model=(
                "def part(value):\n"
                '    return encode(json.dumps(value, separators=(",", ":")).encode())\n'
                "\n"
                "\n"
                'text = part({"alg": "HS256", "typ": "JWT"})\n'
                'text += "." + part({"sub": "johndoe"})\n'
                "signature = sign(text.encode(), step.SECRET_KEY.encode())\n"
                'my_token = text + "." + signature'
            ),
            says="200 johndoe's record",
            mistakes={
                "my_token = 'johndoe'": "1 parts between its dots",
                "my_token = b'a.b.c'": "A token is text",
                "my_token = 'ä.b.c'": "written in base64url",
                "my_token = 'a.b.c'": "The header reads 'a'",
                (
                    "my_token = tokens.sign({'sub': 'alice'}, step.SECRET_KEY)"
                ): "The payload reads",
                (
                    "my_token = tokens.sign({'sub': 'johndoe'}, "
                    "bytes.fromhex(step.SECRET_KEY))"
                ): "SECRET_KEY.encode()",
                "my_token = tokens.sign({'sub': 'johndoe'}, 'secret')": (
                    "the signature does not fit"
                ),
            },
        ),
        "unsigned": Answers(
            model=(
                'my_unsigned = part({"alg": "none"}) + "."\n'
                'my_unsigned += part({"sub": "johndoe"}) + "."'
            ),
            says="401 Could not validate credentials",
            mistakes={
                "my_unsigned = 'none'": "needs three",
                "my_unsigned = token": "a forger has no key",
                "my_unsigned = tokens.sign({'sub': 'johndoe'}, 'guess')": (
                    "the signature does not fit"
                ),
                "my_unsigned = tokens.unsigned({}, header={'alg': 'none'}) + '.'": (
                    "It must be for johndoe"
                ),
                "my_unsigned = 'a.b.c'": "The verifier refuses it",
            },
        ),
    },
    "step05_expiry": {
        "exp": Answers(
            model="now = int(time.time())\nmy_exp = now + 5 * 60",
            says="Taken after 4 minutes 58 seconds",
            mistakes={
                "my_exp = 5 * 60": "exp is a point in time",
                "my_exp = (now + 5 * 60) * 1000": "those are milliseconds",
                "my_exp = datetime.now(UTC) + timedelta(minutes=5)": ".timestamp()",
                "my_exp = now + 5": "before the five minutes are over: 401",
                "my_exp = now + 30 * 60": "after the five minutes are over: 200",
                "my_exp = 'soon'": "must be a number",
            },
        ),
        "eternal": Answers(
            model='my_eternal = tokens.sign({"sub": "johndoe"}, step.SECRET_KEY)',
            says="Who has the key makes a new one",
            mistakes={
                "my_eternal = step.create_access_token({'sub': 'johndoe'})": (
                    "in ten years: 401"
                ),
                "my_eternal = tokens.sign({'sub': 'johndoe'}, 'secret')": "now: 401",
                "my_eternal = {'sub': 'johndoe'}": "A token is text",
                "my_eternal = 'für immer'": "written in base64url",
            },
        ),
        "rate": Answers(
            model="my_rate = 8 / (busy_to - busy_from)",
            says="no account is needed",
            mistakes={
                "my_rate = 1_000": "At 1000 a second it would not be so",
                "my_rate = '4'": "must be a number",
            },
        ),
    },
    "step06_settings": {
        "forged": Answers(
            model='my_token = tokens.sign({"sub": "alice"}, word)',
            says="the server never noticed a try",
            mistakes={
                "my_token = 'alice'": "The server cannot read it",
                "my_token = {'sub': 'alice'}": "A token is text",
                "my_token = tokens.sign({'sub': 'alice'}, key)": "does not fit",
                "my_token = tokens.sign({'sub': 'johndoe'}, word)": "for 'alice'",
            },
        ),
        "judge": Answers(
            model=(
                "def my_judge(key):\n"
                "    if len(key.encode()) < 32 or len(set(key)) == 1:\n"
                "        return False\n"
                "    return key.lower() not in PUBLISHED_KEYS"
            ),
            says="whether a key is random",
            mistakes={
                "my_judge = True": "is no function",
                "def my_judge(key):\n    return len(key) >= 32": "two bytes each",
                (
                    "def my_judge(key):\n    return len(key.encode()) >= 32"
                ): "64 times the letter a",
                (
                    "def my_judge(key):\n"
                    "    return len(key.encode()) >= 32 and len(set(key)) > 1"
                ): "For a published key it says True",
                (
                    "def my_judge(key):\n"
                    "    return (len(key.encode()) >= 32 and len(set(key)) > 1\n"
                    "            and key not in PUBLISHED_KEYS)"
                ): "in capitals",
                "def my_judge(key):\n    return key != RANDOM": "NameError",
            },
        ),
    },
    "step07_safe_login": {
        "dummy": Answers(
            model=(
                "nobodys = secrets.token_hex().encode()\n"
                "my_dummy = bcrypt.hashpw(nobodys, bcrypt.gensalt(12)).decode()"
            ),
            says="An unknown name costs what johndoe's does",
            mistakes={
                (
                    "my_dummy = bcrypt.hashpw(secrets.token_bytes(9), "
                    "bcrypt.gensalt(4))"
                ): ".decode()",
                (
                    "my_dummy = bcrypt.hashpw(secrets.token_hex().encode(), "
                    "bcrypt.gensalt(10)).decode()"
                ): "Its cost is 10",
                (
                    "my_dummy = bcrypt.hashpw(b'secret', bcrypt.gensalt(12)).decode()"
                ): "easily guessed",
                "my_dummy = passwords.DUMMY_HASH": "in the step already",
                "my_dummy = 'nobody'": "no bcrypt hash",
            },
        ),
        "verify": Answers(
            model=(
                "def my_verify(password, hashed):\n"
                "    raw = password.encode()\n"
                "    if len(raw) > 72:\n"
                '        bcrypt.checkpw(b"", passwords.DUMMY_HASH.encode())\n'
                "        return False\n"
                "    return bcrypt.checkpw(raw, hashed.encode())"
            ),
            says="One hash each time",
            mistakes={
                "def my_verify(password, hashed):\n    return False": (
                    "For the right password it says False"
                ),
                (
                    "def my_verify(password, hashed):\n"
                    "    return bcrypt.checkpw(password.encode(), hashed.encode())"
                ): "For 73 bytes it says True",
                (
                    "def my_verify(password, hashed):\n"
                    "    if len(password.encode()) > 72:\n"
                    "        return False\n"
                    "    return bcrypt.checkpw(password.encode(), hashed.encode())"
                ): "For 73 bytes bcrypt computes nothing",
                (
                    "def my_verify(password, hashed):\n"
                    "    fits = bcrypt.checkpw(password.encode(), hashed.encode())\n"
                    "    return fits and len(password) <= 72"
                ): "For 37 letters of two bytes each it says True",
            },
        ),
    },
    "step08_strict_tokens": {
        "subject": Answers(
            model=(
                "def my_username(sub):\n"
                '    if not isinstance(sub, str) or not sub.startswith("username:"):\n'
                "        return None\n"
                '    return sub.removeprefix("username:")'
            ),
            says="A car may be called what it likes",
            mistakes={
                "def my_username(sub):\n    return sub.removeprefix('username:')": (
                    "For the subject 'johndoe' it says 'johndoe'"
                ),
                "def my_username(sub):\n    return sub.split(':')[1]": (
                    "It stops with IndexError"
                ),
                "def my_username(sub):\n    return sub.partition(':')[2] or None": (
                    "For the subject 'car:johndoe' it says 'johndoe'"
                ),
                (
                    "def my_username(sub):\n"
                    "    if sub.startswith('username:'):\n"
                    "        return sub.lstrip('username:')"
                ): "For the subject 'username:emma' it says ''",
                (
                    "def my_username(sub):\n"
                    "    if sub.startswith('username:'):\n"
                    "        return sub.removeprefix('username:')"
                ): "It stops with AttributeError",
            },
        ),
        "access": Answers(
            model=(
                "def my_check(header, claims, now):\n"
                '    sub, jti = claims.get("sub"), claims.get("jti")\n'
                '    iat, exp = claims.get("iat"), claims.get("exp")\n'
                '    if header.get("typ") != "at+jwt" or "crit" in header:\n'
                "        return False\n"
                '    if {n: claims.get(n) for n in ("iss", "aud")} != ours:\n'
                "        return False\n"
                "    if not isinstance(sub, str) or not isinstance(jti, str):\n"
                "        return False\n"
                '    if not sub.startswith("username:") or not is_date(iat):\n'
                "        return False\n"
                "    return is_date(exp) and now < exp"
            ),
            says="nothing taken on trust",
            mistakes={
                "def my_check(header, claims, now):\n    return True": (
                    "For a token with typ JWT it says True"
                ),
                (
                    "def my_check(header, claims, now):\n"
                    "    return header.get('typ') == 'at+jwt'"
                ): "with a crit in its header it says True",
                (
                    "def my_check(header, claims, now):\n"
                    "    return header['typ'] == 'at+jwt' and now < claims['exp']"
                ): "with a crit in its header",
                "def my_check(header, claims, now):\n    return now > claims['exp']": (
                    "in good order it says False"
                ),
            },
        ),
    },
}
