"""Step 3 in modules: passlib, at work for unknown users as well."""

from tests.variants.joserfc_modules.common.app import create_app
from tests.variants.joserfc_modules.common.passwords import BcryptPasswords
from tests.variants.joserfc_modules.common.tokens import Usernames

app = create_app(BcryptPasswords(), Usernames(), with_items=False)
