"""Step 4 with a class as the dependency, and with routers that it guards."""

from fastapi import Depends, FastAPI

from tests.variants.class_dependency.common import routes
from tests.variants.class_dependency.common.guard import ActiveMember, Members, Tokens

members, tokens = Members(), Tokens()

app = FastAPI()
app.include_router(routes.login(members, tokens))
app.include_router(
    routes.record("/users/me"), dependencies=[Depends(ActiveMember(members, tokens))]
)
