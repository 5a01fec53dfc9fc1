"""Edits of our step 5 that are small versions of what real people wrote."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workbook.ladder import ROOT, find, sources

Edits = Mapping[str, str]

DECODE = "payload = jwt.decode(token, SECRET_KEY, algorithms=[ALGORITHM])"
PYJWT = {
    "from jose import JWTError, jwt": "import jwt",
    "except JWTError:": "except jwt.InvalidTokenError:",
}
LOGIN = 'return Token(access_token=access_token, token_type="bearer")'
NO_MODEL = {'@app.post("/token", response_model=Token)': '@app.post("/token")'}
EXP = '{"exp": datetime.now(UTC) + expires_delta}'
HTTP_BEARER = {
    'OAuth2PasswordBearer(tokenUrl="token")': "HTTPBearer()",
    "import OAuth2PasswordBearer,": "import HTTPBearer,",
}
VERIFY = "return pwd_context.verify(plain_password, hashed_password)"
REFUSE_LOGIN = """        raise HTTPException(
            status_code=status.HTTP_401_UNAUTHORIZED,
            detail="Incorrect username or password","""
IF_WRONG_AT_1 = (
    "    if user is None or fake_hash_password(form_data.password) != "
    "user.hashed_password:"
)
REFUSE_LOGIN_AT_1 = """        raise HTTPException(
            status_code=status.HTTP_400_BAD_REQUEST,
            detail="Incorrect username or password",
        )
"""
IF_IN_TABLE = """    if username in db:
        return UserInDB(**db[username])
    return None
"""
RETURN_RECORD = """    current_user: Annotated[User, Depends(get_current_active_user)],
):
    return current_user
"""
ACTIVE_USER = "Annotated[User, Depends(get_current_active_user)]"
JOHNDOES_HASH = '"$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW"'
ALICES_HASH = '"$2b$12$sUIdMeDwel2r3mlLDN5OeONUf7bueeCQ9RA6Xoxx8iYE7CcIVzSXq"'


@dataclass(frozen=True)
class Case:
    """What someone wrote at a step, and words that its explanation has. `only` are the
    behaviours that show it, `mistake` is its name where the bank has it, `module` the
    file that is edited."""

    edits: Edits
    words: tuple[str, ...]
    only: str = "test_johndoe_logs_in"
    mistake: str = ""
    step: str = "5"
    module: str = "main.py"


def written(case: Case, answers: Path) -> Path:
    """The case as an answers folder."""
    step = find(case.step)
    modules = sources(step.modules)
    for old, new in case.edits.items():
        assert modules[case.module].count(old) >= 1, old
        modules[case.module] = modules[case.module].replace(old, new)
    folder = answers / step.name
    folder.mkdir(parents=True)
    for name, source in modules.items():
        (folder / name).write_text(source, "utf-8")
    return answers


# A login that is written in the skeleton of step 1, where nothing else is.
SKELETON = ROOT / "workbook" / "learning" / "skeleton" / "main.py"
EMPTY_LOGIN = '''
    """A token for the right password, 400 otherwise."""
    raise not_written_yet("login")
'''
HALF_WRITTEN_LOGIN = """
    user = fake_users_db.get(form_data.username)
    if not user:
        raise HTTPException(status_code=404, detail="User not found")
    if "fakehashed" + form_data.password != user["hashed_password"]:
        raise HTTPException(status_code=401, detail="Wrong password")
    return {"access_token": user["username"], "token_type": "bearer"}
"""


def unfinished(answers: Path) -> Path:
    """The half-written login as an answers folder."""
    source = SKELETON.read_text("utf-8")
    assert EMPTY_LOGIN in source
    folder = answers / find("1").name
    folder.mkdir(parents=True)
    source = source.replace(EMPTY_LOGIN, HALF_WRITTEN_LOGIN)
    (folder / "main.py").write_text(source, "utf-8")
    return answers


CASES = {
    "1: the table has passwords where hashes belong": Case(
        {JOHNDOES_HASH: '"secret"', ALICES_HASH: '"secret2"'},
        ("UnknownHashError", "pwd_context.verify", "isn't one that"),
    ),
    "2: a string is decoded": Case(
        {
            "return jwt.encode(to_encode, SECRET_KEY, algorithm=ALGORITHM)": (
                "return jwt.encode("
                'to_encode, SECRET_KEY, algorithm=ALGORITHM).decode("utf-8")'
            )
        },
        ("AttributeError", "decode", "already a string"),
    ),
    "3: one SQLite connection for all threads": Case(
        {
            "\n\nclass Token(BaseModel):": (
                "\n\nimport sqlite3\n"
                'connection = sqlite3.connect(":memory:")\n'
                'connection.execute("create table users (username text)")\n'
                "\n\nclass Token(BaseModel):"
            ),
            "async def login_for_access_token": "def login_for_access_token",
            "    if username in db:": (
                '    connection.execute("select * from users").fetchall()\n'
                "    if username in db:"
            ),
        },
        ("sqlite3.ProgrammingError", "thread", "connection.execute"),
    ),
    "4: the login returns another key than its model": Case(
        {LOGIN: 'return {"token": access_token, "token_type": "bearer"}'},
        ("ResponseValidationError", "access_token"),
    ),
    "4b: the login returns another key": Case(
        {LOGIN: 'return {"token": access_token, "token_type": "bearer"}', **NO_MODEL},
        ("`token`", "access_token"),
        "test_the_answer_names_the_token_and_its_type",
    ),
    "5: the token is in an envelope": Case(
        {
            LOGIN: (
                'return {"code": 0, "message": "success", "data": '
                '{"access_token": access_token, "token_type": "bearer"}}'
            ),
            **NO_MODEL,
        },
        ("inside `data`", "on top"),
        "test_the_answer_names_the_token_and_its_type",
    ),
    "6: algorithm in the singular": Case(
        {"algorithms=[ALGORITHM]": "algorithm=ALGORITHM"},
        ("TypeError", "algorithms=[", "jwt.decode"),
        "test_the_token_of_a_login_is_accepted",
    ),
    "6b: an except for all exceptions hides it": Case(
        {
            "algorithms=[ALGORITHM]": "algorithm=ALGORITHM",
            "except JWTError:": "except Exception:",
        },
        ("good tokens are refused", "TypeError", "algorithms=[", "jwt.decode"),
        "test_the_token_of_a_login_is_accepted",
    ),
    "7: an exception of PyJWT that no clause catches": Case(
        {
            "from jose import JWTError, jwt": "import jwt",
            "except JWTError:": "except jwt.DecodeError:",
        },
        ("ExpiredSignatureError", "except", "jwt.InvalidTokenError"),
        "test_an_expired_token_is_rejected",
    ),
    "9: the login returns the exception": Case(
        {REFUSE_LOGIN: REFUSE_LOGIN.replace("raise", "return")},
        ("returned", "raise"),
        "test_a_wrong_password_is_rejected",
    ),
    "9b: the login without a model returns the exception": Case(
        {REFUSE_LOGIN: REFUSE_LOGIN.replace("raise", "return"), **NO_MODEL},
        ("returned", "raise"),
        "test_a_wrong_password_is_rejected",
    ),
    "10: a handler wraps every refusal": Case(
        {
            "app = FastAPI()": (
                "app = FastAPI()\n\n\n"
                "@app.exception_handler(HTTPException)\n"
                "async def wrapped(request, error):\n"
                "    from fastapi.responses import JSONResponse\n"
                "    return JSONResponse("
                '{"error": {"message": error.detail}}, error.status_code)'
            )
        },
        ("`error`", "`detail`"),
        "test_a_wrong_password_is_rejected",
    ),
    "14: the routes have a prefix": Case(
        {
            '@app.post("/token"': '@app.post("/auth/token"',
            '@app.get("/users/me/"': '@app.get("/auth/users/me/"',
            '@app.get("/users/me/items/"': '@app.get("/auth/users/me/items/"',
        },
        ("POST /auth/token", "POST /token"),
    ),
    "14b: the login has another name": Case(
        {'@app.post("/token"': '@app.post("/login"'},
        ("POST /login", "POST /token"),
    ),
    "15: the paths have no slash at the end": Case(
        {
            '@app.get("/users/me/"': '@app.get("/users/me"',
            '@app.get("/users/me/items/"': '@app.get("/users/me/items"',
        },
        ("slash", "307"),
        "test_the_token_of_a_login_is_accepted",
    ),
    "17: sub is a number": Case(
        {**PYJWT, 'data={"sub": user.username}': 'data={"sub": 1}'},
        ("`sub`", "number", "string"),
        "test_the_token_of_a_login_is_accepted",
    ),
    "17b: sub is a number, with python-jose": Case(
        {'data={"sub": user.username}': 'data={"sub": 1}'},
        ("`sub`", "number", "string"),
        "test_the_token_of_a_login_is_accepted",
    ),
    "17c: the token is read from a cookie": Case(
        {
            "token: Annotated[str, Depends(oauth2_scheme)]) -> User:": (
                "request: Request) -> User:\n"
                '    token = request.cookies.get("access_token")\n'
                "    if token is None:\n"
                '        raise HTTPException(401, "Not authenticated")'
            ),
            "Depends, FastAPI,": "Depends, FastAPI, Request,",
        },
        ("Authorization header", "cookie"),
        "test_the_token_of_a_login_is_accepted",
    ),
    "17d: the token is in a list": Case(
        {
            LOGIN: 'return {"access_token": [access_token], "token_type": "bearer"}',
            **NO_MODEL,
        },
        ("`access_token` is a list", "string"),
        "test_the_answer_names_the_token_and_its_type",
    ),
    "18: no algorithms are given": Case(
        {**PYJWT, DECODE: "payload = jwt.decode(token, SECRET_KEY)"},
        ("algorithms",),
        "test_the_token_of_a_login_is_accepted",
    ),
    "22: utcnow() is combined with timestamp()": Case(
        {EXP: '{"exp": (datetime.utcnow() + expires_delta).timestamp()}'},
        ("utcnow", "local time"),
        "test_the_zone_of_the_server_does_not_matter",
        mistake="utcnow() is combined with timestamp()",
    ),
    "23: the user is never returned": Case(
        {
            "verify_password(password, user.hashed_password):\n        return None\n"
            "    return user": (
                "verify_password(password, user.hashed_password):\n        return None"
            )
        },
        ("every login is refused", "`authenticate_user`", "ends without `return`"),
        "test_johndoe_logs_in test_a_disabled_user_gets_a_token_too",
    ),
    # From public reports: the repository and the number of the issue.
    "jpadilla/pyjwt#853: a date is under another name than exp": Case(
        {**PYJWT, EXP: '{"expires": datetime.now(UTC) + expires_delta}'},
        ("TypeError", "datetime", "`exp`", "convert dates only in"),
    ),
    "yezz123/authx#20: the minutes are text": Case(
        {
            "ACCESS_TOKEN_EXPIRE_MINUTES = 30": (
                "import os\n\n"
                'ACCESS_TOKEN_EXPIRE_MINUTES = os.getenv("EXPIRE_MINUTES", "30")'
            )
        },
        ("timedelta", "text", "int("),
    ),
    "fastapi/fastapi#2026: the object of HTTPBearer is decoded": Case(
        HTTP_BEARER,
        (
            "AttributeError",
            "jwt.decode",
            "`OAuth2PasswordBearer` gives the token itself",
        ),
        "test_the_token_of_a_login_is_accepted",
    ),
    "fastapi/fastapi#2026: the object of HTTPBearer is decoded with PyJWT": Case(
        {**HTTP_BEARER, **PYJWT},
        ("Invalid token type", "one of its fields"),
        "test_the_token_of_a_login_is_accepted",
    ),
    "pyca/bcrypt#329: checkpw gets the hash first": Case(
        {
            "from passlib.context import CryptContext": "import bcrypt",
            'pwd_context = CryptContext(schemes=["bcrypt"])': "",
            "pwd_context.hash(password)": "password",
            VERIFY: (
                "hash_first = hashed_password.encode(), plain_password.encode()\n"
                "    return bcrypt.checkpw(*hash_first)"
            ),
        },
        ("ValueError", "Invalid salt", "the wrong way round"),
        step="3",
    ),
    "frankie567/pwdlib#2: verify gets the hash first": Case(
        {
            "from passlib.context import CryptContext": (
                "from pwdlib import PasswordHash\n"
                "from pwdlib.hashers.bcrypt import BcryptHasher"
            ),
            'CryptContext(schemes=["bcrypt"])': "PasswordHash((BcryptHasher(),))",
            VERIFY: "return pwd_context.verify(hashed_password, plain_password)",
        },
        ("UnknownHashError", "the password comes first"),
        step="3",
    ),
    "maxrdu/fastapi_login#90: get_user is asynchronous": Case(
        {"def get_user(": "async def get_user("},
        ("coroutine", "await"),
        step="3",
    ),
    "fastapi/full-stack-fastapi-template#342: sub is read as a number": Case(
        {
            "    username: str | None = None\n\n\nclass User(": (
                "    sub: int | None = None\n\n\nclass User("
            ),
            'TokenData(username=payload.get("sub"))': "TokenData(**payload)",
            "token_data.username": "token_data.sub",
        },
        ("ValidationError", "TokenData(**payload)", "`sub`", "integer"),
        "test_the_token_of_a_login_is_accepted",
    ),
    "fastapi/fastapi#191: a middleware reads the form first": Case(
        {
            "app = FastAPI()": (
                "app = FastAPI()\n\n\n"
                '@app.middleware("http")\n'
                "async def log(request: Request, call_next):\n"
                "    await request.form()\n"
                "    return await call_next(request)"
            ),
            "Depends, FastAPI,": "Depends, FastAPI, Request,",
        },
        ("`username` and `password`", "middleware", "request.form()"),
        step="1",
    ),
    "jpadilla/pyjwt#622: aud is signed and not expected": Case(
        {
            **PYJWT,
            '{"sub": user.username}': '{"sub": user.username, "aud": "my-api"}',
        },
        ("`aud` 'my-api'", "audience=", "InvalidAudienceError"),
        "test_the_token_of_a_login_is_accepted",
    ),
    "mpdavis/python-jose#374: a list of audiences is expected": Case(
        {
            "import JOSEError, jwk, jws": "import JOSEError, jwk, jws, jwt",
            "claims = json.loads(payload.decode())": (
                "claims = jwt.decode(token, KEY, [ALGORITHM], audience=[AUDIENCE])"
            ),
        },
        ("`aud`", "as a string", "audience must be a string", "jwt.decode"),
        "test_the_token_of_a_login_is_accepted",
        step="8",
        module="tokens.py",
    ),
    "jpadilla/pyjwt#1019: an exception that the library doesn't have": Case(
        {"from jose import JWTError, jwt": "import jwt", "JWTError:": "jwt.JWTError:"},
        ("AttributeError", "except jwt.JWTError:", "jwt.InvalidTokenError"),
        "test_a_bad_token_is_rejected",
    ),
    "Sanjeev-Thiyagarajan/fastapi-course#18: the record is inside another object": Case(
        {
            RETURN_RECORD: RETURN_RECORD.replace(
                "return current_user", 'return {"message": current_user}'
            )
        },
        ("ResponseValidationError", "response_model", "`username`: Field required"),
        "test_the_token_of_a_login_is_accepted",
    ),
    "fastapi/sqlmodel: a row is taken apart like a dictionary": Case(
        {
            "return UserInDB(**db[username])": (
                "return UserInDB(**type('Row', (), db[username])())"
            )
        },
        ("TypeError", "return UserInDB(**", "`model_validate("),
    ),
    "pydantic 1: from_orm without from_attributes": Case(
        {
            "return UserInDB(**db[username])": (
                "return UserInDB.from_orm(type('Row', (), db[username])())"
            )
        },
        ("PydanticUserError", "`orm_mode` is now `from_attributes`"),
    ),
    "bugstack.ai/fastapi-jwt-auth-error: another algorithm is allowed": Case(
        {"algorithms=[ALGORITHM]": 'algorithms=["RS256"]'},
        ("signs tokens with one algorithm and allows another", "jwt.decode"),
        "test_the_token_of_a_login_is_accepted",
    ),
    "RS256 with a key that is text": Case(
        {'ALGORITHM = "HS256"': 'ALGORITHM = "RS256"'},
        ("JWSError", "private key in PEM", "`HS256`"),
    ),
    "jpadilla/pyjwt#387: the expiry has a name of its own": Case(
        {EXP: '{"ttl_sec": (datetime.now(UTC) + expires_delta).timestamp()}'},
        ("`ttl_sec` and no `exp`", "no other name"),
        "test_the_token_carries_an_expiry",
    ),
    "Pouzor/homelable#21: the hash is cut at its dollar signs": Case(
        {JOHNDOES_HASH: '"$2b$12"', ALICES_HASH: '"$2b$12"'},
        ("ValueError", "pwd_context.verify", "only a part of one", "60 characters"),
    ),
    "fastapi/fastapi#1818: the table has another key": Case(
        {'    "johndoe": {': '    "john": {'},
        ("johndoe can't log in", "alice can log in", "your table"),
        "test_johndoe_logs_in test_a_disabled_user_gets_a_token_too",
    ),
    "a hash is compared with a hash": Case(
        {VERIFY: "return pwd_context.hash(plain_password) == hashed_password"},
        # The whole suite ends early and says why, some tests say what to look at.
        ("hash", "verify"),
        "test_johndoe_logs_in test_a_disabled_user_gets_a_token_too",
    ),
    "the fake hash is never returned": Case(
        {'    return "fakehashed" + password': '    "fakehashed" + password'},
        ("every login is refused", "`fake_hash_password`", "ends without `return`"),
        "test_johndoe_logs_in test_a_disabled_user_gets_a_token_too",
        step="1",
    ),
    "the result of verify is never returned": Case(
        {VERIFY: VERIFY.removeprefix("return ")},
        ("every login is refused", "`verify_password`", "ends without `return`"),
        "test_johndoe_logs_in test_a_disabled_user_gets_a_token_too "
        "test_the_stored_hash_does_not_log_in",
        step="3",
    ),
    "a not is missing before verify": Case(
        {"or not verify_password": "or verify_password"},
        ("wrong way round", "`not`"),
        "test_johndoe_logs_in test_a_wrong_password_is_rejected",
        step="3",
    ),
    "the hashes are compared with == to refuse": Case(
        {"!= user.hashed_password": "== user.hashed_password"},
        ("wrong way round", "`==` where `!=` belongs"),
        "test_johndoe_logs_in test_a_wrong_password_is_rejected",
        step="1",
    ),
    "a route with a parameter stands above": Case(
        {
            '@app.get("/users/me")': (
                '@app.get("/users/{user_id}")\n'
                "async def read_user(user_id: int):\n"
                '    return {"user_id": user_id}\n\n\n'
                '@app.get("/users/me")'
            )
        },
        ("`{user_id}`", "first route that fits"),
        "test_the_token_of_a_login_is_accepted",
        step="1",
    ),
    "a route with a name stands above": Case(
        {
            '@app.get("/users/me")': (
                '@app.get("/users/{username}")\n'
                "async def read_user(username: str):\n"
                "    if username not in fake_users_db:\n"
                '        raise HTTPException(404, "User not found")\n\n\n'
                '@app.get("/users/me")'
            )
        },
        ("404", "User not found", "`{username}`"),
        "test_the_token_of_a_login_is_accepted",
        step="1",
    ),
    "sub is the e-mail address": Case(
        {'"sub": user.username': '"sub": user.email'},
        ("`sub` is 'johndoe@example.com'", "username"),
        "test_the_token_of_a_login_is_accepted "
        "test_a_token_signed_with_the_key_is_accepted",
    ),
    "the username is in the token, and not as sub": Case(
        {'data={"sub": user.username}': 'data={"username": user.username}'},
        ("the token has no `sub`", "has `username` in", '{"sub": user.username}'),
        "test_the_token_of_a_login_is_accepted "
        "test_the_record_holds_the_four_public_fields "
        "test_a_token_signed_with_the_key_is_accepted test_sub_is_the_username",
        step="4",
    ),
    "the whole user is sub": Case(
        {'"sub": user.username': '"sub": user.model_dump()'},
        ("`sub` is an object", "the username alone", '{"sub": user.username}'),
        "test_the_token_of_a_login_is_accepted "
        "test_the_record_holds_the_four_public_fields "
        "test_a_token_signed_with_the_key_is_accepted test_sub_is_the_username",
        step="4",
    ),
    "the login makes a JWT, and it's looked up as a username": Case(
        {
            """    try:
        payload = jwt.decode(token, SECRET_KEY, algorithms=[ALGORITHM])
    except JWTError:
        raise credentials_exception
    username = payload.get("sub")
""": "    username = token\n",
            "Could not validate": "Invalid authentication",
        },
        ("good token", "decode it"),
        "test_the_token_of_a_login_is_accepted "
        "test_the_record_holds_the_four_public_fields "
        "test_a_token_signed_with_the_key_is_accepted test_a_bad_token_is_rejected",
        step="4",
    ),
    "the key is made anew at each start": Case(
        {"SECRET_KEY = ": "import secrets\n\nSECRET_KEY = secrets.token_hex(32)  # "},
        ("isn't made with this step's SECRET_KEY", "anew at each start"),
        "test_the_token_of_a_login_is_accepted "
        "test_a_token_signed_with_the_key_is_accepted test_tokens_survive_a_restart",
    ),
    "the algorithms are a text": Case(
        {"algorithms=[ALGORITHM]": "ALGORITHM"},
        ("`algorithms` is a text", "HS25", "jwt.decode(", "algorithms=['HS256']"),
        "test_a_header_that_names_another_algorithm_is_rejected",
        step="4",
    ),
    "no algorithms are given, with python-jose": Case(
        {", algorithms=[ALGORITHM]": ""},
        ("JWKError", "Without that list", "algorithms=['HS256']"),
        "test_a_header_that_names_another_algorithm_is_rejected",
        step="4",
    ),
    "the user has no Depends": Case(
        {f"_me(\n    current_user: {ACTIVE_USER}": "_me(\n    current_user: User"},
        ("no `Depends`", "a body", "Annotated[User, Depends(get_current_active_user)]"),
        "test_the_token_of_a_login_is_accepted",
        step="1",
    ),
    "the token has no Depends": Case(
        {"token: Annotated[str, Depends(oauth2_scheme)]": "token: str"},
        ("no `Depends`", "`token` in the query", "Depends(oauth2_scheme)"),
        "test_the_token_of_a_login_is_accepted",
        step="1",
    ),
    "alice has johndoe's hash": Case(
        {ALICES_HASH: JOHNDOES_HASH},
        ("alice can't log in", "johndoe can log in", "a hash of `secret2`"),
        "test_johndoe_logs_in test_a_disabled_user_gets_a_token_too "
        "test_the_answer_holds_nothing_else_about_the_user "
        "test_a_disabled_user_with_a_wrong_password_gets_the_same_answer",
        step="3",
    ),
    "the headers are a set": Case(
        {'{"WWW-Authenticate": "Bearer"}': '{"WWW-Authenticate", "Bearer"}'},
        ("AttributeError", "there's no colon between", "`headers="),
        "test_a_wrong_password_is_rejected",
        step="3",
    ),
    "exp is a timedelta": Case(
        {EXP: '{"exp": expires_delta}'},
        ("TypeError", "timedelta", "datetime.now(UTC) + timedelta("),
    ),
    "the router is not included": Case(
        {
            "app = FastAPI()": "app = FastAPI()\nrouter = APIRouter()",
            "@app.": "@router.",
            "Depends, FastAPI,": "APIRouter, Depends, FastAPI,",
        },
        ("404", "app.include_router("),
        "test_johndoe_logs_in test_a_request_without_a_token_is_rejected",
    ),
    "a middleware raises the refusal": Case(
        {
            "app = FastAPI()": (
                "app = FastAPI()\n\n\n"
                '@app.middleware("http")\n'
                "async def needs_token(request: Request, call_next):\n"
                '    if request.url.path.startswith("/users") and (\n'
                '        "authorization" not in request.headers\n'
                "    ):\n"
                '        raise HTTPException(401, "Not authenticated")\n'
                "    return await call_next(request)"
            ),
            "Depends, FastAPI,": "Depends, FastAPI, Request,",
        },
        ("HTTPException", "In a middleware nothing catches it", "JSONResponse"),
        "test_a_request_without_a_token_is_rejected",
    ),
    "TrustedHostMiddleware without the address of the tests": Case(
        {
            "app = FastAPI()": (
                "from starlette.middleware.trustedhost import TrustedHostMiddleware\n\n"
                "app = FastAPI()\n"
                "app.add_middleware(TrustedHostMiddleware, allowed_hosts=['localhost'])"
            )
        },
        ("Invalid host header", "`allowed_hosts`", "127.0.0.1"),
    ),
    "a method is not called": Case(
        {
            "return UserInDB(**db[username])": (
                "return UserInDB(**db[username]).model_copy"
            )
        },
        ("AttributeError", "parentheses"),
        step="3",
    ),
    "asyncio.run() while the app is served": Case(
        {
            "    if username in db:": (
                "    import asyncio\n\n"
                "    async def query():\n"
                "        return username in db\n\n"
                "    if asyncio.run(query()):"
            )
        },
        ("RuntimeError", "asyncio.run(query())", "use `await` in its place"),
    ),
    "Bearer is taken away twice": Case(
        {"jwt.decode(token,": 'jwt.decode(token.split(" ")[1],'},
        ("IndexError", "already removed `Bearer`"),
        "test_the_token_of_a_login_is_accepted",
    ),
    "JWTError is caught around jws.verify": Case(
        {"JOSEError": "JWTError"},
        ("JWSError", "jws.verify", "has to catch `jose.JOSEError`"),
        "test_a_token_that_is_not_a_jwt_is_rejected test_johndoe_logs_in",
        step="8",
        module="tokens.py",
    ),
    "the SecretStr itself is the key": Case(
        {"settings.secret_key.get_secret_value()": "settings.secret_key"},
        ("JWSError", "jwt.encode", "is a SecretStr", "`.get_secret_value()`"),
        step="6",
    ),
    "the form is the strict one": Case(
        {"OAuth2PasswordRequestForm": "OAuth2PasswordRequestFormStrict"},
        ("`grant_type`", "OAuth2PasswordRequestFormStrict", "a form without it"),
        "test_johndoe_logs_in test_the_grant_type_may_be_left_out",
    ),
    "the typed password is never hashed": Case(
        {"fake_hash_password(form_data.password) !=": "form_data.password !="},
        ("compared with the stored hash", "fake_hash_password(form_data.password)"),
        "test_johndoe_logs_in test_the_stored_hash_does_not_log_in",
        step="1",
    ),
    "the typed password is compared with a bcrypt hash": Case(
        {VERIFY: "return plain_password == hashed_password"},
        ("compared with the stored hash", "pwd_context.verify("),
        "test_johndoe_logs_in test_the_stored_hash_does_not_log_in",
        step="3",
    ),
    "an unknown name is read from the table": Case(
        {IF_IN_TABLE: "    return UserInDB(**db[username])\n"},
        ("KeyError", "no such name in the table", "`if username in db:`"),
        "test_an_unknown_user_gets_the_same_answer_as_a_wrong_password",
        step="1",
    ),
    "an unknown name is read with get and taken apart": Case(
        {IF_IN_TABLE: "    return UserInDB(**db.get(username))\n"},
        ("TypeError", "returns None for a name", "`if username in db:`"),
        "test_an_unknown_user_gets_the_same_answer_as_a_wrong_password",
        step="1",
    ),
    "the decoded user is never returned": Case(
        {"return get_user(fake_users_db, token)": "get_user(fake_users_db, token)"},
        ("no user is found", "`fake_decode_token`", "without `return`"),
        "test_the_token_of_a_login_is_accepted test_a_token_stays_with_its_owner",
        step="1",
    ),
    "the login's return is inside an if": Case(
        {
            IF_WRONG_AT_1: "    if user is None:",
            '    return {"access_token"': (
                '    if "fakehash" == user.hashed_password:\n'
                '        return {"access_token"'
            ),
        },
        ("inside an `if` that wasn't true",),
        "test_the_answer_names_the_token_and_its_type",
        step="1",
    ),
    "the headers are a text": Case(
        {'{"WWW-Authenticate": "Bearer"}': '"WWW-Authenticate: Bearer"'},
        ("AttributeError", "`headers=` of an HTTPException", "must be a dictionary"),
        "test_a_bad_token_is_rejected",
        step="1",
    ),
    "get_current_user returns the token": Case(
        {"        )\n    return user\n": "        )\n    return token\n"},
        ("AttributeError", "`get_current_user`", "It returned a text"),
        "test_the_token_of_a_login_is_accepted",
        step="1",
    ),
    "get_current_user returns nothing": Case(
        {"        )\n    return user\n": "        )\n"},
        ("AttributeError", "`get_current_user`", "None for a good token"),
        "test_the_token_of_a_login_is_accepted",
        step="1",
    ),
    "get_current_user refuses the users that it finds": Case(
        {
            "    if user is None:\n        raise credentials_exception": (
                "    if user:\n        raise credentials_exception"
            )
        },
        ("`get_current_user`", "should raise a 401", "the wrong way round"),
        "test_a_subject_that_is_not_a_user_is_rejected",
    ),
    "the items have another key": Case(
        {'"item_id"': '"itemid"'},
        ("has `itemid` and `owner`", "wants `item_id` and `owner`"),
        "test_the_token_of_a_login_is_accepted test_no_body_holds_a_secret",
    ),
    "every login gives the same token": Case(
        {'"access_token": user.username': '"access_token": "johndoe"'},
        ("alice a token, and that's `johndoe`", "`user.username`"),
        "test_alice_is_inactive test_a_login_is_for_the_user_who_asks",
        step="1",
    ),
    "every login gives the same JWT": Case(
        {'"sub": user.username': '"sub": "johndoe"'},
        ("alice a token, and its `sub` is johndoe", "`user.username`"),
        "test_alice_is_inactive test_a_login_is_for_the_user_who_asks",
    ),
    "the token is a word": Case(
        {'"access_token": user.username': '"access_token": "token"'},
        ("the token isn't the username", "`token`", "`user.username`"),
        "test_the_token_of_a_login_is_accepted test_a_token_stays_with_its_owner",
        step="1",
    ),
    "the refusal is a tuple": Case(
        {
            REFUSE_LOGIN_AT_1: (
                '        return {"detail": "Incorrect username or password"}, 400\n'
            )
        },
        ("a list with 400", "Flask", "raise HTTPException(status_code=400"),
        "test_a_wrong_password_is_rejected",
        step="1",
    ),
    "the refusal is a tuple that doesn't fit the model": Case(
        {
            REFUSE_LOGIN: f'        return {{"detail": "No"}}, 401\n{REFUSE_LOGIN}',
        },
        ("ResponseValidationError", "Flask", "raise HTTPException(status_code="),
        "test_a_wrong_password_is_rejected",
    ),
    "the token is printed": Case(
        {DECODE: f'print("my token", token)\n        {DECODE}'},
        ("It prints `my token ", "`print(…)`"),
        "test_nothing_secret_is_printed",
    ),
    "the model has the hash": Case(
        {"response_model=User)": "response_model=UserInDB)"},
        ("the hash is still sent", "`response_model`", "`UserInDB`"),
        "test_the_record_holds_nothing_else test_the_documented_record_has_no_hash",
        step="2",
    ),
    "disabled is compared with a text": Case(
        {
            "if current_user.disabled:": 'if current_user.disabled == "True":',
            # In another order than ours, as in a dict of one's own.
            "    email: str | None = None\n    full_name: str | None = None": (
                "    full_name: str | None = None\n    email: str | None = None"
            ),
        },
        ("a disabled account isn't rejected", '`True == "True"` is False'),
        "test_alice_is_inactive test_a_login_is_for_the_user_who_asks",
        step="1",
    ),
    "HTTPBearer, and OAuth2PasswordBearer elsewhere": Case(
        {
            "import OAuth2PasswordBearer,": "import HTTPBearer, OAuth2PasswordBearer,",
            "token: Annotated[str, Depends(oauth2_scheme)]) -> User:": (
                "bearer: Annotated[object, Depends(HTTPBearer())]) -> User:\n"
                "    token = bearer.credentials"
            ),
            '@app.get("/users/me/items/")': (
                '@app.get("/debug")\n'
                "async def debug(token: Annotated[str, Depends(oauth2_scheme)]):\n"
                "    return {}\n\n\n"
                '@app.get("/users/me/items/")'
            ),
        },
        ("documents `HTTPBearer`", "Depends(oauth2_scheme)"),
        "test_the_authorize_button_knows_where_to_log_in "
        "test_every_guarded_path_documents_its_scheme",
    ),
}
