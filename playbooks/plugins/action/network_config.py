"""The controller's half of `network_config`: everything happens in a NAPALM session from here to the device."""

import re
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from typing import Any
from uuid import uuid4

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.plugins.action import ActionBase
from napalm import get_network_driver
from napalm.base.exceptions import ConnectionException, NapalmException

ARGUMENTS = {
    "state": {"choices": ["committed", "confirmed"], "required": True},
    "platform": {"type": "str", "required": True},
    "connection": {"type": "dict", "required": True},
    "config": {"type": "str"},
    "literal_braces_reason": {"type": "str"},
    "message": {"type": "str", "default": ""},
    "revert_in": {"type": "int", "default": 120},
    "commit_id": {"type": "str"},
    "sessions": {"type": "list", "elements": "str", "default": []},
    "wait_seconds": {"type": "int", "default": 30},
}
REQUIRED_IF = [("state", "committed", ["config"]), ("state", "confirmed", ["commit_id"])]
_BRACES = re.compile(r"\{[{%]")


class ActionModule(ActionBase):  # type: ignore[misc]  # ansible-core has no types
    """Pushes a whole configuration, or confirms it."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Give `changed`, `diff`, `commit_id` and `sessions`; a device out of reach is unreachable, not failed."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, arguments = self.validate_argument_spec(argument_spec=ARGUMENTS, required_if=REQUIRED_IF)
        refuse_unrendered(arguments["config"] or "", arguments["literal_braces_reason"])
        connection = dict(arguments["connection"])
        options = {**connection.pop("optional_args", {}), "commit_id": arguments["commit_id"] or uuid4().hex[:12]}
        driver = get_network_driver(arguments["platform"])(**connection, optional_args=options)
        try:
            driver.open()
            with closing(driver):
                if arguments["state"] == "committed":
                    return result | self._commit(driver, arguments, options["commit_id"])
                return result | self._confirm(driver, arguments)
        except ConnectionException as error:
            raise AnsibleConnectionFailure(str(error)) from error
        except NapalmException as error:
            raise AnsibleActionFail(str(error)) from error

    def _commit(self, driver: Any, arguments: dict[str, Any], commit_id: str) -> dict[str, Any]:
        driver.load_replace_candidate(config=arguments["config"])
        diff = driver.compare_config()
        found: dict[str, Any] = {"changed": bool(diff), "sessions": [], "commit_id": None}
        if diff:
            found["diff"] = [{"prepared": diff}]
        if self._task.check_mode:
            driver.discard_config()
            return found
        if not diff and (driver.has_pending_commit() or not startup_differs(driver)):
            driver.discard_config()
            return found
        sessions = sorted(established(driver))
        driver.commit_config(message=arguments["message"], revert_in=arguments["revert_in"])
        return found | {"changed": True, "sessions": sessions, "commit_id": commit_id}

    def _confirm(self, driver: Any, arguments: dict[str, Any]) -> dict[str, Any]:
        if self._task.check_mode:
            return {"changed": True}
        lost = wait_for_sessions(driver, arguments["sessions"], arguments["wait_seconds"], time.monotonic, time.sleep)
        if lost:
            driver.rollback()
            raise AnsibleActionFail(f"not confirmed and rolled back: sessions lost: {', '.join(lost)}")
        driver.confirm_commit()
        return {"changed": True, "commit_id": arguments["commit_id"]}


def refuse_unrendered(text: str, reason: str | None) -> None:
    """Raise AnsibleActionFail where `text` still holds template marks and nobody said why it may."""
    found = _BRACES.search(text)
    if found is not None and not reason:
        line = text.count("\n", 0, found.start()) + 1
        raise AnsibleActionFail(
            f"config: line {line} still holds '{found[0]}': the template was not rendered to its end"
        )


def startup_differs(driver: Any) -> bool:
    """Whether the device would start with another configuration; False where the driver can't tell."""
    check: Callable[[], bool] | None = getattr(driver, "startup_differs", None)
    return check() if check is not None else False


def established(driver: Any) -> set[str]:
    """The BGP peers (of the global table) whose session is up."""
    peers = driver.get_bgp_neighbors().get("global", {}).get("peers", {})
    return {address for address, peer in peers.items() if peer["is_up"]}


def wait_for_sessions(
    driver: Any,
    wanted: Iterable[str],
    seconds: float,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
) -> list[str]:
    """The peers of `wanted` that are still configured and not back within `seconds`."""
    deadline = clock() + seconds
    while True:
        peers = driver.get_bgp_neighbors().get("global", {}).get("peers", {})
        lost = sorted(address for address in wanted if address in peers and not peers[address]["is_up"])
        if not lost or clock() >= deadline:
            return lost
        sleep(1)
