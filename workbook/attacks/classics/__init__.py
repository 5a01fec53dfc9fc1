"""The attacks that any app with JSON Web Tokens should be tried with.

PortSwigger's eight JWT labs and jwt_tool's list are the yardstick. No step of the
ladder lets one through; each names the mistake that would.
"""

from workbook.attacks.attack import ClassicAttack
from workbook.attacks.classics import (
    alter_the_payload,
    confuse_the_algorithms,
    crack_a_weak_key,
    inject_sql_into_kid,
    leave_out_the_signature,
    log_in_with_a_blank_password,
    name_a_file_as_the_key,
    name_an_unknown_key,
    send_the_key_along,
    serve_a_key_set,
    sign_with_an_empty_key,
    use_alg_none,
)

CLASSICS: tuple[ClassicAttack, ...] = (
    alter_the_payload.ATTACK,
    use_alg_none.ATTACK,
    leave_out_the_signature.ATTACK,
    sign_with_an_empty_key.ATTACK,
    crack_a_weak_key.ATTACK,
    send_the_key_along.ATTACK,
    serve_a_key_set.ATTACK,
    name_a_file_as_the_key.ATTACK,
    inject_sql_into_kid.ATTACK,
    name_an_unknown_key.ATTACK,
    confuse_the_algorithms.ATTACK,
    log_in_with_a_blank_password.ATTACK,
)
