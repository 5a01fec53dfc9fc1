"""Step 6 in modules: the configuration has a key object, not its characters."""

from tests.variants.joserfc_modules.common.app import create_app
from tests.variants.joserfc_modules.common.config import read_config
from tests.variants.joserfc_modules.common.passwords import BcryptPasswords
from tests.variants.joserfc_modules.common.tokens import ExpiringTokens

config = read_config()

app = create_app(BcryptPasswords(), ExpiringTokens(config.key, config.lifetime))
