"""Step 5 with a class as the dependency, and with routers that it guards."""

from fastapi import Depends, FastAPI

from tests.variants.class_dependency.common import routes
from tests.variants.class_dependency.common.guard import ActiveMember, Members, Tokens

members, tokens = Members(), Tokens(seconds=30 * 60)
guarded = [Depends(ActiveMember(members, tokens))]

app = FastAPI()
app.include_router(routes.login(members, tokens))
app.include_router(routes.record("/users/me/"), dependencies=guarded)
app.include_router(routes.items("/users/me/items/"), dependencies=guarded)
