"""Step 2 in modules: the response model is the record without the hash."""

from tests.variants.joserfc_modules.common.app import create_app
from tests.variants.joserfc_modules.common.passwords import FakePasswords
from tests.variants.joserfc_modules.common.tokens import Usernames

app = create_app(FakePasswords(), Usernames(), with_items=False)
