"""Step 4 in modules: joserfc for the tokens."""

from joserfc.jwk import OctKey

from tests.variants.joserfc_modules.common.app import create_app
from tests.variants.joserfc_modules.common.passwords import BcryptPasswords
from tests.variants.joserfc_modules.common.tokens import SignedTokens

KEY = OctKey.import_key(
    "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"
)

app = create_app(BcryptPasswords(), SignedTokens(KEY), with_items=False)
