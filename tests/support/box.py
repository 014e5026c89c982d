# SPDX-License-Identifier: Apache-2.0
"""A mail server for tests: what it takes is kept in `mails` as (address, message)."""
import email
import email.policy
import time


class Box:
    """Takes mails; refuses `full@…` for good and `later@…` for the moment."""

    def __init__(self):
        self.mails, self.later = [], 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("full@"):
            return "550 no such box"
        if address.startswith("later@"):
            self.later += 1
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((envelope.rcpt_tos[0], email.message_from_bytes(envelope.content, policy=email.policy.default)))
        return "250 OK"


def until(truth, seconds=15):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if truth():
            return True
        time.sleep(0.1)
    return False
