"""From a username and a password to an account: with a fake hash, with the bcrypt
package, and with bcrypt at the same cost for every name."""

import bcrypt

from .accounts import Account, find_account, find_fake

# Of a password that was thrown away, at the cost of the others.
HASH_OF_NO_PASSWORD = b"$2b$12$K2pVmauasfUEjEyQLYmACutpOC857u/0eCqO4WmX8OAxWC1IsUei."


def pretend_to_authenticate(username: str, password: str) -> Account | None:
    account = find_fake(username)
    if account and account.hashed_password == f"hash-of-{password}".encode():
        return account
    return None


def authenticate(username: str, password: str) -> Account | None:
    account = find_account(username)
    # To bcrypt, secret and secret, NUL, secret are the same password.
    if account is None or "\0" in password:
        return None
    fits = bcrypt.checkpw(password.encode(), account.hashed_password)
    return account if fits else None


def authenticate_at_one_cost(username: str, password: str) -> Account | None:
    """The same in the time of one hash, also where there is nothing to compare."""
    account = find_account(username)
    given = password.encode(errors="surrogatepass")
    # bcrypt reads 72 bytes and no more, and see above for a NUL.
    is_whole = len(given) <= 72 and b"\0" not in given
    hashed = account.hashed_password if account else HASH_OF_NO_PASSWORD
    try:
        fits = bcrypt.checkpw(given if is_whole else b"", hashed)
    except ValueError:  # what is stored is not a hash
        fits = bcrypt.checkpw(b"", HASH_OF_NO_PASSWORD)
    return account if is_whole and fits else None
