"""`python link_traffic.py BIND TO RATE SECONDS`: sends RATE datagrams a second, and prints what it sent in each slice.

A line of JSON: slices of SLICE_SECONDS on the wall clock, by number, and the datagrams in each.
"""

import json
import socket
import sys
import time
from collections import Counter

PORT = 9
PAYLOAD = 1400
#: What a datagram is on the wire of a veth: Ethernet, IPv4 and UDP before it.
FRAME = PAYLOAD + 14 + 20 + 8
SLICE_SECONDS = 8


def main(bind: str, to: str, rate: float, seconds: float) -> None:
    """Send evenly; what comes in is left in the socket, so that no ICMP error answers it."""
    sent: Counter[int] = Counter()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending:
        sending.bind((bind, PORT))
        begin = time.time()
        number = 0
        while (now := time.time()) < begin + seconds:
            while number < (now - begin) * rate:
                sending.sendto(bytes(PAYLOAD), (to, PORT))
                sent[int(time.time() // SLICE_SECONDS)] += 1
                number += 1
            time.sleep(0.005)
    sys.stdout.write(json.dumps(sent))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4]))
