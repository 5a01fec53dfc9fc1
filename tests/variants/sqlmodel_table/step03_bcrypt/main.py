"""Step 3 in one file, with the users in a table in memory and without passlib."""

from collections.abc import Iterator
from typing import Annotated

import bcrypt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from sqlalchemy.orm import registry
from sqlalchemy.pool import StaticPool
from sqlmodel import Field, Session, SQLModel, create_engine


class Base(SQLModel, registry=registry()):
    """With a registry of its own: another start of the app defines its table anew."""


class Public(Base):
    username: str = Field(primary_key=True)
    email: str
    full_name: str
    disabled: bool = False


class Person(Public, table=True):
    hashed: str


engine = create_engine(
    "sqlite://",
    connect_args={"check_same_thread": False},
    poolclass=StaticPool,
)
Base.metadata.create_all(engine)
with Session(engine) as first:
    first.add(
        Person(
            username="johndoe",
            email="johndoe@example.com",
            full_name="John Doe",
            hashed="$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW",
        )
    )
    first.add(
        Person(
            username="alice",
            email="alice@example.com",
            full_name="Alice Wonderson",
            disabled=True,
            hashed="$2b$12$sUIdMeDwel2r3mlLDN5OeONUf7bueeCQ9RA6Xoxx8iYE7CcIVzSXq",
        )
    )
    first.commit()


def get_session() -> Iterator[Session]:
    with Session(engine) as session:
        yield session


Database = Annotated[Session, Depends(get_session)]
CHALLENGE = {"WWW-Authenticate": "Bearer"}
app = FastAPI()


def fits(password: str, hashed: str) -> bool:
    raw = password.encode("utf-8", "surrogatepass")
    return b"\0" not in raw and len(raw) <= 72 and bcrypt.checkpw(raw, hashed.encode())


@app.post("/token")
async def log_in(
    form: Annotated[OAuth2PasswordRequestForm, Depends()], session: Database
) -> dict[str, str]:
    person = session.get(Person, form.username)
    if person is None or not fits(form.password, person.hashed):
        raise HTTPException(401, "Incorrect username or password", CHALLENGE)
    return {"access_token": person.username, "token_type": "bearer"}


async def active_person(
    token: Annotated[str, Depends(OAuth2PasswordBearer("token"))], session: Database
) -> Person:
    person = session.get(Person, token)
    if person is None:
        raise HTTPException(
            401,
            "Invalid authentication credentials",
            CHALLENGE,
        )
    if person.disabled:
        raise HTTPException(400, "Inactive user")
    return person


@app.get("/users/me", response_model=Public)
async def who_am_i(person: Annotated[Person, Depends(active_person)]) -> Person:
    return person
