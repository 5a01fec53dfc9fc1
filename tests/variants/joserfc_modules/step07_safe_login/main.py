"""Step 7 in modules: asyncio's threads and a semaphore for the hashes."""

from fastapi.exceptions import RequestValidationError

from tests.variants.joserfc_modules.common.app import create_app, malformed
from tests.variants.joserfc_modules.common.config import read_config
from tests.variants.joserfc_modules.common.passwords import BcryptOnEachCore
from tests.variants.joserfc_modules.common.tokens import ExpiringTokens

config = read_config()

app = create_app(BcryptOnEachCore(), ExpiringTokens(config.key, config.lifetime))
app.add_exception_handler(RequestValidationError, malformed)
