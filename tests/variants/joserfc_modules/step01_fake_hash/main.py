"""Step 1 in modules: the response model is the whole record."""

from tests.variants.joserfc_modules.common.app import create_app
from tests.variants.joserfc_modules.common.passwords import FakePasswords
from tests.variants.joserfc_modules.common.tokens import Usernames
from tests.variants.joserfc_modules.common.users import StoredUser

app = create_app(FakePasswords(), Usernames(), record=StoredUser, with_items=False)
