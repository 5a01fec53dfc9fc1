"""Each step as a learner runs it: a process of its own, reached over the network."""

import pytest

from tests.end_to_end.server import path_of_my_record, serve
from workbook.ladder import Step, steps


@pytest.mark.apart
@pytest.mark.parametrize(
    "step",
    [
        pytest.param(
            step, id=step.name, marks=[] if step == steps()[-1] else pytest.mark.long
        )
        for step in steps()
    ],
)
def test_a_step_served_by_uvicorn_logs_johndoe_in_over_the_network(step: Step) -> None:
    with serve(step) as running, running.client() as client:
        form = {"grant_type": "password", "username": "johndoe", "password": "secret"}
        login = client.post("/token", data=form).raise_for_status()
        me = client.get(
            path_of_my_record(client),
            headers={"Authorization": f"Bearer {login.json()['access_token']}"},
        )

    assert me.status_code == 200
    assert me.json()["username"] == "johndoe"
    # The learner's terminal stays calm. A newer bcrypt, say, would log a traceback.
    assert [line for line in running.printed if not line.startswith("INFO:")] == []
