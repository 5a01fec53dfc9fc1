"""Step 8 in modules: joserfc's registries, extended, say what an access token is."""

from fastapi.exceptions import RequestValidationError

from tests.variants.joserfc_modules.common.access_tokens import AccessTokens
from tests.variants.joserfc_modules.common.app import create_app, malformed
from tests.variants.joserfc_modules.common.config import read_config
from tests.variants.joserfc_modules.common.passwords import BcryptOnEachCore

config = read_config()

app = create_app(BcryptOnEachCore(), AccessTokens(config.key, config.lifetime))
app.add_exception_handler(RequestValidationError, malformed)
