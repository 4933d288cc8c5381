"""Documentation of `network_config`; the work is done on the controller, by the action plugin of the same name."""

DOCUMENTATION = r"""
module: network_config
short_description: Push a whole device configuration through NAPALM, with a revert timer on the device
description:
  - C(committed) loads the configuration as a replacement, shows the difference, and runs it with a revert timer that
    lives on the device. In check mode, and where nothing differs, the device is left alone.
  - C(confirmed) stops that timer and makes the running configuration the startup one. Do it only once the device was
    reached in-band. Without it the device goes back by itself, at the deadline or at a reboot, whichever comes first.
  - BGP sessions that were up before the commit must be up again before it is confirmed; else it is rolled back.
  - A rendered text that still holds template marks is refused.
options:
  state:
    description: What is wanted.
    choices: [committed, confirmed]
    type: str
    required: true
  platform:
    description: The NAPALM driver, such as C(frr).
    type: str
    required: true
  connection:
    description: Arguments of the driver; C(hostname), C(username), C(password), C(timeout), C(optional_args).
    type: dict
    required: true
  config:
    description: The whole configuration, rendered. Required for C(committed).
    type: str
  literal_braces_reason:
    description: Why the configuration holds C({{) or C({%) and is rendered nevertheless.
    type: str
  message:
    description: What the commit is for; kept with the pending commit.
    type: str
    default: ''
  revert_in:
    description: Seconds until the device goes back by itself.
    type: int
    default: 120
  commit_id:
    description: Which commit is meant. Required for C(confirmed), as C(committed) gave it.
    type: str
  sessions:
    description: Peers whose session was up before, as C(committed) gave them.
    type: list
    elements: str
    default: []
  wait_seconds:
    description: How long those sessions may take to come back.
    type: int
    default: 30
author: Bao Phủ
"""
EXAMPLES = r"""
- name: Push the router's configuration
  network_config:
    state: committed
    platform: frr
    connection: "{{ wan_router_connection }}"
    config: "{{ lookup('ansible.builtin.template', 'frr.conf.j2') }}"
  register: __wan_router_commit
"""
RETURN = r"""
commit_id:
  description: The id that the pending commit carries on the device; null where nothing was committed.
  type: str
  returned: always
sessions:
  description: The BGP peers whose session was up before the commit.
  type: list
  elements: str
  returned: when committed
"""
